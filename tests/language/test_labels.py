"""Labels of languages: by family, whatever publishers write; and the table behind them."""

from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.language import labels as module
from recommender.language.labels import language_of, name_of

CODES = sorted({code for code, *_ in module._rows()})


@pytest.mark.parametrize(
    ("code", "labels"),
    [
        ("en", "en|EN|en-GB|en_US|eng|ENG|eng-GB|English|english|Englisch|inglés|en_US.UTF-8"),
        ("en", "British English|English (UK)|English（UK）|  English  |en-Latn-US-x-private"),
        ("fr", "fr|fr-FR|fra|fre|French|français|FRANÇAIS|Französisch|fr_CA@euro"),
        ("de", "de|deu|ger|de-AT|German|Deutsch|deutsch|allemand"),
        ("pt", "pt|pt-BR|pt_BR|por|Portuguese|Brazilian Portuguese|português"),
        ("zh", "zh|zh-Hant|zh-Hans-CN|zho|chi|cmn|Chinese|中文|简体中文|Mandarin|yue"),
        ("no", "no|nb|nn|nb-NO|nob|nno|nor|Norwegian|norsk|Norwegian Bokmål"),
        ("sr", "sr|sr-Latn|sr_Cyrl|srp|Serbian|српски"),
        ("he", "he|iw|heb|Hebrew|עברית"),
        ("tr", "tr|tur|Turkish|Türkçe|türkçe"),
        ("el", "el|ell|gre|Greek|Ελληνικά|ΕΛΛΗΝΙΚΆ"),
        ("fil", "fil|tl|tgl|Filipino"),
        ("haw", "haw|Hawaiian"),
    ],
)
def test_labels_of_a_family_have_one_code(code: str, labels: str) -> None:
    assert {label: language_of(label) for label in labels.split("|")} == dict.fromkeys(
        labels.split("|"), code
    )


@pytest.mark.parametrize(
    "label",
    ["", " ", "und", "mul", "zxx", "x-default", "news", "en,fr", "x", "e", "-en", "en-", "12"],
)
def test_what_is_no_language_has_no_code(label: str) -> None:
    assert language_of(label) is None


@given(st.text(max_size=12) | st.sampled_from(CODES))
def test_a_label_is_read_whatever_its_case_and_its_code_means_itself(label: str) -> None:
    code = language_of(label)
    assert language_of(normalize("NFD", label)) == code
    if label.casefold() == label.upper().casefold():
        assert language_of(label.upper()) == code
    if code is not None:
        assert language_of(code) == code


def test_the_table_names_each_code_and_each_name_once() -> None:
    seen: dict[str, str] = {}
    for code, others, names, english in module._rows():
        assert english
        for entry in (code, *others.split(), *filter(None, names.split("|"))):
            assert seen.setdefault(entry, code) == code
            assert entry == entry.casefold()
    assert len(CODES) > 180


def test_names_are_english() -> None:
    assert [name_of(code) for code in ("de", "zh", "no", "??")] == [
        "German", "Chinese", "Norwegian", "??",
    ]  # fmt: skip


def test_the_table_is_part_of_the_package() -> None:
    project = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    assert '"language/names.tsv"' in project
