"""What every encoder is: a protocol, what it gives, and what identifies it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from recommender._typing import Array
from recommender.progress import Advance, ignore

__all__ = ["Encoded", "Encoder", "EncoderSpec"]


@dataclass(frozen=True, slots=True)
class EncoderSpec:
    """Enough to find the encoder again, and to know that it is the same one.

    `model` is a folder, a hub name, or the name of the embedded default; `max_tokens` None means
    the model's own limit; `fingerprint` covers the model's files, `max_tokens` and the way text
    is prepared. Precision is left out on purpose: bfloat16 and float32 vectors agree to a cosine of
    0.9999, and a move to another processor must not embed everything again.
    """

    model: str
    revision: str | None
    max_tokens: int | None
    fingerprint: str


class Encoded(NamedTuple):
    """Unit `vectors` (texts, dimension) float32; per text its words, and how many were read."""

    vectors: Array
    words: list[int]
    words_read: list[int]


class Encoder(Protocol):
    """Anything that turns texts into unit vectors. One fingerprint, one vector per text."""

    @property
    def spec(self) -> EncoderSpec:
        """Which encoder this is; cheap, before any model is loaded."""
        ...

    def encode(self, texts: Sequence[str], advance: Advance = ignore) -> Encoded:
        """Embed `texts`, in their order; `advance` is told the number of texts done."""
        ...
