"""Where things stand on the map of shares, whether there are three or three hundred."""

from localyun.console.layout import MOST_ROWS, Bond, Key, laid_out

OWNERS: list[Key] = [("owner", f"{n:03}") for n in range(300)]
IMAGES: list[Key] = [("image", f"{n:03}") for n in range(300)]


def test_a_few_stand_by_themselves() -> None:
    """Each near to what leads to it, none on another."""
    images: list[Key] = [("image", "b"), ("image", "a")]
    owners: list[Key] = [("owner", "1"), ("owner", "2")]
    bonds = [Bond(owners[0], images[1]), Bond(owners[1], images[0])]

    drawn = laid_out((owners, images), bonds)

    at = {node.key: node.y for node in drawn.nodes}
    assert not any(node.folded for node in drawn.nodes)
    assert at["image", "a"] < at["image", "b"]
    assert [(line.start.key, line.end.key) for line in drawn.lines] == [(b.start, b.end) for b in bonds]


def test_what_hangs_on_the_same_becomes_one() -> None:
    """A hundred accounts that share an image's fate are one node, with one line."""
    accounts: list[Key] = [("account", f"{n:03}") for n in range(100)]
    bonds = [Bond(IMAGES[0], one) for one in accounts[:60]] + [Bond(IMAGES[1], one) for one in accounts[60:]]

    drawn = laid_out((IMAGES[:2], accounts), bonds)

    folded = [len(node.members) for node in drawn.nodes if node.column == 1]
    assert sorted(folded) == [40, 60]
    assert sorted(len(line.bonds) for line in drawn.lines) == [40, 60]


def test_three_hundred_are_as_many_rows_as_a_page_holds() -> None:
    """The heaviest stand by themselves; nobody is left out, and nobody stands twice."""
    bonds = [Bond(OWNERS[n], IMAGES[n], weight=300 - n) for n in range(300)]

    drawn = laid_out((OWNERS, IMAGES), bonds)

    for column, things in enumerate((OWNERS, IMAGES)):
        nodes = [node for node in drawn.nodes if node.column == column]
        assert len(nodes) <= MOST_ROWS
        assert sorted(one for node in nodes for one in node.members) == things
        assert len({node.y for node in nodes}) == len(nodes)
    assert sum(len(line.bonds) for line in drawn.lines) == 300
    assert OWNERS[0] in {node.key for node in drawn.nodes if not node.folded}


def test_whoever_is_looked_at_stands_alone() -> None:
    """However light."""
    bonds = [Bond(OWNERS[n], IMAGES[n], weight=300 - n) for n in range(300)]

    drawn = laid_out((OWNERS, IMAGES), bonds, kept={OWNERS[299], IMAGES[299]})

    assert {OWNERS[299], IMAGES[299]} <= {node.key for node in drawn.nodes if not node.folded}
