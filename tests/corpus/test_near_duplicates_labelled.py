"""Near-duplicates of the labelled sets: what is planted or marked is found, and nothing else."""

import json
import random
from difflib import SequenceMatcher
from itertools import combinations

import pytest

from recommender.language.prepare import embedded_text
from tests.corpus.made_up_articles import (
    FOOTER,
    KINDS,
    SHARED,
    Story,
    edited,
    leads_of,
    near_duplicates,
    pairs_of,
    shared_sets,
)


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
    [("bbc_topics.jsonl", 120), ("basil_stories.jsonl", 60), ("reuters_topics.jsonl", 60)],
)
def test_planted_edits_of_real_articles(name: str, sample: int) -> None:
    rng = random.Random(9)
    articles = records(name)
    texts = [Story(record["title"], record["text"]) for record in articles]
    words = [word for story in texts[:300] for word in story.text.split()]
    leads = leads_of(texts)
    single = [n for n, lead in enumerate(leads) if leads.count(lead) == 1]
    chosen = rng.sample([n for n in single if len(texts[n].text.split()) >= 100], sample)
    of, copies = [], []
    for n in chosen:
        for kind in KINDS:
            of.append(n)
            copies.append(edited(texts[n], kind, rng, words))
    found = leads_of(texts + copies)[len(texts) :]
    right = sum(lead == n for lead, n in zip(found, of, strict=True))
    joined = sum(lead < len(texts) for lead in found)
    # A tenth of the words is exchanged at random, which can take a negation away or change facts.
    assert right >= 0.98 * len(copies)  # recall
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
