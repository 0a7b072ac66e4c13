"""The count of cut names: it finds what no text states, and demo and AllSides have none."""

import json
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from recommender.keywords.ngrams import find_ngrams
from recommender.keywords.phrases import extract_phrases
from recommender.language.prepare import embedded_text
from recommender.language.tokens import read_tokens
from tests.corpus.made_up_articles import SHARED

ROOT = Path(__file__).parents[3]
DEMO = ROOT / "artifacts" / "demo" / "news.jsonl"
ALLSIDES = SHARED / "allsides_stories.jsonl"
TEXT = (
    "As Vice President Mike Pence told them on Monday, the New York Gov. Andrew Cuomo met un homme"
    " and praised the harbour. Later the mayor of New York agreed."
)


@pytest.fixture
def cut_names(scripts: None) -> ModuleType:
    return pytest.importorskip("cut_names")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Mike Pence", "whole"),
        ("Andrew Cuomo", "whole"),
        ("New York", "whole"),
        ("President Mike Pence", "cut"),
        ("New York Gov", "cut"),
        ("York", "cut"),
        ("UN", "absent"),
        ("Cuomo Andrew", "absent"),
    ],
)
def test_a_name_is_whole_cut_or_absent(cut_names: ModuleType, name: str, kind: str) -> None:
    assert cut_names.Texts({"a": TEXT}).judge(name, "a") == kind


@pytest.mark.parametrize("path", [DEMO, ALLSIDES], ids=["demo", "allsides"])
def test_no_text_has_a_name_that_it_does_not_state(cut_names: ModuleType, path: Path) -> None:
    if not path.exists():
        pytest.skip(f"{path.name} is not here")
    records = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    written = (embedded_text(r.get("title") or "", r.get("text") or "") for r in records)
    texts = {str(number): text for number, text in enumerate(written)}
    found = extract_phrases(find_ngrams(read_tokens(texts.values()), "en"))
    judged = cut_names.Texts(texts)
    wrong: Counter[str] = Counter()
    names = 0
    for number, row in enumerate(found.of_text.tolist()):
        for phrase in row:
            if phrase >= 0 and found.names[phrase]:
                name = found.texts[phrase]
                kind = judged.judge(name, str(number))
                names += 1
                wrong[name] += kind == "absent" or (kind == "cut" and cut_names.is_titled(name))
    assert names > len(texts)
    assert not +wrong
