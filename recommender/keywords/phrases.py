"""Phrases: the names and phrases of each text, by which two texts can be seen to share something.

A phrase is a content word or a run of up to `MAX_WORDS` of them, kept where texts that use it
dwell on it.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.keywords.ngrams import MIN_TEXTS, PIECE_SHARE, Level, NGrams, listed
from recommender.keywords.surface_forms import spell

__all__ = ["PER_TEXT", "Phrases", "extract"]

PER_TEXT = 32
# A phrase in more texts says little of any; in a small corpus, shares of it are chance.
MAX_SHARE = 0.05
SMALL_CORPUS_TEXTS = 10
# Uses in each text that uses a phrase at all, shrunk to 1 as if this many texts more had one each:
# at least so many of a word in lower case, of a run, and of a word that is a name in many texts.
MIN_BURST_WORD = 1.6
MIN_BURST_RUN = 1.2
MIN_BURST_NAME = 1.25
MANY_TEXTS_SHARE = 0.005
BURST_PRIOR = 2
# A run of n words weighs 1 + LENGTH_BONUS · (n - 1) as much, and n uses count n / (n + HALF_USES):
# with these two a name used once beats each of its words, however often that is used.
LENGTH_BONUS = 0.5
HALF_USES = 0.5


class _Held(NamedTuple):
    """Which text holds which run, sorted by text, then run: `text`, `run`, and the `uses`."""

    text: Array
    run: Array
    uses: Array


class Phrases(NamedTuple):
    """The phrases of a corpus, in order of their `texts`, and those of each text.

    `texts` are as readers write them; `weights` (phrases,) float32, larger is more telling;
    `names` (phrases,) bool. `of_text` (texts, PER_TEXT) int32 holds positions in `texts`, in
    rising order, -1 for none behind them.
    """

    texts: list[str]
    weights: Array
    names: Array
    of_text: Array


def extract(
    runs: NGrams,
    text_of: Array | None = None,
    boilerplate: Iterable[str] = (),
    per_text: int = PER_TEXT,
) -> Phrases:
    """The phrases of all texts; of each text the best `per_text`, by tf·idf with a length bonus.

    `text_of` (slices,) names the text of each slice of tokens where several near-copies stand
    for one text: it then has only what all its slices have. Without it every slice is a text.
    """
    of = np.arange(runs.slices, dtype=np.int32) if text_of is None else text_of.astype(np.int32)
    texts = int(of.max(initial=-1)) + 1
    levels, names, read = runs.levels, runs.names, runs.read
    barred = listed(runs, (*runs.lists.boilerplate_phrases, *boilerplate))
    held = [_held(level, read.slice, of) for level in levels]
    in_texts = [
        np.bincount(h.run, minlength=len(v.uses)) for h, v in zip(held, levels, strict=True)
    ]
    kept = [
        runs.whole[i] & ~barred[i] & _kept(held[i], in_texts[i], names[i], i + 1, texts)
        for i in range(len(levels))
    ]
    kept[0] &= ~runs.words.sign & ~runs.first_names
    outside = _outside(levels, kept, names, len(read.word))
    held = [_held(level, read.slice, of) for level in outside]

    weight = _weights(in_texts, texts)
    rows = _rows(held, [len(n) for n in names], names[0], weight, texts, per_text)
    spelled = spell(runs, np.unique(rows[rows >= 0]))
    return _table(rows, weight, np.concatenate(names), spelled)


def _weights(in_texts: list[Array], texts: int) -> Array:
    """The idf of all runs, level after level, with the bonus for length: (runs,) float64."""
    length = np.repeat(np.arange(len(in_texts)), [len(level) for level in in_texts])
    rarity = np.log((texts + 1) / np.maximum(np.concatenate(in_texts), 1))
    weights: Array = rarity * (1 + LENGTH_BONUS * length)
    return weights


def _rows(
    held: list[_Held], sizes: list[int], names: Array, weight: Array, texts: int, most: int
) -> Array:
    """The best phrases of each text: (texts, most) int32, runs numbered level after level."""
    # Said once, a word in lower case is hardly what a text is about.
    again = names[held[0].run] | (held[0].uses > 1)
    held = [_Held(*(column[again] for column in held[0])), *held[1:]]
    text = np.concatenate([h.text for h in held])
    uses = np.concatenate([h.uses for h in held])
    phrase = np.concatenate(
        [h.run + low for h, low in zip(held, np.cumsum([0, *sizes]), strict=False)]
    )
    return _best(text, phrase, weight[phrase] * uses / (uses + HALF_USES), texts, most)


def _kept(held: _Held, in_texts: Array, names: Array, length: int, texts: int) -> Array:
    """Which runs are in enough texts, not in too many, and are what their texts are about.

    A run in lower case must come again within its texts more than once in a while: what is
    said once and dropped, "told reporters", is how news is written and not what it is about
    (burstiness, Church and Gale 1995, "Poisson mixtures").
    """
    uses = np.bincount(held.run, weights=held.uses, minlength=len(in_texts))
    burst = (uses + BURST_PRIOR) / (in_texts + BURST_PRIOR)
    most = max(SMALL_CORPUS_TEXTS, MAX_SHARE * texts)
    telling = burst >= (MIN_BURST_WORD if length == 1 else MIN_BURST_RUN)
    # An agency's name is in many texts, and none dwells on it. Of people's full names that is
    # true as well, so runs are spared.
    rare = (in_texts <= MANY_TEXTS_SHARE * texts) | (in_texts <= SMALL_CORPUS_TEXTS)
    telling |= names & (rare | (length > 1) | (burst >= MIN_BURST_NAME))
    kept: Array = (in_texts >= MIN_TEXTS) & (in_texts <= most) & telling
    return kept


def _outside(levels: list[Level], kept: list[Array], names: list[Array], size: int) -> list[Level]:
    """The uses of kept runs, less those of a name inside a longer one and of a word in a phrase.

    A run that is hardly ever used outside is left out altogether.
    """
    result: list[Level] = []
    for i, level in enumerate(levels):
        in_name, in_phrase = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
        for j in range(i + 1, len(levels)):
            longer = levels[j]
            for covered, runs in ((in_name, kept[j] & names[j]), (in_phrase, kept[j])):
                where = longer.position[runs[longer.run]]
                for shift in range(j - i + 1):
                    covered[where + shift] = True
        lower = ~names[i][level.run]
        inside = in_name[level.position] | (in_phrase[level.position] & lower if i == 0 else False)
        free = np.bincount(level.run[~inside], minlength=len(level.uses))
        runs = kept[i] & (free >= (1 - PIECE_SHARE) * level.uses)
        use = runs[level.run] & ~inside
        result.append(level._replace(position=level.position[use], run=level.run[use]))
    return result


def _best(text: Array, phrase: Array, score: Array, texts: int, most: int) -> Array:
    """Of each text the `most` phrases of highest score: (texts, most) int32, -1 behind them.

    `text`, `phrase`, `score` (held,) come in any order; ties fall to the lower phrase. A phrase
    that is then left to a single text can be shared by none and goes.
    """
    order = np.lexsort((phrase, -score, text))
    text, phrase = text[order], phrase[order]
    best = _rank(text, texts) < most
    text, phrase = text[best], phrase[best]
    shared = (np.bincount(phrase, minlength=1) >= MIN_TEXTS)[phrase]
    text, phrase = text[shared], phrase[shared]
    rows = np.full((texts, most), -1, dtype=np.int32)
    rows[text, _rank(text, texts)] = phrase
    return rows


def _rank(text: Array, texts: int) -> Array:
    """The place of each entry among those of its `text` (n,), which is sorted."""
    return np.arange(len(text)) - np.searchsorted(text, np.arange(texts))[text]


def _table(rows: Array, weight: Array, names: Array, spelled: dict[int, str]) -> Phrases:
    """Number the phrases of `rows` in the order of their texts."""
    order = sorted(spelled, key=spelled.__getitem__)
    place = np.full(len(weight) + 1, len(order), dtype=np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    of_text = np.sort(place[rows], axis=1)
    of_text[of_text == len(order)] = -1
    return Phrases(
        [spelled[p] for p in order], weight[order].astype(np.float32), names[order], of_text
    )


def _held(level: Level, slice_of: Array, text_of: Array) -> _Held:
    """Count the uses of each run in each text; a text has only what all its slices have."""
    runs = max(len(level.uses), 1)
    codes = np.sort(slice_of[level.position].astype(np.int64) * runs + level.run)
    codes, uses = np.unique(codes, return_counts=True)
    text, run = text_of[codes // runs], codes % runs
    if len(text_of) and (np.bincount(text_of) > 1).any():
        codes = text.astype(np.int64) * runs + run
        order = np.argsort(codes, kind="stable")
        codes, begin, members = np.unique(codes[order], return_index=True, return_counts=True)
        uses = np.minimum.reduceat(uses[order], begin) if len(begin) else uses
        text, run = codes // runs, codes % runs
        common = members == np.bincount(text_of)[text]
        text, run, uses = text[common], run[common], uses[common]
    return _Held(text, run, uses)
