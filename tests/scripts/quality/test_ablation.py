"""The tables of the ablation, on small planted sets."""

import json
import sys
from pathlib import Path

import pytest

from recommender.groups.story_thresholds import STORY_PARAMS
from recommender.scoring.score import SCORE_PARAMS
from tests.planted import write_labelled


def test_all_tables_are_printed(
    scripts: None,
    word_encoder: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("allsides", "ecbplus", "basil"):
        path = write_labelled(tmp_path / f"{name}_stories.jsonl")
        records = [json.loads(line) for line in path.read_text().splitlines()]
        # Labels that do not follow the themes: no choice of parameters is perfect.
        labels = ({"story": f"s-{n // 3 % 8}", "label": f"l-{n // 3 % 4}"} for n in range(40))
        lines = (json.dumps(r | more) for r, more in zip(records, labels, strict=True))
        path.write_text("".join(f"{line}\n" for line in lines))
    monkeypatch.setattr(sys, "argv", ["ablation.py", str(tmp_path)])
    ablation = pytest.importorskip("ablation")
    monkeypatch.setattr(ablation, "GRID", [*ablation.GRID[:2], SCORE_PARAMS])
    monkeypatch.setattr(ablation, "STORY_GRID", [*ablation.STORY_GRID[:2], STORY_PARAMS])
    ablation.main()
    tables = capsys.readouterr().out.strip().split("\n\n")
    assert [table.split("|")[1].strip() for table in tables] == [
        "nDCG@5",
        "left out",
        "B-cubed F1, candidates",
        "left out",
        "B-cubed F1, candidates",
        "cut ratio",
        "nDCG@5, stories that fall",
        "B-cubed F1, stories that fall",
    ]
    columns = [len(table.splitlines()[0].split("|")) - 3 for table in tables]
    assert columns == [3, 4, 6, 4, 12, 7, 12, 12]
