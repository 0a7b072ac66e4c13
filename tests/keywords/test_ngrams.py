"""N-grams: counted as a slow loop counts them, and pieces of names are known as such."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.keywords import casing
from recommender.keywords import ngrams as module
from recommender.keywords.ngrams import find_ngrams, mark_listed, words_of
from recommender.keywords.phrases import _occurrences
from recommender.language.tokens import read_tokens


def ngrams_slowly(text: str, stop: frozenset[str]) -> Counter[str]:
    """All n-grams of up to `MAX_WORDS` words, for texts of small letters, spaces and full stops."""
    words = text.replace(".", " . ").split()
    result: Counter[str] = Counter()
    for begin in range(len(words)):
        for end in range(begin + 1, min(begin + module.MAX_WORDS, len(words)) + 1):
            ngram = words[begin:end]
            if any(w in stop or len(w) < 2 for w in ngram):
                break
            result[" ".join(ngram)] += 1
    return result


@settings(deadline=None)
@given(
    st.lists(
        st.lists(st.sampled_from(["crane", "quay", "tide", "the", "."]), max_size=9), max_size=7
    ),
    st.data(),
)
def test_ngrams_are_counted_as_a_slow_loop_counts_them(
    sentences: list[list[str]], data: st.DataObject
) -> None:
    texts = [" ".join(words) for words in sentences]
    text_of = np.array(
        data.draw(st.lists(st.integers(0, 3), min_size=len(texts), max_size=len(texts))), np.int32
    )
    stop = frozenset({"the"})
    vocabulary, cased = casing.read_casing(read_tokens(texts), "en")
    levels = module._levels(cased, vocabulary, *casing.find_phrase_tokens(cased, vocabulary))
    counts = [ngrams_slowly(text, stop) for text in texts]
    total = sum(counts, Counter[str]())
    expected = {}
    for text in set(text_of.tolist()):
        members = [c for c, of in zip(counts, text_of, strict=True) if of == text]
        for ngram in members[0]:
            uses = min(c[ngram] for c in members)
            if uses and all(total[part] > 1 for part in parts_of(ngram)):
                expected[text, ngram] = uses
    assert uses_of(levels, vocabulary, cased, text_of) == expected


def parts_of(ngram: str) -> list[str]:
    words = ngram.split()
    return [" ".join(words[i:j]) for j in range(len(words) + 1) for i in range(j)]


def uses_of(
    levels: list[module.Level],
    vocabulary: casing.Vocabulary,
    cased: casing.CasedTokens,
    text_of: np.ndarray,
) -> dict[tuple[int, str], int]:
    """How often each text uses each n-gram."""
    result = {}
    spelled = list(vocabulary.words)
    for number, level in enumerate(levels):
        if number:
            ends = zip(level.left.tolist(), level.right.tolist(), strict=True)
            spelled = [f"{spelled[a]} {spelled[b].split()[-1]}" for a, b in ends]
        found = _occurrences(level, cased.document, text_of)
        for text, ngram, uses in zip(*map(np.ndarray.tolist, found), strict=True):
            result[text, spelled[ngram]] = uses
    return result


def test_listed_phrases_are_found_however_they_are_written() -> None:
    ngrams = find_ngrams(read_tokens(["The Daily Quay, daily quay"] * 2), "en")
    marks = mark_listed(ngrams, ["daily QUAY", "Quay", "unknown words", "", "a b c d e f"])
    words = ngrams.vocabulary.words
    pairs = [[words[w] for w in row] for row in words_of(ngrams.levels)[1].tolist()]
    assert [pairs[i] for i in np.flatnonzero(marks[1])] == [["daily", "quay"]]
    assert [words[i] for i in np.flatnonzero(marks[0])] == ["quay"]


# Without words in small letters a text seems to write all nouns with a capital.
TAIL = " while it rained: cold, windy, dull, grey, soggy, murky, muddy, chilly, damp, bleak"


def whole(texts: list[str]) -> set[str]:
    """The names that are no pieces of longer ones."""
    ngrams = find_ngrams(read_tokens([text + TAIL for text in texts]), "en")
    spelled = ngrams.vocabulary.words
    return {
        " ".join(spelled[word] for word in words)
        for depth, level in enumerate(words_of(ngrams.levels))
        for ngram, words in enumerate(level.tolist())
        if ngrams.whole[depth][ngram]
        and ngrams.names[depth][ngram]
        and ngrams.levels[depth].uses[ngram] > 1
    }


@pytest.mark.parametrize(
    ("written", "name", "piece"),
    [
        ("the Minister for Health Simon Harris", "simon harris", "health simon harris"),
        ("its Belt and Road Initiative", None, "road initiative"),
        ("the Secretary of State Rex Tillerson", "rex tillerson", "state rex tillerson"),
    ],
)
def test_what_begins_where_a_name_is_cut_is_a_piece(
    written: str, name: str | None, piece: str
) -> None:
    texts = [f"critics today praised {written} over {word}" for word in ("tolls", "ports", "trams")]
    texts += [f"pilots never met {written} at {word}" for word in ("noon", "dusk", "dawn")]
    if name is not None:
        texts += [f"some say {name.title()} left {word}" for word in ("early", "late")]
    found = whole(texts)
    assert piece not in found
    assert name is None or name in found


def test_what_is_rarely_said_is_not_known_to_be_cut() -> None:
    texts = ["pilots praised Poipet and Quayside today", "cranes left Poipet and Quayside again"]
    assert {"poipet", "quayside"} <= whole([*texts, "critics mourned Poipet at noon"])
