"""The stream of short texts that is made from a labelled set."""

import json
from pathlib import Path

import pytest


def test_a_stream_has_each_line_once_and_no_byline_or_date(scripts: None, tmp_path: Path) -> None:
    stream = pytest.importorskip("stream")
    records = [
        {"id": "a", "title": "The ferry has sunk", "text": "By Ada\nNobody was hurt.\nMore soon."},
        {
            "id": "b",
            "title": "The ferry has sunk",
            "text": "2013 - 09 - 26\nIt lies in the harbour now.",
        },
    ]
    path = tmp_path / "labelled.jsonl"
    lines = (json.dumps(record | {"story": "s", "label": "ferries"}) for record in records)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    found = stream.read_stream(path, "label")
    assert [(line.title, line.text, line.published) for line in found.articles] == [
        ("", "The ferry has sunk", None),
        ("", "Nobody was hurt.", None),
        ("", "It lies in the harbour now.", None),
    ]
    assert found.labels == ["ferries"] * 3
    assert found.splits == [None] * 3
    assert len({line.id for line in found.articles}) == 3
