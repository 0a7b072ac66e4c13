"""Casing: the words of a corpus in their places, and what their capitals say about names.

Which words can be part of a name or a phrase is learned from the corpus itself: from capitals and
from neighbouring words.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from recommender._slices import slice_positions
from recommender._typing import Array
from recommender.keywords.vocabulary import (
    ALL_NOUNS,
    CAPITAL,
    ENDS_SENTENCE,
    INFORMATIVE,
    JOINS_NEXT,
    LOWER,
    PAUSES,
    POSSESSIVE,
    Vocabulary,
    number_languages,
    read_vocabulary,
)
from recommender.language.tokens import Tokens

__all__ = [
    "ALL_NOUNS",
    "CAPITAL",
    "INFORMATIVE",
    "JOINS_NEXT",
    "LEADING_TOKENS",
    "LOWER",
    "NAME_SHARE",
    "POSSESSIVE",
    "CasedTokens",
    "Vocabulary",
    "find_phrase_tokens",
    "read_casing",
]

# How many tokens at the beginning of a text are used. News says there what it is about; the rest
# would cost time and add background.
LEADING_TOKENS = 250
# A word is a name, and a stop word part of a name, if at least this share of its informative uses
# have a capital.
NAME_SHARE = 0.75
# A capitalised stop word of at most this many letters, such as "St", may be an abbreviation.
MAX_ABBREVIATION = 3
# A stop word becomes part of a name only if their combination was seen at least this often.
MIN_BOUND_USES = 3
# A text that capitalises more than this share of its content words is taken to capitalise all
# nouns. The share is about 0.24 in English news, hardly ever above 0.42, and about 0.53 in German.
# Since a short text may hold only names, the share of its language's texts counts as if it were
# this many words of a text.
NOUN_CAPITALS_SHARE = 0.42
NOUN_CAPITALS_PRIOR = 30
DOCUMENTS_A_TIME = 8192


class CasedTokens(NamedTuple):
    """The first tokens of all documents, one document after another.

    Attributes:
        surface: (tokens,) int32, the surface form of each token.
        word: (tokens,) int32, its word, -1 for a token that ends a phrase.
        document: (tokens,) int32, its document.
        flags: (tokens,) uint8, the flags of its surface form and of its place.
        uses: (surfaces,) int64, how often each surface form is used.
        informative_uses: (surfaces,) int64, how often it is used where its case is informative.
    """

    surface: Array
    word: Array
    document: Array
    flags: Array
    uses: Array
    informative_uses: Array


def read_casing(tokens: Tokens, languages: str | Sequence[str]) -> tuple[Vocabulary, CasedTokens]:
    """Read the beginnings of all documents.

    A word of a stop list that the language's documents write as a name does not count as a stop
    word. It is then the same word as in other languages.

    Args:
        tokens: The tokens of all documents.
        languages: The code of each document's language, whose stop words and word lists are used,
            or one code for all.

    Returns:
        The words of the corpus, and the first tokens of each document.
    """
    codes, language_of = number_languages(languages, len(tokens.start) - 1)
    vocabulary = read_vocabulary(tokens, codes, language_of)
    cased = _cased_tokens(tokens, vocabulary, language_of)
    names = _stop_words_that_are_names(cased, vocabulary)
    vocabulary = _share(vocabulary, names)
    return vocabulary, cased._replace(word=vocabulary.word_of[cased.surface])


def find_phrase_tokens(cased: CasedTokens, vocabulary: Vocabulary) -> tuple[Array, Array]:
    """Find the tokens that can be in a phrase, and those that capitals bind to the next token.

    Content words can be in a phrase. A stop word can if it is part of a name: capitals bind it to a
    content word, as in "New York". A particle can if it is between two capitalised words that often
    occur around it, as in "Bank of England".

    Args:
        cased: The tokens. Particles inside names get the flag `CAPITAL`, in place.
        vocabulary: Their words.

    Returns:
        in_phrase, bound: (tokens,) bool each.
    """
    word, flags = cased.word, cased.flags
    in_phrase = (word >= 0) & ~np.append(vocabulary.stop, False)[word]  # the last place is for -1
    pairs = _bound_stop_words(cased, vocabulary)
    inner = _bound_particles(cased, vocabulary, in_phrase)
    bound = np.zeros(len(word), dtype=bool)
    bound[pairs] = True
    in_phrase[pairs] = in_phrase[pairs + 1] = in_phrase[inner] = True
    flags[inner] |= CAPITAL
    return in_phrase, bound


def _bound_stop_words(cased: CasedTokens, vocabulary: Vocabulary) -> Array:
    """The tokens that capitals bind to the next one, where one of the two is a stop word."""
    word, flags = cased.word, cased.flags
    size = max(len(vocabulary.words), 1)
    stop = np.append(vocabulary.stop, False)[word]
    joins, capital = (flags & JOINS_NEXT) > 0, (flags & CAPITAL) > 0
    pairs = np.flatnonzero(joins[:-1] & (stop[:-1] != stop[1:])).astype(np.int32)
    # Only words that are seen with two capitals can be bound; most pairs need no closer look.
    seen = pairs[capital[pairs] & capital[pairs + 1] & ((flags[pairs] & INFORMATIVE) > 0)]
    left, right = np.zeros((2, size), dtype=bool)
    left[word[seen]] = right[word[seen + 1]] = True
    pairs = pairs[left[word[pairs]] & right[word[pairs + 1]]]
    codes = word[pairs].astype(np.int64) * size + word[pairs + 1]
    both = capital[pairs] & capital[pairs + 1]
    return pairs[_mostly_capital(codes, both, (flags[pairs] & INFORMATIVE) > 0)]


def _bound_particles(cased: CasedTokens, vocabulary: Vocabulary, in_phrase: Array) -> Array:
    """The particles between two words that are mostly capitalised in these places."""
    word, flags = cased.word, cased.flags
    size = max(len(vocabulary.words), 1)
    joins, capital = (flags & JOINS_NEXT) > 0, (flags & CAPITAL) > 0
    particle = np.append(vocabulary.particle, False)
    inner = np.flatnonzero(particle[word[1:-1]] & joins[1:-1] & joins[:-2]) + 1
    inner = inner[in_phrase[inner - 1] & in_phrase[inner + 1]]
    codes = word[inner - 1].astype(np.int64) * size + word[inner + 1]
    codes = codes * max(particle.sum(), 1) + np.cumsum(particle)[word[inner]] - 1
    around = capital[inner - 1] & capital[inner + 1] & ~capital[inner]
    return inner[_mostly_capital(codes, around, (flags[inner - 1] & INFORMATIVE) > 0)]


def _mostly_capital(codes: Array, capital: Array, informative: Array) -> Array:
    """Which of `codes` (n,) nearly always have capitals where their case is informative."""
    seen, times = np.unique(codes[capital & informative], return_counts=True)
    seen = seen[times >= MIN_BOUND_USES]
    if not len(seen):
        return np.zeros(len(codes), dtype=bool)
    place = np.minimum(np.searchsorted(seen, codes), len(seen) - 1)
    known = seen[place] == codes
    written = np.bincount(place[known & capital & informative], minlength=len(seen))
    all_uses = np.bincount(place[known & informative], minlength=len(seen))
    sure: Array = known & (written >= NAME_SHARE * all_uses)[place]
    return sure


def _cased_tokens(tokens: Tokens, vocabulary: Vocabulary, language_of: Array) -> CasedTokens:
    """The first tokens of each document, with the flags of their places."""
    sizes = np.minimum(np.diff(tokens.start), LEADING_TOKENS)
    portions = [
        _read_documents(
            tokens, vocabulary, language_of, sizes, low, min(low + DOCUMENTS_A_TIME, len(sizes))
        )
        for low in range(0, max(len(sizes), 1), DOCUMENTS_A_TIME)
    ]
    surface, flags, capitals, informative = (
        np.concatenate(columns) for columns in zip(*portions, strict=True)
    )
    # In a text that writes all nouns with a capital, a capital does not mean a name.
    # What is usual is learned from the documents of the same language.
    capital, all_words = (np.bincount(language_of, of) for of in (capitals, informative))
    share = (capital / np.maximum(all_words, 1))[language_of]
    all_nouns = capitals + NOUN_CAPITALS_PRIOR * share > NOUN_CAPITALS_SHARE * (
        informative + NOUN_CAPITALS_PRIOR
    )
    in_all_nouns = np.repeat(all_nouns, sizes)
    flags[in_all_nouns] &= ~np.uint8(INFORMATIVE)
    flags[in_all_nouns] |= np.uint8(ALL_NOUNS)
    document = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    size = len(vocabulary.surfaces)
    uses = np.bincount(surface, minlength=size)
    informative_uses = np.bincount(surface[(flags & INFORMATIVE) > 0], minlength=size)
    word = vocabulary.word_of[surface]
    return CasedTokens(surface, word, document, flags, uses, informative_uses)


def _read_documents(
    tokens: Tokens,
    vocabulary: Vocabulary,
    language_of: Array,
    sizes: Array,
    low: int,
    high: int,
) -> tuple[Array, Array, Array, Array]:
    """The documents from `low` to `high`: their tokens, and counts of each document.

    Returns:
        surface, flags: (tokens,) each; capitals, informative: (documents,) int64 each, the number
        of content words with an informative capital, and with an informative case.
    """
    sizes = sizes[low:high]
    first = np.cumsum(sizes) - sizes
    token = tokens.tokens[slice_positions(tokens.start[low:high], sizes)]
    surface = vocabulary.form_in[np.repeat(language_of[low:high], sizes), token]
    surface = _keep_elided_in_names(surface, token, vocabulary)
    word, flags = vocabulary.word_of[surface], vocabulary.flags_of[surface]
    begins = np.zeros(len(surface), dtype=bool)
    begins[first[sizes > 0]] = True
    content = (word >= 0) & ~np.append(vocabulary.stop, False)[word]
    informative = _informative(word, flags, content, begins)

    unspaced = np.append(vocabulary.unspaced, False)[word]
    joins = np.zeros(len(surface), dtype=bool)
    joins[:-1] = (word[:-1] >= 0) & (word[1:] >= 0) & ~begins[1:]
    joins[:-1] &= (flags[:-1] & POSSESSIVE) == 0
    joins[:-1] &= ~vocabulary.elided[surface[1:]]
    joins[:-1] &= unspaced[:-1] == unspaced[1:]
    capital = (flags & CAPITAL) > 0
    flags |= (INFORMATIVE * informative + JOINS_NEXT * joins).astype(np.uint8)
    counts = np.zeros((2, high - low), dtype=np.int64)
    counts[:, sizes > 0] = [
        _sums(informative & content & capital, first[sizes > 0]),
        _sums(informative & content, first[sizes > 0]),
    ]
    return surface, flags, counts[0], counts[1]


def _keep_elided_in_names(surface: Array, token: Array, vocabulary: Vocabulary) -> Array:
    """The surface forms, where a name keeps the word elided inside it, as "Côte d'Ivoire" does.

    `token` (tokens,) are the forms with the elided word.
    """
    flags_of, inside = vocabulary.flags_of, vocabulary.elided[surface]
    inside[:1] = False
    inside[1:] &= (flags_of[surface[1:]] & flags_of[surface[:-1]] & CAPITAL) > 0
    return np.where(inside, token, surface)


def _informative(word: Array, flags: Array, content: Array, begins: Array) -> Array:
    """Which tokens are words whose case is informative: (tokens,) bool.

    The first word of a text and a word after a pause may be capitalised because they begin a
    sentence. A sentence with few content words in lower case may be a headline.
    """
    opens = begins.copy()
    opens[1:] |= (flags[:-1] & ENDS_SENTENCE) > 0
    sentences = np.flatnonzero(opens)
    capital, lower = content & ((flags & CAPITAL) > 0), content & ((flags & LOWER) > 0)
    plain = _sums(lower, sentences) * 3 >= np.maximum(_sums(capital, sentences), 1)
    informative: Array = np.repeat(plain, np.diff(sentences, append=len(word)))
    informative &= (word >= 0) & ~begins
    informative[1:] &= (flags[:-1] & PAUSES) == 0
    return informative


def _sums(marks: Array, starts: Array) -> Array:
    """How many of `marks` (n,) are true from each of `starts` to the next."""
    return np.diff(np.concatenate([[0], np.cumsum(marks)])[np.append(starts, len(marks))])


def _stop_words_that_are_names(cased: CasedTokens, vocabulary: Vocabulary) -> Array:
    """Which stop words the corpus writes as names, such as "UN" and "Who": (words,) bool.

    Short ones must be written in capitals only, because "St" and "Gov" merely precede names.
    """
    known = np.flatnonzero(vocabulary.word_of >= 0)
    word, informative = vocabulary.word_of[known], cased.informative_uses[known]
    size = len(vocabulary.words)
    written = (vocabulary.surfaces[surface] for surface in known.tolist())
    like_name = [s.isupper() or (len(s) > MAX_ABBREVIATION and s[0].isupper()) for s in written]
    capital = np.bincount(word, informative * np.array(like_name, dtype=bool), size)
    names = (capital >= MIN_BOUND_USES) & (
        capital >= NAME_SHARE * np.bincount(word, informative, size)
    )
    names &= vocabulary.stop & ~vocabulary.fixed
    for number in np.flatnonzero(names).tolist():
        names[number] = vocabulary.words[number].isalpha()
    return names


def _share(vocabulary: Vocabulary, names: Array) -> Vocabulary:
    """The vocabulary in which stop words that are `names` (words,) are no longer stop words.

    Where the corpus has the word also as one that is no stop word, the two are one.
    """
    words, stop = vocabulary.words, vocabulary.stop & ~names
    shared: dict[str, int] = {}
    target = np.arange(len(words), dtype=np.int32)
    for number in np.flatnonzero(~stop).tolist():
        target[number] = shared.setdefault(words[number], number)
    languages = vocabulary.languages.copy()
    np.logical_or.at(languages, target, vocabulary.languages)
    word_of = np.append(target, -1)[vocabulary.word_of].astype(np.int32)
    return vocabulary._replace(stop=stop, languages=languages, word_of=word_of)
