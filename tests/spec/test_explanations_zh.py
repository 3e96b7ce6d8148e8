"""The Chinese words on errors fit the English ones."""

import re

import pytest

from localyun.spec import explanations, explanations_zh

WORDS = explanations_zh.words()


@pytest.mark.parametrize("code", WORDS)
def test_every_word_is_about_an_error_that_there_is(code: str) -> None:
    """Cause and way out are said, in Chinese, and name what a reader has to type as the English do."""
    chinese, english = WORDS[code], explanations.explain(code)

    assert english is not None
    assert all(re.search("[\u4e00-\u9fff]", text) for text in chinese)
    assert set(re.findall("`[^`]+`", " ".join(chinese))) <= set(re.findall("`[^`]+`", " ".join(english)))


def test_every_error_has_chinese_words() -> None:
    """Whoever reads Chinese is told as much as whoever reads English."""
    assert sorted(WORDS) == sorted(explanations._BY_CODE)


def test_a_code_with_a_name_in_it_has_its_patterns_words() -> None:
    """And what is no error has no words."""
    assert explanations_zh.explain("UnsupportedOperation.MakeCoffee") == WORDS["UnsupportedOperation.%s"]
    assert explanations_zh.explain("NoSuchCode") is None
