"""Figures find their row in the table."""

from tests.faults.report import HEAD, RULE, Figures, put

PAGE = f"# A page\n\n{HEAD}\n{RULE}\n| one | 1 | 2 | 3 | 4 | x | then |\n\nWords after it.\n"


def test_a_row_that_is_there_is_replaced_and_a_new_one_is_added() -> None:
    """Nothing else on the page changes."""
    page = put(put(PAGE, Figures("one", 200, 12345, 7, 0)), Figures("two", 1, 1, 0, 0, "fast"))

    before, one, two, after = page.rpartition("| one")[0], *page.splitlines()[4:6], page[-20:]
    assert before == f"# A page\n\n{HEAD}\n{RULE}\n"
    assert one.startswith("| one | 200 | 12,345 | 7 | 0 |  | ")
    assert two.startswith("| two | 1 | 1 | 0 | 0 | fast | ")
    assert after.endswith("\n\nWords after it.\n")
