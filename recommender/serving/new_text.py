"""A text that is not in the snapshot, as an item that can be ranked for."""

import math
from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING

from recommender.language.prepare import content_hash, embedded_text
from recommender.scoring.word_overlap import Lexicon, weigh_query
from recommender.serving.request import QueryItem
from recommender.snapshot.reader import Snapshot

if TYPE_CHECKING:
    from recommender.embedding.base import Encoder

__all__ = ["MAX_CHARACTERS", "TextEncoder", "prepare_text"]

MAX_CHARACTERS = 1_000_000  # readers of a page can send anything


def prepare_text(title: str, text: str) -> str:
    """Make the text that is embedded from a title and a text.

    Args:
        title: The title, or "".
        text: The text, or "".

    Returns:
        The prepared text; see `language.prepare`.

    Raises:
        ValueError: Both are empty, or they are longer than `MAX_CHARACTERS`, or no valid Unicode.
    """
    prepared = embedded_text(title, text)
    if not prepared:
        raise ValueError("title and text are both empty: there is nothing to compare")
    if len(prepared) > MAX_CHARACTERS:
        raise ValueError(f"{len(prepared):,} characters; at most {MAX_CHARACTERS:,} are compared")
    prepared.encode()  # a lone surrogate raises UnicodeEncodeError, which is a ValueError
    return prepared


class TextEncoder:
    """Turns prepared texts into query items. It loads the snapshot's encoder at the first text."""

    def __init__(self) -> None:
        self._encoder: Encoder | None = None

    def item(self, snapshot: Snapshot, prepared: str) -> QueryItem:
        """Make a query item of a text; nothing is embedded if that very text is published.

        Args:
            snapshot: The snapshot that answers.
            prepared: The prepared text.

        Returns:
            The item.

        Raises:
            MissingExtra: The packages that embed text are not installed.
            EncoderError: The encoder is not the one that embedded this snapshot.
        """
        published = snapshot.lookup.text_of(content_hash(prepared))
        if published is not None:
            return QueryItem(None, published)
        vector = self._encoder_of(snapshot).encode([prepared]).vectors[0]
        lexicon = Lexicon(
            snapshot.lexicon,
            snapshot.arrays.idf,
            snapshot.scoring.mean_length,
            snapshot.manifest.texts,
        )
        return QueryItem(
            None, None, vector, weigh_query(_words(prepared, snapshot, lexicon), lexicon)
        )

    def _encoder_of(self, snapshot: Snapshot) -> "Encoder":
        wanted = snapshot.manifest.encoder
        if self._encoder is None or self._encoder.spec.fingerprint != wanted.fingerprint:
            from recommender.embedding.open import open_encoder

            self._encoder = open_encoder(
                wanted.model,
                revision=wanted.revision,
                max_tokens=wanted.max_tokens,
                fingerprint=wanted.fingerprint,
            )
        return self._encoder


def _words(prepared: str, snapshot: Snapshot, lexicon: Lexicon) -> Counter[str]:
    """The words of a text and, in languages that write compounds as one word, their parts."""
    from recommender.language.compounds import COMPOUNDING, compound_parts
    from recommender.language.detect import detect_language
    from recommender.language.stop_words import stop_words_for
    from recommender.language.tokens import tokenise, word_of

    counts = Counter(word for token in tokenise(prepared) if (word := word_of(token)))
    if COMPOUNDING.isdisjoint(snapshot.facets["language"]):
        return counts  # no such text was compared by the parts of its compounds
    code = detect_language(prepared)
    if code in COMPOUNDING:
        stop, known = stop_words_for(code), lexicon.words

        def commonness(word: str) -> float:
            place = bisect_left(known, word)
            if word in stop or place == len(known) or known[place] != word:
                return 0.0
            return math.exp(-float(lexicon.idf[place]))

        for word, count in [*counts.items()]:
            for part in dict.fromkeys(compound_parts(word, commonness)):
                counts[part] += count
    return counts
