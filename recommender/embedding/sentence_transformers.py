"""The encoder that runs a sentence-transformers model on the CPU.

It computes in bfloat16 if the processor has instructions for it (AMX, AVX-512 BF16), otherwise in
float32. Texts of similar length share a batch of a fixed number of tokens, and each batch is
computed by one thread, several batches at a time. So vectors do not depend on the number of
threads, and no thread waits for another inside a matrix product.
"""

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from recommender._cpu import uses_bfloat16
from recommender._typing import Array
from recommender.embedding.base import Encoded, EncoderSpec
from recommender.embedding.model_files import DEFAULT_MODEL, find_model_files
from recommender.embedding.model_languages import model_languages
from recommender.errors import EncoderError, needs_extra
from recommender.language.prepare import PREPARATION_VERSION
from recommender.progress import Advance, ignore

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

__all__ = ["SentenceEncoder", "length_sorted_batches"]

BATCH_TOKENS = 4096  # tokens of a batch, padding included


class SentenceEncoder:
    """A sentence-transformers model on the CPU; the model is loaded at the first `encode`.

    Args:
        model: The default model's name, a folder, or a name on the model hub.
        revision: The commit of a model on the hub, 40 hexadecimal digits.
        max_tokens: How many tokens of a text are read; None for the model's own limit.
        precision: "auto", "float32" or "bfloat16"; "auto" is bfloat16 if the processor has
            instructions for it.
        threads: How many batches are computed at a time; 0 for torch's number of threads.

    Attributes:
        folder: Where the model's files were found.
        spec: What identifies the encoder.
        languages: The codes of the languages that the model knows; None if nothing says it.

    Raises:
        EncoderError: The model is not found, altered or unsafe to load.
        MissingExtra: A download needs the `build` extra.
    """

    def __init__(
        self,
        model: str = DEFAULT_MODEL,
        *,
        revision: str | None = None,
        max_tokens: int | None = None,
        precision: str = "auto",
        threads: int = 0,
    ) -> None:
        self.folder, digest = find_model_files(model, revision)
        self._max_tokens = max_tokens
        self._threads = threads
        self._bfloat16 = uses_bfloat16() if precision == "auto" else precision == "bfloat16"
        self._lock = Lock()  # a fast tokenizer must not be used by two threads at once
        if model != DEFAULT_MODEL and revision is None:
            model = str(self.folder)  # absolute: serving may run in another working folder
        self.languages = model_languages(model, self.folder)
        fingerprint = _fingerprint(max_tokens, digest)
        self.spec = EncoderSpec(model, revision, max_tokens, fingerprint)

    def __getstate__(self) -> dict[str, Any]:
        # An engine may send the encoder to other processes; each then loads the model itself.
        return {n: value for n, value in vars(self).items() if n not in ("_lock", "_model")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, _lock=Lock())

    def encode(self, texts: Sequence[str], advance: Advance = ignore) -> Encoded:
        """Embed texts. Threads that call it at the same time wait for each other.

        Args:
            texts: Prepared texts; see `language.prepare`.
            advance: Called with the number of texts that were done since its last call.

        Returns:
            The vectors and the numbers of words, in the order of `texts`.

        Raises:
            EncoderError: The model cannot be loaded, cannot read `max_tokens`, or returns values
                that are not finite.
            MissingExtra: The `build` extra is not installed.
        """
        with self._lock:
            model = self._model
            tokens, read_until = _token_counts(model, texts)
            vectors = self._vectors(model, texts, tokens, advance)
        return Encoded(
            vectors,
            [len(text.split()) for text in texts],
            [_words_read(text, end) for text, end in zip(texts, read_until, strict=True)],
        )

    def _vectors(
        self,
        model: "SentenceTransformer",
        texts: Sequence[str],
        tokens: Sequence[int],
        advance: Advance,
    ) -> Array:
        """The vectors, (texts, dimension) float32; `tokens` has the length of each text."""
        prompt = model.prompts.get(model.default_prompt_name or "", None)
        batches = length_sorted_batches(tokens, BATCH_TOKENS)
        vectors = np.empty((len(texts), model.get_embedding_dimension() or 0), dtype=np.float32)
        with _one_torch_thread() as default, ThreadPoolExecutor(self._threads or default) as pool:
            # Texts become tokens here, in one thread; only the forward passes run in the pool.
            jobs = [
                pool.submit(
                    _forward,
                    model,
                    model.preprocess([texts[i] for i in batch], prompt=prompt),
                    self._bfloat16,
                )
                for batch in batches
            ]
            for batch, job in zip(batches, jobs, strict=True):
                vectors[batch] = job.result()
                advance(len(batch))
        if not np.isfinite(vectors).all():
            raise EncoderError(
                f"the model {self.spec.model} returned vectors that are not finite numbers; "
                'try precision = "float32" in [embedding]'
            )
        return vectors

    @cached_property
    def _model(self) -> "SentenceTransformer":
        model = _load(self.folder)
        if self._max_tokens is not None:
            least, most = _token_limits(model)
            if self._max_tokens < least or (most is not None and self._max_tokens > most):
                limits = f"{least} to {most}" if most is not None else f"{least} or more"
                raise EncoderError(
                    f"the model {self.spec.model} reads {limits} tokens; [embedding] max_tokens "
                    f"is {self._max_tokens}"
                )
            model.max_seq_length = self._max_tokens
        if self._bfloat16:
            _convert_weights(model)
        return model.eval()


def length_sorted_batches(tokens: Sequence[int], budget: int) -> list[list[int]]:
    """Group texts of similar length into batches.

    Args:
        tokens: The number of tokens of each text.
        budget: How many tokens a batch may hold, with each text padded to the longest of its batch.

    Returns:
        Batches of positions in `tokens`, the longest texts first. A text longer than the budget is
        a batch of its own.
    """
    order = sorted(range(len(tokens)), key=lambda i: (-tokens[i], i))
    batches: list[list[int]] = []
    while order:
        size = max(1, budget // max(1, tokens[order[0]]))
        batches.append(order[:size])
        order = order[size:]
    return batches


def _fingerprint(max_tokens: int | None, files_digest: str) -> str:
    # Never reword this string. Stored vectors and snapshots are known by the fingerprint: if it
    # changed, every text would be embedded again and existing snapshots refused.
    digest = hashlib.sha256(f"text recipe {PREPARATION_VERSION}, max tokens {max_tokens}".encode())
    digest.update(files_digest.encode())
    return digest.hexdigest()[:32]


def _load(folder: Path) -> "SentenceTransformer":
    with needs_extra("build"):
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        return SentenceTransformer(
            str(folder),
            device="cpu",
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise EncoderError(f"{folder} is no usable model: {error}") from error


def _token_limits(model: "SentenceTransformer") -> tuple[int, int | None]:
    """The fewest and the most tokens that the model can read; None where it does not say."""
    config: Any = getattr(getattr(model[0], "auto_model", None), "config", None)
    most: int | None = getattr(config, "max_position_embeddings", None)
    return model.tokenizer.num_special_tokens_to_add() + 1, most


def _convert_weights(model: "SentenceTransformer") -> None:
    """Convert to bfloat16 once; autocast alone would convert the weights again for every batch."""
    import torch

    for module in model.modules():
        if isinstance(module, torch.nn.Linear):
            module.to(torch.bfloat16)


@contextmanager
def _one_torch_thread() -> Iterator[int]:
    """Let torch use one thread per operation; yields the previous number of threads."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield before
    finally:
        torch.set_num_threads(before)


def _token_counts(
    model: "SentenceTransformer", texts: Sequence[str]
) -> tuple[list[int], list[int | None]]:
    """How many tokens of each text are read, and the character where it is cut or None."""
    if not texts:
        return [], []
    encoded = model.tokenizer(
        list(texts), truncation=True, max_length=model.max_seq_length, return_offsets_mapping=True
    )
    offsets: list[list[tuple[int, int]]] = encoded["offset_mapping"]
    return [len(o) for o in offsets], [
        max(end for _, end in o) if encoding.overflowing else None
        for o, encoding in zip(offsets, encoded.encodings, strict=True)
    ]


def _words_read(text: str, end: int | None) -> int:
    """How many whole words of `text` are before character `end`; all of them if it is None."""
    if end is None:
        return len(text.split())
    inside_word = 0 < end < len(text) and not text[end - 1].isspace() and not text[end].isspace()
    return len(text[:end].split()) - inside_word


def _forward(model: "SentenceTransformer", features: dict[str, Any], bfloat16: bool) -> Array:
    """Unit vectors of one batch, (texts, dimension) float32."""
    import torch

    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=bfloat16):
        vectors: Array = model.forward(features)["sentence_embedding"].float().numpy()
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors
