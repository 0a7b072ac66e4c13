"""Open an encoder by name, for the nightly job and for serving."""

from recommender.embedding.base import Encoder
from recommender.embedding.model_files import DEFAULT_MODEL
from recommender.embedding.sentence_transformers import SentenceEncoder
from recommender.errors import EncoderError

__all__ = ["open_encoder"]


def open_encoder(
    model: str = DEFAULT_MODEL,
    *,
    revision: str | None = None,
    max_tokens: int | None = None,
    precision: str = "auto",
    threads: int = 0,
    fingerprint: str | None = None,
) -> Encoder:
    """Open an encoder by the name of its model.

    The nightly job passes the section [embedding] of its settings. Serving passes the `EncoderSpec`
    of the snapshot with its fingerprint, because queries must be embedded as the snapshot was.

    Args:
        model: The default model's name, a folder, or a name on the model hub.
        revision: The commit of a model on the hub, 40 hexadecimal digits.
        max_tokens: How many tokens of a text are read; None for the model's own limit.
        precision: "auto", "float32" or "bfloat16"; "auto" is bfloat16 if the processor has
            instructions for it.
        threads: How many batches are computed at a time; 0 for torch's number of threads.
        fingerprint: The fingerprint that the encoder must have; None accepts any.

    Returns:
        The encoder. Its model is loaded at the first `encode`.

    Raises:
        EncoderError: The model is not found, altered or unsafe to load, or it has another
            fingerprint.
        MissingExtra: The `build` extra is not installed.

    Example:
        >>> encoder = open_encoder()
        >>> encoder.encode(["The ferry sails again.", "Ferries run again."]).vectors.shape
        (2, 384)
    """
    encoder = SentenceEncoder(
        model, revision=revision, max_tokens=max_tokens, precision=precision, threads=threads
    )
    if fingerprint is not None and encoder.spec.fingerprint != fingerprint:
        raise EncoderError(
            f"the model {model!r} is not the one this snapshot was embedded with (fingerprint "
            f"{encoder.spec.fingerprint} instead of {fingerprint}); run the nightly job again"
        )
    return encoder
