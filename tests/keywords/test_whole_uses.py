"""Whole uses: a name is shown only where it is not cut out of a longer one."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.keywords.ngrams import find_ngrams
from recommender.keywords.phrases import extract_phrases
from recommender.language.tokens import read_tokens

# Enough words in lower case that capitals are informative and stand for names.
TAIL = (
    " while many critics of the plan complained about fares, late ferries, tolls and the price of"
    " bread. Others wrote that small boats should stay longer at the old quay when storms come,"
    " and that nobody who lives near the water wants to pay more for slower boats next winter."
)
REPORTS = (
    "After noon {} visited the harbour and praised its pilots" + TAIL,
    "Residents say that {} promised cheaper ferries" + TAIL,
    "Nobody expected to see {} near the old quay" + TAIL,
    "A pilot told the court what {} had asked of him" + TAIL,
)


def shown(written: str, *other_uses: str) -> set[str]:
    """The phrases that all reports of `written` have, where other texts have other names."""
    texts = [report.format(written) for report in REPORTS]
    others = [f"Pilots met {use} {when}" + TAIL for use in other_uses for when in ("late", "soon")]
    found = extract_phrases(find_ngrams(read_tokens([*texts, *others]), "en"))
    rows = [{found.texts[p] for p in row if p >= 0} for row in found.of_text.tolist()]
    return set.intersection(*rows[: len(texts)])


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Vice President Mike Pence", "Mike Pence"),
        ("First Minister Nicola Sturgeon", "Nicola Sturgeon"),
        ("Senate Majority Leader Mitch McConnell", "Mitch McConnell"),
        ("Attorney General Jeff Sessions", "Jeff Sessions"),
        ("New York Gov. Andrew Cuomo", "Andrew Cuomo"),
        ("President-elect Donald Trump", "Donald Trump"),
        ("Mr. Donald Trump", "Donald Trump"),
        ("the Bank of England", "Bank of England"),
    ],
)
def test_a_name_is_shown_without_the_office_before_it(written: str, name: str) -> None:
    words = set(written.split())
    assert {phrase for phrase in shown(written, name) if words & set(phrase.split())} == {name}


@pytest.mark.parametrize(
    "written",
    [
        "the USS Gerald R. Ford",
        "the Johnson & Walsh company",
        "the Department of the Interior",
    ],
)
def test_no_piece_of_a_name_is_shown(written: str) -> None:
    capitalised = set(re.findall(r"[A-Z][a-z]+", written))
    assert not {p for p in shown(written) if capitalised & set(p.split())}


@pytest.mark.parametrize(
    ("written", "uses", "cuts"),
    [
        ("Zeb. Andrew Cuomo", 0, True),  # a stop follows four of four uses
        ("Zeb. Andrew Cuomo", 2, True),  # four of eight
        ("Zeb. Andrew Cuomo", 3, False),  # four of ten: a sentence ends there
        ("Zeborah. Andrew Cuomo", 0, False),  # too long for an abbreviation
    ],
)
def test_a_short_word_that_half_the_time_has_a_full_stop_is_an_abbreviation(
    written: str, uses: int, cuts: bool
) -> None:
    before, *_ = written.split(".")
    assert (before in shown(written, *["Zeb"] * uses)) is not cuts


def test_a_name_that_goes_on_with_one_number_is_not_shown_without_it() -> None:
    assert "Article" not in shown("Article 50")
    # Where the numbers differ, or the word mostly stands without one, it is a name.
    assert "Boeing" in shown("Boeing", "Boeing 737", "Boeing 747")
    assert "Chelsea" in shown("Chelsea", "Chelsea 2")


def test_a_name_goes_on_over_a_conjunction_and_an_article() -> None:
    whole = "the Kingdom of Avalon and the Mercia"
    assert not {"Kingdom of Avalon", "Kingdom", "Mercia"} & shown(whole, whole)
    # A name that also stands without the other one is not cut.
    assert "Avalon" in shown("Avalon", "Avalon and the Mercia")


def test_what_is_left_of_a_word_whose_letters_were_lost_is_not_shown() -> None:
    assert not {"ireann", "Iarnr", "RT", "Fianna", "il"} & {
        *shown("the Met ?ireann"),
        *shown("the Iarnr\ufffdd"),
        *shown("RT\ufffd"),
        *shown("Fianna F\ufffdil"),
    }


def test_a_name_after_other_words_is_whole_if_it_also_stands_alone() -> None:
    minister = "Minister for Health Simon Harris"
    assert "Simon Harris" not in shown(minister)
    assert "Simon Harris" in shown(minister, "Simon Harris")
    assert "Health Simon Harris" not in shown(minister, "Simon Harris")


def test_one_word_of_a_name_is_shown_only_where_it_stands_alone() -> None:
    assert not {"Obama", "Barack"} & shown("Malia Obama", "Obama", "Barack Obama")
    assert "Obama" in shown("Obama", "Malia Obama")


def test_a_name_counts_only_in_its_own_capitals() -> None:
    english = [report.format("the NATO") for report in REPORTS]
    french = [report.format("nato") for report in REPORTS[:1]]
    found = extract_phrases(find_ngrams(read_tokens([*english, *french]), "en"))
    rows = [{found.texts[p] for p in row if p >= 0} for row in found.of_text.tolist()]
    assert all("NATO" in row for row in rows[: len(english)])
    assert not any("NATO" in row for row in rows[len(english) :])


def test_where_all_nouns_have_a_capital_none_cuts_a_name() -> None:
    reports = (
        "Gestern hat Kanzlerin Angela Merkel den Hafen besucht. Angela Merkel lobte die Lotsen.",
        "Die Bewohner sagen, dass Kanzlerin Angela Merkel kam. Bald will Angela Merkel bauen.",
        "Niemand hatte am Kai der Stadt Kanzlerin Angela Merkel erwartet. Da sprach Angela Merkel.",
    )
    found = extract_phrases(find_ngrams(read_tokens(reports), "de"))
    assert "Angela Merkel" in found.texts


def test_an_article_before_a_name_cuts_nothing() -> None:
    first, *others = (report.format("the Evening Post") for report in REPORTS)
    texts = [first, others[0].replace("the Evening", "The Evening"), *others[1:]]
    found = extract_phrases(find_ngrams(read_tokens(texts), "en"))
    name = found.texts.index("Evening Post")
    assert (found.of_text == name).any(axis=1).all()


TITLES = ["", "President ", "Vice President ", "First Minister ", "The ", "New York Gov. "]
NAMES = [
    "Mike Pence",
    "Nicola Sturgeon",
    "Pence",
    "New York",
    "New York Times",
    "UN",
    "Gerald R. Ford",
]
WORDS = ["met", "praised", "quay", "harbour", "fares", "said", "in", "the", "it"]
ENDS = [" ", ", ", ". ", "’s ", " and ", " of ", " Party "]
sentences = st.lists(
    st.tuples(
        st.sampled_from(WORDS),
        st.sampled_from(TITLES),
        st.sampled_from(NAMES),
        st.sampled_from(ENDS),
    ),
    min_size=1,
    max_size=4,
).map(lambda parts: "It " + "".join(f"{w} {t}{n}{e}" for w, t, n, e in parts) + TAIL)


@settings(deadline=None)
@given(st.lists(sentences, min_size=2, max_size=8))
def test_every_name_stands_whole_in_every_text_that_has_it(texts: list[str]) -> None:
    found = extract_phrases(find_ngrams(read_tokens(texts), "en"))
    for row, text in zip(found.of_text.tolist(), texts, strict=True):
        for phrase in row:
            if phrase >= 0 and found.names[phrase]:
                assert stands_whole(found.texts[phrase], text), (found.texts[phrase], text)


CUT_BEFORE = re.compile(r"\b(?!The |It )[A-Z][\w.]*(?: of| [A-Z]\.)? (?:& )?$")
OFFICE_BEFORE = re.compile(r"\b(?:President|Minister|Gov\.)(?: of| [A-Z][\w.]*)* $")
CUT_AFTER = re.compile(r"(?:\.? | of | [A-Z]\. )[A-Z]")


def stands_whole(name: str, text: str) -> bool:
    """Whether a name stands in a text in the same letters and is not part of a longer one."""
    for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text):
        before, after = text[: match.start()], text[match.end() :]
        office = " " in name and OFFICE_BEFORE.search(before)
        if (office or not CUT_BEFORE.search(before)) and not (
            CUT_AFTER.match(after) and not after.startswith(". It")
        ):
            return True
    return False
