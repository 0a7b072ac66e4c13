"""The protocol of all encoders, what an encoder returns, and what identifies it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from recommender._typing import Array
from recommender.progress import Advance, ignore

__all__ = ["Encoded", "Encoder", "EncoderSpec"]


@dataclass(frozen=True, slots=True)
class EncoderSpec:
    """What is needed to find an encoder again, and to know that it is the same one.

    Attributes:
        model: The default model's name, a folder (absolute), or a name on the model hub.
        revision: The commit of a model on the hub, else None.
        max_tokens: How many tokens of a text are read; None for the model's own limit.
        fingerprint: 32 hexadecimal digits over the model's files, `max_tokens` and the way text is
            prepared. Vectors with equal fingerprints may be compared. The precision is left out on
            purpose: the bfloat16 and float32 vectors of a text have a cosine of 0.9999, and after
            a move to another processor nothing should have to be embedded again.
    """

    model: str
    revision: str | None
    max_tokens: int | None
    fingerprint: str


class Encoded(NamedTuple):
    """What an encoder returns.

    Attributes:
        vectors: (texts, dimension) float32, of unit length, in the order of the texts.
        words: Per text, how many words it has.
        words_read: Per text, how many of its words the encoder read before its limit of tokens.
    """

    vectors: Array
    words: list[int]
    words_read: list[int]


class Encoder(Protocol):
    """Anything that turns texts into unit vectors and has a fingerprint.

    A text's vector is stored under the text's hash and the fingerprint, and is not computed again
    while both stay the same. So it must depend on the text alone, not on the number of threads.

    An encoder may have an attribute `languages`, the codes of the languages that it knows. A night
    then says how many articles are in others.
    """

    @property
    def spec(self) -> EncoderSpec:
        """What identifies this encoder. Reading it must be cheap: it is read before loading."""
        ...

    def encode(self, texts: Sequence[str], advance: Advance = ignore) -> Encoded:
        """Embed texts.

        Args:
            texts: Prepared texts; see `language.prepare`.
            advance: Called with the number of texts that were done since its last call.

        Returns:
            The vectors and the numbers of words, in the order of `texts`.

        Raises:
            EncoderError: The model cannot be loaded, or it returns values that are not finite.
        """
        ...
