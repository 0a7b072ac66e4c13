"""Vocabulary: the words of a corpus, each judged by the word lists of its article's language.

A stop word belongs to its language: the French "un" is another word than the "UN" of English
reports, and the German "war" is none of English. All other words are shared by all languages, so
that a name is one word wherever it is written.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.language.folding import fold
from recommender.language.stop_words import stop_words_for
from recommender.language.tokens import Tokens, is_damaged, without_elision, without_possessive
from recommender.language.word_lists import DEFAULT_LANGUAGE, WordLists, word_lists
from recommender.language.writing_systems import SENTENCE_ENDS, UNSPACED, may_be_a_word

__all__ = [
    "ALL_NOUNS",
    "CAPITAL",
    "ENDS_SENTENCE",
    "INFORMATIVE",
    "JOINS_NEXT",
    "LOWER",
    "PAUSES",
    "POSSESSIVE",
    "Vocabulary",
    "number_languages",
    "read_vocabulary",
]

_UNSPACED_SIGN = re.compile(f"[{UNSPACED}]")

# Flags of a token, as bits. Five describe its surface form: it has a capital, is in lower case,
# ends with a possessive 's, ends a sentence, or makes a pause. Two depend on its place: its case is
# informative, because words there are not all capitalised; it can form an n-gram with the next
# token. One depends on its text: that one writes all nouns with a capital.
CAPITAL, LOWER, POSSESSIVE, ENDS_SENTENCE, PAUSES, INFORMATIVE, JOINS_NEXT, ALL_NOUNS = (
    1 << bit for bit in range(8)
)
# Languages in which a word that loses its vowel is written together with the next one.
_ELIDING = frozenset({"ca", "fr", "it", "oc"})


class Vocabulary(NamedTuple):
    """The words of a corpus, and the word of each surface form.

    A surface form is a token as it is written. Where it is a stop word of a language, that
    language has a form of its own.

    Attributes:
        words: Folded, without possessive 's, in alphabetical order. A word that is a stop word
            of several languages is there once for each, and once for all others that use it.
        stop: (words,) bool, which words are stop words.
        unspaced: (words,) bool, which words are of a script without spaces between words.
        sign: (words,) bool, which of these are a single sign, as particles are.
        particle: (words,) bool, which are lower-case words that occur inside names, such as "of".
        fixed: (words,) bool, which stop words never become names; see `read_casing`.
        codes: The codes of the corpus's languages.
        languages: (words, languages) bool, the languages whose documents use each word.
        surfaces: The surface forms.
        elided: (surfaces,) bool, which of these stand behind an elided word that was cut off.
        word_of: (surfaces,) int32, the word of each surface form, -1 for one that ends a phrase.
        flags_of: (surfaces,) uint8, the flags of each surface form.
        form_in: (languages, tokens) int32, the surface form of each token of the corpus's
            vocabulary in each language.
    """

    words: list[str]
    stop: Array
    unspaced: Array
    sign: Array
    particle: Array
    fixed: Array
    codes: list[str]
    languages: Array
    surfaces: list[str]
    elided: Array
    word_of: Array
    flags_of: Array
    form_in: Array

    def listed(self, name: str) -> Array:
        """The words that are in a list of a language whose documents use them.

        Args:
            name: The name of a field of `WordLists` that holds words.

        Returns:
            (words,) bool.
        """
        marks = np.zeros(len(self.words), dtype=bool)
        for number, code in enumerate(self.codes):
            for entry in getattr(word_lists(code), name):
                first, last = bisect_left(self.words, entry), bisect_right(self.words, entry)
                marks[first:last] |= self.languages[first:last, number]
        return marks

    def boilerplate_phrases(self) -> frozenset[str]:
        """The phrases of the news trade in all languages of the corpus.

        Returns:
            Phrases in lower case, with one space between words.
        """
        return frozenset().union(*(word_lists(code).boilerplate_phrases for code in self.codes))


def number_languages(languages: str | Sequence[str], documents: int) -> tuple[list[str], Array]:
    """Number the languages of documents.

    Args:
        languages: The code of each document's language, or one code for all; "" for an unknown
            language, which counts as `DEFAULT_LANGUAGE`.
        documents: How many documents there are.

    Returns:
        The distinct codes in alphabetical order; (documents,) int32, the place of each document's.

    Raises:
        ValueError: There is not one code for each document.
    """
    of_each = [languages] * documents if isinstance(languages, str) else languages
    if len(of_each) != documents:
        raise ValueError(f"expected the languages of {documents} documents, got {len(of_each)}")
    used = [code or DEFAULT_LANGUAGE for code in of_each]
    codes = sorted({*used} or {DEFAULT_LANGUAGE})
    place = {code: number for number, code in enumerate(codes)}
    return codes, np.array([place[code] for code in used], dtype=np.int32)


class _Form(NamedTuple):
    """A surface form.

    Attributes:
        surface: The token as it is written, or the rest of it without an elided word.
        word: The word that it is counted as.
        owner: The language that lists the word, or "".
        elided: Whether a word is elided before it.
    """

    surface: str
    word: str
    owner: str
    elided: bool


class _Judgement(NamedTuple):
    """What a language's lists say of words: which are none, stop words, fixed ones, particles."""

    no_words: frozenset[str]
    stop: frozenset[str]
    fixed: frozenset[str]
    particles: frozenset[str]


def read_vocabulary(tokens: Tokens, codes: list[str], language_of: Array) -> Vocabulary:
    """The words of all tokens.

    Args:
        tokens: The tokens of all documents.
        codes: The codes of the corpus's languages.
        language_of: (documents,) int32, the language of each document, a place in `codes`.

    Returns:
        The words, with one entry for each language that has a word in its stop list.
    """
    judgements = {code: _judgement(code) for code in codes}
    forms, form_in, used_in = _forms(tokens, judgements, language_of)
    entries = [(form.word, form.owner) for form in forms]
    occurring = np.array(used_in.any(axis=1), dtype=bool)
    is_word = [
        occurs and _is_word(form.word, judgements.get(form.owner))
        for form, occurs in zip(forms, occurring.tolist(), strict=True)
    ]
    words = sorted({entry for entry, good in zip(entries, is_word, strict=True) if good})
    place = {entry: number for number, entry in enumerate(words)}
    word_of = np.array(
        [place[e] if good else -1 for e, good in zip(entries, is_word, strict=True)], dtype=np.int32
    )
    unspaced = np.array([_UNSPACED_SIGN.match(word) is not None for word, _ in words], dtype=bool)
    languages = np.zeros((len(words), len(codes)), dtype=bool)
    np.logical_or.at(languages, word_of[word_of >= 0], used_in[word_of >= 0])
    return Vocabulary(
        [word for word, _ in words],
        np.array([bool(owner) for _, owner in words], dtype=bool),
        unspaced,
        unspaced & np.array([len(word) == 1 for word, _ in words], dtype=bool),
        np.array([bool(o) and w in judgements[o].particles for w, o in words], dtype=bool),
        np.array([bool(o) and w in judgements[o].fixed for w, o in words], dtype=bool),
        codes,
        languages,
        [form.surface for form in forms],
        np.array([form.elided for form in forms], dtype=bool),
        word_of,
        np.array([_flags(form) for form in forms], dtype=np.uint8),
        form_in,
    )


def _forms(
    tokens: Tokens, judgements: dict[str, _Judgement], language_of: Array
) -> tuple[list[_Form], Array, Array]:
    """The surface forms, those of all languages first, then those that one language lists.

    Returns:
        The forms; (languages, tokens) int32, the form of each token in each language; and
        (forms, languages) bool, the languages whose documents use each form.
    """
    size = len(tokens.vocabulary)
    forms = [_form(token) for token in tokens.vocabulary]
    rests = [without_elision(token) for token in tokens.vocabulary]
    elided = np.array([r != t for r, t in zip(rests, tokens.vocabulary, strict=True)], dtype=bool)
    uses = _tokens_used(tokens, language_of, len(judgements))
    form_in = np.tile(np.arange(size, dtype=np.int32), (len(judgements), 1))
    for number, (code, judged) in enumerate(judgements.items()):
        listed = judged.no_words | judged.stop
        for token in np.flatnonzero(uses[number]).tolist():
            form = forms[token]
            if elided[token] and code in _ELIDING:
                form = _form(rests[token], elided=True)
            if form.word in listed:
                form = form._replace(owner=code)
            if form is not forms[token]:
                form_in[number, token] = len(forms)
                forms.append(form)
    used_in = np.zeros((len(forms), len(judgements)), dtype=bool)
    for number, used in enumerate(uses):
        used_in[form_in[number, used], number] = True
        used_in[:size, number] |= used & elided  # a name may keep what is elided before it
    return forms, form_in, used_in


def _form(surface: str, *, elided: bool = False) -> _Form:
    """The surface form that belongs to no language."""
    return _Form(surface, fold(without_possessive(surface)), "", elided)


def _judgement(code: str) -> _Judgement:
    lists: WordLists = word_lists(code)
    fixed = lists.newsroom_words | lists.name_particles
    stop = stop_words_for(code) - lists.content_words | fixed
    return _Judgement(lists.honorifics, stop, fixed, lists.name_particles)


def _tokens_used(tokens: Tokens, language_of: Array, languages: int) -> Array:
    """Which tokens the documents of each language use: (languages, tokens) bool."""
    if languages == 1:
        return np.ones((1, len(tokens.vocabulary)), dtype=bool)
    uses = np.zeros((languages, len(tokens.vocabulary)), dtype=bool)
    sizes = np.diff(tokens.start)
    for number in range(languages):
        uses[number, tokens.tokens[np.repeat(language_of == number, sizes)]] = True
    return uses


def _is_word(word: str, judged: _Judgement | None) -> bool:
    if (judged and word in judged.no_words) or is_damaged(word):
        return False
    return may_be_a_word(word) and (word.isalpha() or any(map(str.isalpha, word)))


def _flags(form: _Form) -> int:
    """The flags of a surface form."""
    surface, first = form.surface, form.surface[0]
    # The capital of a name in which a word is elided, "d'Ivoire", is behind that word.
    capital = first.isupper() or without_elision(surface)[0].isupper()
    return (
        CAPITAL * capital
        | LOWER * (first.islower() and not capital)
        | POSSESSIVE * (without_possessive(surface) != surface)
        | ENDS_SENTENCE * (surface in SENTENCE_ENDS)
        | PAUSES * (not first.isalnum() and surface != ",")
    )
