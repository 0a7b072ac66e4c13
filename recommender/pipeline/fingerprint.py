"""Digests: one tells whether two nights had the same inputs, one identifies a build."""

import hashlib
import json
import platform
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version

from recommender import __version__
from recommender._typing import Array
from recommender.corpus.corpus import Corpus
from recommender.corpus.features import FEATURES_VERSION
from recommender.language.word_lists import word_lists

__all__ = ["build_digest", "inputs_digest"]

# Packages whose version can change what is computed.
_COMPUTING = ("numpy", "faiss-cpu", "icu4py", "igraph", "py3langid", "regex", "scipy", "stop-words")


def inputs_digest(corpus: Corpus, vectors: Array, encoder: str, settings: str) -> str:
    """A digest of everything that shapes the content of a snapshot, except the nights before.

    Args:
        corpus: Tonight's articles, and the languages whose word lists are used.
        vectors: (texts, dimension) The vector of each text.
        encoder: The fingerprint of the encoder.
        settings: The fingerprint of the settings.

    Returns:
        32 hexadecimal digits. Two nights with the same digest would publish the same.
    """
    versions = {name: _version(name) for name in _COMPUTING}
    lists = {code: word_lists(code).fingerprint() for code in sorted({*corpus.languages})}
    computed = [__version__, versions, platform.machine(), encoder, settings]
    computed += [FEATURES_VERSION, lists]
    return _digest(
        [
            json.dumps(computed, sort_keys=True).encode(),
            # What is cut from a text changes its content, and not always its vector.
            *(article.record_hash + article.content_hash for article in corpus.articles),
            vectors.data,
        ]
    )


def build_digest(inputs: str, origin: str, previous: str) -> str:
    """A digest that no other build of these artifacts has.

    Args:
        inputs: The digest of the inputs.
        origin: The digest of the kept neighbours that the graph was updated from, or "".
        previous: The digest of the build before, whose ids are continued; "" for the first one.

    Returns:
        32 hexadecimal digits.
    """
    return _digest([inputs.encode(), origin.encode(), previous.encode()])


def _digest(parts: Iterable[bytes | memoryview]) -> str:
    """32 hexadecimal digits over the parts and their lengths."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(memoryview(part).nbytes.to_bytes(8))
        digest.update(part)
    return digest.hexdigest()[:32]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # installed under another name, as other channels do
        return "unknown"
