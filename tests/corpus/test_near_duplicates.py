"""Near-duplicates: planted edits are found, look-alikes are not, and every group has its lead."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import accumulate, combinations, islice, pairwise, permutations
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.corpus import near_duplicates as duplicates
from recommender.corpus.near_duplicates import (
    SAMPLE,
    SIGNATURE_BYTES,
    group_duplicates,
    lead_order,
    near_duplicates,
    signature,
    signatures,
    source_ranks,
    unpack_signatures,
)
from recommender.dates import NO_DATE
from recommender.language.prepare import embedded_text

SHARED = Path(__file__).parents[3] / "shared" / "data"
shared_sets = pytest.mark.skipif(not SHARED.is_dir(), reason="the labelled sets are not here")

SYLLABLES = ("ba", "ke", "li", "mo", "nu", "ra", "se", "ti", "vo", "za", "dre", "pli", "sto", "gan")
FOOTER = (
    "Sign up for our newsletter and get the best of the day in your inbox every morning. Read "
    "more about this on our site, follow us, and tell us what you think of this article. All "
    "rights reserved; no part of this page may be copied without our leave in writing."
)


class Story(NamedTuple):
    title: str
    body: str

    @property
    def text(self) -> str:
        return embedded_text(self.title, self.body)


def lexicon(rng: random.Random) -> Iterator[str]:
    while True:
        yield "".join(rng.choices(SYLLABLES, k=rng.randint(1, 4)))


LEXICON = list(islice(lexicon(random.Random(0)), 3000))
COMMON = list(accumulate(1 / (rank + 5) for rank in range(3000)))


def made_up_words(rng: random.Random, count: int) -> list[str]:
    """Words of a made-up language, a few of them very common, as in any language."""
    return rng.choices(LEXICON, cum_weights=COMMON, k=count)


def story(number: int, words: int = 220) -> Story:
    """A made-up article of paragraphs, the same for the same number."""
    rng = random.Random(f"story {number}")
    body = made_up_words(rng, words)
    for at in range(11, words, 12):
        body[at] += "."
    paragraphs = [" ".join(body[at : at + 48]) for at in range(0, words, 48)]
    return Story(" ".join(made_up_words(rng, 7)).title(), "\n\n".join(paragraphs))


# --- edits ---


def changed_headline(s: Story, rng: random.Random, words: Sequence[str]) -> Story:
    return s._replace(title=" ".join(rng.choices(words, k=rng.randint(5, 9))))


def cut_tail(s: Story, rng: random.Random, words: Sequence[str]) -> Story:
    parts = s.body.split(" ")
    return s._replace(body=" ".join(parts[: round(len(parts) * rng.uniform(0.6, 0.7))]))


def agency_line(s: Story, rng: random.Random, words: Sequence[str]) -> Story:
    line = rng.choice(
        ["HARBOUR CITY, March 3 (Example Press) - ", "This report is by the Example News Agency. "]
    )
    return s._replace(body=line + s.body if rng.random() < 0.5 else f"{s.body}\n\n{line}")


def swapped_paragraphs(s: Story, rng: random.Random, words: Sequence[str]) -> Story:
    parts = [part for part in s.body.split("\n") if part.strip()]
    if len(parts) < 3:
        parts = [part + "." for part in s.body.split(". ")]
    for _ in range(max(1, len(parts) // 3)):
        a, b = rng.randrange(len(parts)), rng.randrange(len(parts))
        parts[a], parts[b] = parts[b], parts[a]
    return s._replace(body="\n\n".join(parts))


def changed_words(s: Story, rng: random.Random, words: Sequence[str]) -> Story:
    parts = s.body.split(" ")
    for at in rng.sample(range(len(parts)), round(len(parts) * 0.1)):
        parts[at] = rng.choice(words)
    return s._replace(body=" ".join(parts))


Edit = Callable[[Story, random.Random, Sequence[str]], Story]
EDITS: list[Edit] = [changed_headline, cut_tail, agency_line, swapped_paragraphs, changed_words]
KINDS: list[tuple[Edit, ...]] = [*((edit,) for edit in EDITS), *permutations(EDITS, 2)]


def edited(s: Story, kind: Sequence[Edit], rng: random.Random, words: Sequence[str]) -> Story:
    for edit in kind:
        s = edit(s, rng, words)
    return s


def leads_of(texts: Sequence[str], order: Sequence[int] | None = None) -> list[int]:
    """The lead of each text; they lead in the order of their numbers unless told otherwise."""
    ranked = np.arange(len(texts)) if order is None else np.array(order, dtype=np.int64)
    found = group_duplicates(signatures(texts), ranked, lambda asked: [texts[n] for n in asked])
    assert found.dtype == np.int32
    return found.tolist()


def pairs_of(leads: Sequence[int]) -> set[tuple[int, int]]:
    groups: dict[int, list[int]] = {}
    for text, lead in enumerate(leads):
        groups.setdefault(lead, []).append(text)
    return {pair for group in groups.values() for pair in combinations(group, 2)}


# --- what is a near-duplicate ---


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: " + ".join(e.__name__ for e in kind))
def test_every_edit_is_found_and_nothing_else(kind: tuple[Edit, ...]) -> None:
    rng = random.Random(1)
    originals = [story(number) for number in range(40)]
    copies = [edited(s, kind, rng, made_up_words(rng, 50)).text for s in originals]
    assert leads_of([s.text for s in originals] + copies) == [*range(40), *range(40)]


@pytest.mark.parametrize("word_count", [60, 100])
def test_single_edits_of_short_texts_are_found(word_count: int) -> None:
    rng = random.Random(2)
    originals = [story(number, word_count) for number in range(40)]
    for edit in EDITS:
        copies = [edit(s, rng, made_up_words(rng, 50)).text for s in originals]
        assert leads_of([s.text for s in originals] + copies) == [*range(40), *range(40)]


def report(rng: random.Random, day: str) -> str:
    number = [f"{rng.randint(1000, 9000)}.{rng.randint(0, 9)}" for _ in range(6)]
    return (
        f"Market report, {day}. The index of leading shares closed at {number[0]} points after "
        f"a quiet session in which {number[1]} contracts changed hands. The currency stood at "
        f"{number[2]} at noon, and crude was quoted at {number[3]} a barrel in the afternoon. "
        f"Dealers said turnover was {number[4]} million against a mean of {number[5]} million in "
        "the month before, and that most houses waited for the central bank to speak."
    )


def test_reports_of_one_form_with_other_numbers_are_different_articles() -> None:
    rng = random.Random(3)
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
    reports = [report(rng, day) for _ in range(8) for day in days]
    assert leads_of(reports) == list(range(40))
    assert leads_of([*reports, f"(Example Press) {reports[7]}"])[-1] == 7


def test_a_corrected_number_does_not_make_another_article() -> None:
    s = story(1)
    first = f"{s.body} The toll rose to 12 by night."
    assert near_duplicates(first, first.replace("12", "15"))


def test_texts_that_share_a_footer_are_different_articles() -> None:
    texts = [f"{story(number, 60).text} {FOOTER}" for number in range(60)]
    assert leads_of(texts) == list(range(60))


def test_short_texts_with_shared_words_are_different_articles() -> None:
    form = "Photo gallery: {} – see all pictures of the day in our gallery."
    titles = [" ".join(made_up_words(random.Random(n), 6)) for n in range(40)]
    assert leads_of([form.format(title) for title in titles]) == list(range(40))


def test_an_extract_is_no_copy() -> None:
    s = story(4)
    words = s.text.split()
    assert near_duplicates(s.text, " ".join(words[: len(words) * 6 // 10]))
    assert not near_duplicates(s.text, " ".join(words[: len(words) * 4 // 10]))


def test_a_long_new_passage_makes_another_article() -> None:
    one, other = story(5, 400).body.split(" "), story(6, 400).body.split(" ")
    assert not near_duplicates(" ".join(one), " ".join(one[:290] + other[:110]))


def test_case_and_punctuation_are_no_difference_however_short_the_text() -> None:
    assert near_duplicates("Harbour: the “tide” turns", "HARBOUR – The tide turns!")
    assert near_duplicates("Caf\u00e9 ﬁre", "CAFE\u0301, fire")
    assert not near_duplicates("Prime minister resigns", "Prime minister speaks")


def test_texts_without_words_have_nothing_in_common() -> None:
    assert leads_of(["", "?!", "...", " "]) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("letters", "space", "length"),
    [
        pytest.param("的一是不了人我在有他这中大来上国个到说们为子和你地出", "", (1, 2), id="Han"),
        pytest.param("のはにをたがでてとしれさいあるもなカタナハマ日本国", "", (2, 3), id="Kana"),
        pytest.param("กขคงจชซญดตถทนบปผพฟมยรลวสหอะาิีุูเแโใไ่้", "", (3, 6), id="Thai"),
        pytest.param("कखगघचछजटडतथदनपबमयरलवसहािीुूेैोौ्ं", " ", (3, 6), id="Hindi"),
        pytest.param("ابتثجحخدذرزسشصضطظعغفقكلمنهوي", " ", (3, 6), id="Arabic"),
        pytest.param("абвгдежзиклмнопрстуфхцчшыьэюя", " ", (3, 7), id="Russian"),
    ],
)
def test_every_script_has_its_copies(letters: str, space: str, length: tuple[int, int]) -> None:
    rng = random.Random(7)
    words = ["".join(rng.choices(letters, k=rng.randint(*length))) for _ in range(400)]
    originals = [rng.choices(words, k=150) for _ in range(30)]
    noisy = [[rng.choice(words) if rng.random() < 0.1 else w for w in o] for o in originals]
    swapped = [o[90:] + o[40:90] + o[:40] for o in originals]
    cut = [o[:95] for o in originals]
    texts = [space.join(words) for words in [*originals, *noisy, *swapped, *cut]]
    assert leads_of(texts) == list(range(30)) * 4


# --- groups and leads ---


def test_the_earliest_leads_and_one_without_a_date_only_among_its_like() -> None:
    assert lead_order(np.array([30, NO_DATE, 10, 20, 10, NO_DATE])).tolist() == [2, 4, 3, 0, 1, 5]


def test_preferred_sources_lead_before_earlier_ones() -> None:
    ranks = source_ranks(["Herald", "Gazette", None, "Courier", "Gazette"], ["Gazette", "Courier"])
    assert ranks.tolist() == [2, 0, 2, 1, 0]
    published = np.array([1, 5, 2, 3, 4])
    assert lead_order(published, ranks).tolist() == [4, 1, 3, 0, 2]


def test_a_group_is_led_by_the_first_in_order() -> None:
    text = story(1).text
    copies = [text, f"{text} One.", f"{text} Two.", story(2).text]
    assert leads_of(copies, [2, 3, 0, 1]) == [2, 2, 2, 3]


def test_groups_do_not_drift_along_a_live_blog() -> None:
    blog = story(1, 1200).body.split(" ")
    texts = [" ".join(blog[start : start + 200]) for start in range(0, 1000, 20)]
    assert all(near_duplicates(a, b) for a, b in pairwise(texts))
    leads = leads_of(texts)
    assert all(near_duplicates(texts[n], texts[lead]) for n, lead in enumerate(leads))
    assert len(set(leads)) > 10


def test_many_copies_of_one_text_among_footers_are_one_group() -> None:
    rng = random.Random(8)
    wire = story(0)
    copies = [changed_words(wire, rng, made_up_words(rng, 50)).text for _ in range(150)]
    others = [f"{story(n, 90).text} {FOOTER}" for n in range(1, 300)]
    texts = [wire.text, *others, *copies]
    asked: list[list[int]] = []

    def texts_of(numbers: list[int]) -> Iterable[str]:
        asked.append(numbers)
        return (texts[n] for n in numbers)

    leads = group_duplicates(signatures(texts), np.arange(len(texts)), texts_of).tolist()
    assert leads == [*range(300), *[0] * 150]
    assert len(asked) == 1
    assert asked[0] == sorted(set(asked[0]))


def test_texts_without_candidates_are_not_asked_for() -> None:
    texts = [story(n).text for n in range(50)]
    texts.append(texts[7].upper())
    asked: list[int] = []

    def texts_of(numbers: list[int]) -> list[str]:
        asked.extend(numbers)
        return [texts[n] for n in numbers]

    group_duplicates(signatures(texts), np.arange(51), texts_of)
    assert asked == [7, 50]


def test_no_texts_make_no_groups() -> None:
    assert signatures([]).shape == (0, 1 + SAMPLE)
    assert leads_of([]) == []


SHORT_TEXTS = st.lists(
    st.lists(st.sampled_from("abc123"), max_size=20).map(" ".join)
    | st.integers(0, 3).map(lambda n: story(n, 40).body)
    | st.tuples(st.integers(0, 3), st.integers(0, 45), st.sampled_from(["7", "new", ""])).map(
        lambda e: " ".join([*(w := story(e[0], 40).body.split())[: e[1]], e[2], *w[e[1] + 1 :]])
    ),
    max_size=duplicates.NEAR,
)


@given(SHORT_TEXTS, st.randoms())
def test_groups_against_comparing_all_with_all(texts: list[str], rng: random.Random) -> None:
    order = rng.sample(range(len(texts)), len(texts))
    leads: list[int] = []
    expected = [0] * len(texts)
    for text in order:
        expected[text] = next((d for d in leads if near_duplicates(texts[d], texts[text])), text)
        if expected[text] == text:
            leads.append(text)
    assert leads_of(texts, order) == expected


@given(st.text(max_size=60), st.text(max_size=60))
def test_the_judgement_is_symmetric_and_takes_any_text(one: str, other: str) -> None:
    assert near_duplicates(one, other) == near_duplicates(other, one)
    assert near_duplicates(one, one) == bool(signatures([one])[0, 0])


# --- signatures ---


def signed_slowly(words: Sequence[str]) -> list[int]:
    """The signature of plain lower-case words by whole numbers, one run after the other."""

    def mixed(x: int) -> int:
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB % 2**64
        return x ^ (x >> 31)

    hashes = [crc32(word.encode()) for word in words]
    if 0 < len(hashes) < 3:
        hashes += [0] * (3 - len(hashes))
    runs = set()
    for at in range(len(hashes) - 2):
        run = 0
        for offset in range(3):
            run = mixed((run + hashes[at + offset] + offset + 1) % 2**64)
        runs.add(run >> 32)
    sample = sorted(runs)[:SAMPLE]
    return [len(words), *sample, *[2**32 - 1] * (SAMPLE - len(sample))]


@given(st.lists(st.sampled_from(LEXICON[:9]), max_size=150))
def test_signatures_against_the_definition(words: list[str]) -> None:
    blob = signature(" ".join(words))
    assert len(blob) == SIGNATURE_BYTES <= 600
    assert unpack_signatures([blob]).tolist() == [signed_slowly(words)]


def test_signatures_are_the_same_in_every_process() -> None:
    code = (
        "from recommender.corpus.near_duplicates import signature\n"
        "print(signature('Größe 7-1/2 中文字 ภาษาไทย and a harbour at 10:30').hex())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1")
    }
    assert len(found) == 1


# --- the labelled sets ---


def records(name: str) -> list[dict[str, str]]:
    with (SHARED / name).open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def text_of(record: dict[str, str]) -> str:
    return embedded_text(record["title"], record["text"])


def common_share(one: str, other: str) -> float:
    """The share of the shorter text's words that an alignment of both pairs up."""
    a, b = sorted((one.casefold().split(), other.casefold().split()), key=len)
    blocks = SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) / max(1, len(a))


@shared_sets
def test_planted_pairs_of_the_labelled_set() -> None:
    articles = records("neardup_articles.jsonl")
    number = {record["id"]: n for n, record in enumerate(articles)}
    truth = {
        tuple(sorted((number[pair["a"]], number[pair["b"]])))
        for pair in records("neardup_truth.jsonl")
    }
    assert pairs_of(leads_of([text_of(record) for record in articles])) == truth


@shared_sets
def test_exact_duplicates_of_the_labelled_set() -> None:
    articles = records("bbc_topics.jsonl")
    texts = [text_of(record) for record in articles]
    keys: dict[str, list[int]] = {}
    for n, record in enumerate(articles):
        keys.setdefault(record["dup_key"], []).append(n)
    truth = {pair for group in keys.values() for pair in combinations(group, 2)}
    found = pairs_of(leads_of(texts))
    assert len(truth & found) >= 0.99 * len(truth)
    # The keys mark equal texts only; what else is found must align word by word.
    others = [common_share(texts[a], texts[b]) for a, b in found - truth]
    assert sum(share < 0.6 for share in others) <= 0.01 * len(found)


@shared_sets
@pytest.mark.parametrize(
    "name", ["allsides_stories.jsonl", "ecbplus_stories.jsonl", "basil_stories.jsonl"]
)
def test_other_articles_of_one_story_are_not_grouped(name: str) -> None:
    articles = records(name)
    texts = [text_of(record) for record in articles]
    found = pairs_of(leads_of(texts))
    stories: dict[str, int] = {}
    for record in articles:
        stories[record["story"]] = stories.get(record["story"], 0) + 1
    same_story = sum(size * (size - 1) // 2 for size in stories.values())
    # Outlets that print the same wire are there, too; those align.
    wrong = [pair for pair in found if common_share(texts[pair[0]], texts[pair[1]]) < 0.6]
    assert len(wrong) <= 0.001 * same_story


@shared_sets
@pytest.mark.parametrize(
    ("name", "sample"),
    [("bbc_topics.jsonl", 120), ("basil_stories.jsonl", 60), ("reuters_topics.jsonl", 100)],
)
def test_planted_edits_of_real_articles(name: str, sample: int) -> None:
    rng = random.Random(9)
    articles = records(name)
    texts = [text_of(record) for record in articles]
    words = [word for text in texts[:300] for word in text.split()]
    leads = leads_of(texts)
    single = [n for n, lead in enumerate(leads) if leads.count(lead) == 1]
    chosen = rng.sample([n for n in single if len(texts[n].split()) >= 100], sample)
    of, copies = [], []
    for n in chosen:
        for kind in KINDS:
            s = Story(articles[n]["title"], articles[n]["text"])
            of.append(n)
            copies.append(edited(s, kind, rng, words).text)
    found = leads_of(texts + copies)[len(texts) :]
    right = sum(lead == n for lead, n in zip(found, of, strict=True))
    joined = sum(lead < len(texts) for lead in found)
    assert right >= 0.99 * len(copies)  # recall
    assert right >= 0.99 * joined  # precision


@shared_sets
def test_real_articles_that_only_look_alike() -> None:
    articles = records("bbc_topics.jsonl")
    texts = [text_of(record) for record in articles]
    leads = leads_of(texts)
    alone = [text for n, text in enumerate(texts) if leads.count(leads[n]) == 1][:400]
    with_footer = [f"{text} {FOOTER}" for text in alone]
    assert leads_of(with_footer) == list(range(len(alone)))
    heads = [f"{' '.join(text.split()[:40])} {FOOTER}" for text in alone]
    # Some of these are two articles of one event, whose heads agree beyond the footer.
    assert sum(lead != n for n, lead in enumerate(leads_of(heads))) <= 0.01 * len(heads)
    rng = random.Random(10)
    numerous = [t for t in alone if sum(w.isdecimal() for w in t.split()) > 0.06 * len(t.split())]
    for text in numerous:
        later = [str(rng.randint(10, 9999)) if w.isdecimal() else w for w in text.split()]
        assert not near_duplicates(text, " ".join(later))
