"""Whole uses: the places where an n-gram is not cut out of a longer name.

"President Mike Pence" in "Vice President Mike Pence" is cut: it states what the text does not say.
"Mike Pence" is whole there, because only an office stands before it. So each use of an n-gram is
judged by the capitals around it.
"""

from typing import NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.keywords.casing import (
    ALL_NOUNS,
    CAPITAL,
    INFORMATIVE,
    LOWER,
    NAME_SHARE,
    POSSESSIVE,
    CasedTokens,
    Vocabulary,
)
from recommender.language.tokens import is_damaged
from recommender.language.word_lists import word_lists

__all__ = ["NameEdges", "find_name_edges", "offices", "whole_uses"]

# A short word that is mostly followed by a full stop is an abbreviation, such as "Gov." (after Kiss
# and Strunk 2006, "Unsupervised Multilingual Sentence Boundary Detection"). It has at most this
# many letters, and must be followed by a full stop this often.
MAX_ABBREVIATION = 4
ABBREVIATION_SHARE = 0.5
MIN_ABBREVIATION_USES = 3
# A number belongs to a name if it follows this share of the uses of the word before it, and at
# least so many of them.
NUMBERED_SHARE = 0.5
MIN_NUMBERED_USES = 3
# Two capitalised words belong to one name across at most this many other tokens, as in "Department
# of the Interior" and "George H. W. Bush".
MAX_INNER = 4


class NameEdges(NamedTuple):
    """Where names go on beyond a token: (tokens,) bool each.

    Attributes:
        before: The name to which the token belongs begins earlier.
        after: The name to which the token belongs ends later.
        titled: An office is among the words of the name before the token.
        office: The token is an office.
        conjoined_before: A conjunction and a capitalised word stand before the token, as before
            "Road" in "Belt and Road". An article may stand between them.
        conjoined_after: Such stand after it.
    """

    before: Array
    after: Array
    titled: Array
    office: Array
    conjoined_before: Array
    conjoined_after: Array


def whole_uses(position: Array, ngram: Array, words: int, edges: NameEdges) -> Array:
    """Find the uses of n-grams that are not cut out of a longer name.

    A use is whole if no name goes on before its first word or after its last one. An office before
    a name of several words is no part of the name if the name also stands without it somewhere in
    the corpus: "Mike Pence" does, "Motors Corp" after "General" does not.

    Args:
        position: (uses,) int32, the token at which each use begins.
        ngram: (uses,) int32, the n-gram of each use.
        words: The number of words of each n-gram.
        edges: Where names go on.

    Returns:
        (uses,) bool.
    """
    ends = ~edges.after[position + words - 1]
    whole: Array = ends & ~edges.before[position]
    if words > 1:
        alone = np.zeros(int(ngram.max(initial=-1)) + 1, dtype=bool)
        alone[ngram[whole]] = True
        whole |= ends & edges.titled[position] & ~edges.office[position] & alone[ngram]
    return whole


def find_name_edges(cased: CasedTokens, vocabulary: Vocabulary) -> NameEdges:
    """Find where names go on beyond a token.

    Args:
        cased: The tokens.
        vocabulary: Their words.

    Returns:
        The edges of names. In a text that writes all nouns with a capital, no name is longer than
        it seems, because capitals show nothing there.
    """
    word, flags = cased.word, cased.flags
    is_office = offices(vocabulary)
    stop = _are(vocabulary, ".")[cased.surface]
    short = _abbreviations(cased, vocabulary, is_office, stop)
    in_name = _in_names(cased, vocabulary, is_office, short)
    in_name &= ~_listed(vocabulary, "articles")[word]
    office = np.append(is_office, False)[word] & in_name
    conjunction = _listed(vocabulary, "name_conjunctions")[word]
    conjunction &= (vocabulary.flags_of[cased.surface] & LOWER) > 0
    inner = _inner(cased, vocabulary)
    inner[1:] |= stop[1:] & (short | inner)[:-1]
    inner[1:] |= conjunction[1:] & office[:-1]  # "Minister for Health"
    back = _distance_back(cased, in_name, inner)
    # English writes the days and months after a name with a capital, too: "Trump Tuesday".
    goes_on = np.flatnonzero((back > 0) & ~_listed(vocabulary, "newsroom_words")[word])
    after = np.zeros(len(word), dtype=bool)
    after[goes_on - back[goes_on]] = True
    after[:-2] |= short[:-2] & stop[1:-1] & ((flags[2:] & CAPITAL) > 0)
    after[:-2] |= in_name[:-2] & _initials(vocabulary)[cased.surface[1:-1]] & stop[2:]
    after |= _numbered(cased, vocabulary, in_name)
    article = _listed(vocabulary, "articles")[word]
    capital = (vocabulary.flags_of[cased.surface] & CAPITAL) > 0
    conjoined = _conjoined(conjunction, article, capital & (word >= 0))
    return NameEdges(back > 0, after, _titled(back, office), office, *conjoined)


def offices(vocabulary: Vocabulary) -> Array:
    """Find the words that are offices, alone or in a compound such as "president-elect".

    Args:
        vocabulary: The words.

    Returns:
        (words,) bool.
    """
    marks = np.zeros(len(vocabulary.words), dtype=bool)
    for number, code in enumerate(vocabulary.codes):
        known = word_lists(code).offices
        found = [not known.isdisjoint(word.split("-")) for word in vocabulary.words]
        marks |= vocabulary.languages[:, number] & np.array(found, dtype=bool)
    return marks


def _in_names(cased: CasedTokens, vocabulary: Vocabulary, office: Array, short: Array) -> Array:
    """Which tokens are capitalised as the words of names are: (tokens,) bool.

    Where case is not informative, a capital shows a name only if the word nearly always has one or
    is an `office` (words,). In a text that writes all nouns with a capital, only other texts show
    that it nearly always has one.
    """
    flags, size = cased.flags, len(vocabulary.words)
    known = np.flatnonzero(vocabulary.word_of >= 0)
    word, lower = vocabulary.word_of[known], (vocabulary.flags_of[known] & LOWER) > 0
    informative, uses = cased.informative_uses[known], cased.uses[known]
    proven = np.bincount(word, informative, size) > 0
    weight = np.where(proven[word], informative, uses)
    in_lower = np.bincount(word[lower], weight[lower], size)
    usually = in_lower <= (1 - NAME_SHARE) * np.bincount(word, weight, size)
    usually |= office
    in_nouns = np.append(usually & proven, False)[cased.word]
    shown = np.where((flags & ALL_NOUNS) > 0, in_nouns, np.append(usually, False)[cased.word])
    # Many a stop word is seen only where a sentence begins, which is not after an abbreviation.
    opens = np.append(vocabulary.stop & ~proven, False)[cased.word]
    opens[1:] &= (cased.word[:-1] < 0) | (cased.document[1:] != cased.document[:-1])
    opens[2:] &= ~short[:-2]
    shown &= ~opens
    capital = (vocabulary.flags_of[cased.surface] & CAPITAL) > 0
    damaged = np.array([is_damaged(surface) for surface in vocabulary.surfaces], dtype=bool)
    result: Array = (cased.word >= 0) & capital & (((flags & INFORMATIVE) > 0) | shown)
    result |= damaged[cased.surface] & capital  # no word, but a name goes on over it
    return result


def _inner(cased: CasedTokens, vocabulary: Vocabulary) -> Array:
    """Which tokens can stand inside a name without being one of its words: (tokens,) bool.

    These are particles ("of"), an article after a particle, initials and "&".
    """
    lower = (vocabulary.flags_of[cased.surface] & LOWER) > 0
    particle = lower & np.append(vocabulary.particle, False)[cased.word]
    article = lower & _listed(vocabulary, "articles")[cased.word]
    inner: Array = (
        particle | _initials(vocabulary)[cased.surface] | _are(vocabulary, "&")[cased.surface]
    )
    inner[1:] |= article[1:] & particle[:-1]
    return inner


def _abbreviations(cased: CasedTokens, vocabulary: Vocabulary, office: Array, stop: Array) -> Array:
    """Which tokens are abbreviations if a full `stop` (tokens,) follows them: (tokens,) bool."""
    size = len(vocabulary.words) + 1  # the last place is for tokens that are no words
    word = np.where(cased.word < 0, size - 1, cased.word)
    before_stop = np.bincount(word[:-1][stop[1:]], minlength=size)
    found = before_stop >= np.maximum(
        ABBREVIATION_SHARE * np.bincount(word, minlength=size), MIN_ABBREVIATION_USES
    )
    found |= np.append(office, False)
    found[:-1] &= np.array([len(w) <= MAX_ABBREVIATION for w in vocabulary.words], dtype=bool)
    found[-1] = False
    result: Array = found[word]
    return result


def _distance_back(cased: CasedTokens, in_name: Array, inner: Array) -> Array:
    """How many tokens back the word before a name's word is: (tokens,) int8, 0 for a first word."""
    back = np.zeros(len(in_name), dtype=np.int8)
    for distance in range(1, MAX_INNER + 2):
        linked = np.zeros(len(in_name), dtype=bool)
        same_document = cased.document[distance:] == cased.document[:-distance]
        linked[distance:] = same_document & in_name[:-distance]
        linked[distance:] &= (cased.flags[:-distance] & POSSESSIVE) == 0
        for between in range(1, distance):
            linked[between:] &= inner[:-between]
        back[linked & in_name & (back == 0)] = distance
    return back


def _numbered(cased: CasedTokens, vocabulary: Vocabulary, in_name: Array) -> Array:
    """Which tokens a number follows that belongs to the name, as in "Article 50": (tokens,) bool.

    It does if most of the word's uses in names go on with the same number. "Boeing" goes on with
    many, and stands without them.
    """
    number = np.array([surface.isdecimal() for surface in vocabulary.surfaces], dtype=bool)
    in_name = in_name & (cased.word >= 0)
    follows = in_name[:-1] & number[cased.surface[1:]]
    at = np.flatnonzero(follows & (cased.document[1:] == cased.document[:-1]))
    codes = cased.word[at].astype(np.int64) * len(number) + cased.surface[at + 1]
    _, pair, uses = np.unique(codes, return_inverse=True, return_counts=True)
    in_names = np.bincount(cased.word[in_name], minlength=1)
    least = np.maximum(NUMBERED_SHARE * in_names[cased.word[at]], MIN_NUMBERED_USES)
    result = np.zeros(len(in_name), dtype=bool)
    result[at[uses[pair] >= least]] = True
    return result


def _conjoined(conjunction: Array, article: Array, capital: Array) -> tuple[Array, Array]:
    """Before and after which tokens a conjunction and a capital stand: two times (tokens,) bool.

    An article may be between them: "Islamic State of Iraq and the Levant".
    """
    before, after = np.zeros((2, len(capital)), dtype=bool)
    for between in (0, 1):
        gap = 2 + between
        joined = conjunction[1 : len(capital) - gap + 1] & capital[:-gap] & capital[gap:]
        if between:
            joined &= article[2:-1]
        first = np.flatnonzero(joined)
        after[first], before[first + gap] = True, True
    return before, after


def _titled(back: Array, office: Array) -> Array:
    """Which tokens have an `office` (tokens,) before them in the name that they belong to."""
    goes_on = np.zeros(len(back), dtype=bool)
    for distance in range(1, MAX_INNER + 2):
        linked = np.flatnonzero(back == distance)
        for between in range(distance):
            goes_on[linked - between] = True
    offices = np.cumsum(office, dtype=np.int32)
    begins = np.maximum.accumulate(np.where(goes_on, 0, np.arange(len(back), dtype=np.int32)))
    earlier = offices - office
    result: Array = (back > 0) & (earlier > earlier[begins])
    return result


def _listed(vocabulary: Vocabulary, name: str) -> Array:
    """Which words are in the list `name`: (words + 1,) bool, the last place for no word."""
    return np.append(vocabulary.listed(name), False)


def _initials(vocabulary: Vocabulary) -> Array:
    """Which surface forms are a single capital letter: (surfaces,) bool."""
    single = [len(surface) == 1 and surface.isupper() for surface in vocabulary.surfaces]
    return np.array(single, dtype=bool)


def _are(vocabulary: Vocabulary, sign: str) -> Array:
    """Which surface forms are a `sign`: (surfaces,) bool."""
    return np.array([surface == sign for surface in vocabulary.surfaces], dtype=bool)
