"""Our own words on the errors: each has some, and they are fit to be read."""

import re

import pytest

from localyun.operations import OPERATIONS
from localyun.spec import errors, explanations
from localyun.spec.explanations import explain, rows
from localyun.spec.faults import ErrorSpec

CODES = sorted({row.code for row in vars(errors).values() if isinstance(row, ErrorSpec)})


def test_every_error_is_explained() -> None:
    """A code of the catalogue has a cause and a way out, and nothing else has."""
    assert sorted(explanations._BY_CODE) == CODES


@pytest.mark.parametrize("code", CODES)
def test_an_explanation_is_made_of_sentences(code: str) -> None:
    """Cause and way out are for reading: short, whole sentences, and not the provider's message again."""
    words = explain(code)

    assert words is not None
    for text in words:
        assert text[0].isupper()
        assert text.endswith(".")
        assert len(text) <= 300
        assert text not in {row.message for row in rows(code)}


@pytest.mark.parametrize("code", CODES)
def test_an_explanation_sends_nobody_to_an_operation_that_is_not_there(code: str) -> None:
    """An operation that is named as the way out is one that localyun emulates."""
    verbs = "Describe|Modify|Create|Delete|Cancel|Run|Start|Stop|Replace|ReInit|Copy|Revoke|Attach"
    words = " ".join(explain(code) or ())

    assert set(re.findall(rf"\b(?:{verbs})[A-Z]\w+", words)) <= {one.name for one in OPERATIONS.operations}


def test_a_code_with_a_name_in_it_is_explained_by_its_pattern() -> None:
    """`UnsupportedOperation.…` names the operation, and is explained whatever it names."""
    words = explain("UnsupportedOperation.AssociateEipAddress")

    assert words is not None
    assert rows("UnsupportedOperation.AssociateEipAddress") == [errors.UNSUPPORTED_OPERATION]


def test_what_is_no_error_is_not_explained() -> None:
    """A code that isn't the catalogue's has no words, nor rows."""
    assert explain("NoSuchCode") is None
    assert rows("NoSuchCode") == []
