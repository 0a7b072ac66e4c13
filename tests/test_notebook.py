"""The notebook runs from its first cell to its last, and is stored without output."""

import json
import re
from pathlib import Path

import pytest

from recommender.artifacts.folder import Artifacts

NOTEBOOK = Path(__file__).parent.parent / "notebooks" / "explore.ipynb"


def test_it_is_stored_without_output_and_with_clean_metadata() -> None:
    stored = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert stored["nbformat"] == 4
    assert set(stored["metadata"]) == {"kernelspec", "language_info"}
    assert stored["metadata"]["language_info"] == {"name": "python"}
    for cell in stored["cells"]:
        assert cell["metadata"] == {}
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None


@pytest.mark.filterwarnings("ignore")  # what the notebook's machinery warns of is not ours
def test_it_runs_on_a_tiny_corpus(published: Artifacts, monkeypatch: pytest.MonkeyPatch) -> None:
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    pytest.importorskip("matplotlib")
    pytest.importorskip("sklearn")
    monkeypatch.setenv("RECOMMENDER_ARTIFACTS", str(published.root))
    # Profiles and histories of whoever runs the tests stay out of it.
    monkeypatch.setenv("IPYTHONDIR", str(published.root / "ipython"))
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbclient.NotebookClient(
        notebook, timeout=300, resources={"metadata": {"path": str(NOTEBOOK.parent)}}
    ).execute()

    outputs = [out for cell in notebook.cells for out in cell.get("outputs", [])]
    printed = "".join(out.text for out in outputs if out.output_type == "stream")
    assert re.search(r"\bt-[a-z0-9]{6}\b", printed)
    assert "Harbour report 0 |" in printed
    assert any("image/png" in out.get("data", {}) for out in outputs)
