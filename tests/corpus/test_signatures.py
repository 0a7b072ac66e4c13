"""Signatures: the smallest hashes of the shingles, the same in every process."""

import os
import subprocess
import sys
from collections.abc import Sequence
from zlib import crc32

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recommender.corpus.signatures import SAMPLE, signature, unpack_signatures
from recommender.language.tokens import tokenise
from tests.corpus.made_up_articles import LEXICON


def signed_slowly(words: Sequence[str]) -> list[int]:
    """The signature of plain lower-case words by whole numbers, one shingle after the other."""

    def mixed(x: int) -> int:
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB % 2**64
        return x ^ (x >> 31)

    hashes = [crc32(word.encode()) for word in words]
    if 0 < len(hashes) < 3:
        hashes += [0] * (3 - len(hashes))
    shingles = set()
    for at in range(len(hashes) - 2):
        shingle = 0
        for offset in range(3):
            shingle = mixed((shingle + hashes[at + offset] + offset + 1) % 2**64)
        shingles.add(shingle >> 32)
    sample = sorted(shingles)[:SAMPLE]
    return [len(words), *sample, *[2**32 - 1] * (SAMPLE - len(sample))]


@given(st.lists(st.sampled_from(LEXICON[:9]), max_size=150))
def test_signatures_against_the_definition(words: list[str]) -> None:
    blob = signature(words)
    assert len(blob) == 4 * (1 + SAMPLE) <= 600
    assert unpack_signatures([blob]).tolist() == [signed_slowly(words)]


def test_signatures_are_the_same_in_every_process() -> None:
    code = (
        "from recommender.corpus.signatures import signature\n"
        "from recommender.language.tokens import tokenise\n"
        "print(signature(tokenise('Größe 7-1/2 中文字 ภาษาไทย and a harbour at 10:30')).hex())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1")
    }
    assert len(found) == 1


def test_texts_without_words_have_empty_signatures() -> None:
    rows = unpack_signatures([signature(tokenise(text)) for text in ("", "?!", " ")])
    assert rows.shape == (3, 1 + SAMPLE)
    assert rows[:, 0].tolist() == [0, 0, 0]
    assert (rows[:, 1:] == 2**32 - 1).all()


def test_no_signatures_are_no_rows() -> None:
    rows = unpack_signatures([])
    assert rows.shape == (0, 1 + SAMPLE)
    assert rows.dtype == np.uint32
