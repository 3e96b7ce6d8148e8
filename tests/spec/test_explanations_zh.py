"""The Chinese words on errors fit the English ones."""

import re

import pytest

from localyun.spec import explanations, explanations_zh
from localyun.spec.explanations import Explanation

WORDS = explanations_zh.words()


@pytest.mark.parametrize("code", WORDS)
def test_every_word_is_about_an_error_that_there_is(code: str) -> None:
    """Cause and way out are said, in Chinese, and name what a reader has to type as the English do."""
    chinese, english = WORDS[code], explanations.explain(code)

    assert english is not None
    assert all(re.search("[\u4e00-\u9fff]", text) for text in chinese)
    assert set(re.findall("`[^`]+`", " ".join(chinese))) <= set(re.findall("`[^`]+`", " ".join(english)))


def test_the_errors_that_everybody_meets_have_chinese_words() -> None:
    """Those of the gateway, up to the first that are ours, and those of sharing."""
    met = [
        "MissingParameter",
        "SignatureDoesNotMatch",
        "InvalidImageId.NotFound",
        "InvalidAccount.NotFound",
        "InvalidAccount.Forbbiden",
        "QuotaExceed.ShareImageUser",
        "ImageUseShared",
        "SharedImageDeleted",
    ]

    assert [code for code in met if code not in WORDS] == []


def test_a_code_without_chinese_words_keeps_the_english() -> None:
    """A pattern stands for its codes; what isn't there has no words at all."""
    assert explanations_zh.explain("UnsupportedOperation.MakeCoffee") == WORDS["UnsupportedOperation.%s"]
    assert isinstance(explanations_zh.explain("InvalidFilterValue"), Explanation)
    assert explanations_zh.explain("NoSuchCode") is None
