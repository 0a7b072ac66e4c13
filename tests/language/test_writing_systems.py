"""Writing systems: the ranges of code points are those that Unicode gives the scripts."""

import re
import unicodedata

import pytest
import regex

from recommender.language.writing_systems import (
    IDEOGRAPHS,
    UNSPACED,
    UNSPACED_LETTERS,
    may_be_a_word,
)


@pytest.mark.parametrize(
    ("signs", "scripts"),
    [
        (IDEOGRAPHS, r"\p{Han}\p{Hiragana}\p{Katakana}ーｰ"),
        (UNSPACED_LETTERS, r"\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"),
    ],
)
def test_ranges_hold_the_signs_of_their_scripts_and_no_others(signs: str, scripts: str) -> None:
    assigned = "".join(
        sign for sign in map(chr, range(0x110000)) if unicodedata.category(sign) not in ("Cn", "Cs")
    )
    found = set(re.findall(f"[{signs}]", assigned))
    assert found == set(regex.findall(f"[{scripts}]", assigned))


def test_every_sign_is_an_ideograph_or_a_letter() -> None:
    assert UNSPACED == IDEOGRAPHS + UNSPACED_LETTERS
    assert not re.search(f"[{UNSPACED}]", "Zürich Москва मुंबई 서울 القاهرة 7 – ฿ 。")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a", False), ("я", False), ("ह", False), ("ab", True), ("東", True), ("글", True)],
)
def test_one_letter_is_a_word_only_in_scripts_of_syllables_and_ideographs(
    text: str, expected: bool
) -> None:
    assert may_be_a_word(text) == expected
