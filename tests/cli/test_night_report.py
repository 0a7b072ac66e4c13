"""The report of a night: every line that its record can lead to."""

from typing import Any

from recommender.cli.night_report import night_report

NIGHT: dict[str, Any] = {
    "snapshot": "20260301T000000Z-0badcafe",
    "refused": [],
    "forced": [],
    "unchanged": False,
    "intake": {
        "read": 21, "new": 20, "changed": 0, "unchanged": 0, "removed": 0, "rejected": 1,
        "rejects_file": "rejects/1.jsonl",
    },
    "articles": 1200, "contents": 1100, "embedded": 20, "reused": 1080, "texts": 1090,
    "truncated": 3, "words_read_share": 0.9, "stories": 700, "topics": 12, "finer_topics": 40,
    "without_topic": 5, "changes": {"topics": {"grown": 1, "born": 2}, "stories": {}},
    "notices": [{"name": "n", "count": 2, "text": "2 dates are bad", "advice": "mend them"}],
    "lists": {"full": 0.5, "filled": 0.25, "short": 0.2, "empty": 0.05},
    "gates": {"lost": 0.01}, "search_recall": 1, "seconds": {"read": 1.0, "embed": 2.5},
}  # fmt: skip


def test_a_report_says_what_was_published_and_counts_everything() -> None:
    assert night_report(NIGHT).splitlines() == [
        "published 20260301T000000Z-0badcafe",
        "read 21 records: 20 new, 0 changed, 0 unchanged, 0 removed, 1 rejected",
        "rejects are listed in rejects/1.jsonl",
        "1,200 articles with 1,100 different texts: 20 embedded, 1,080 reused; "
        "1,090 remain when near-duplicates are grouped",
        "3 articles are longer than the encoder reads; 10.0% of all words were not read",
        "700 stories; 12 topics, 40 finer ones within them, 5 articles without a topic",
        "topics: 2 born, 1 grown",
        "related lists of five: 50.0% full, 25.0% filled from below the floor, 20.0% shorter, "
        "5.0% empty",
        "gates: lost 1.0%",
        "2 dates are bad: mend them",
        "the search is exact",
        "3.5 s: read 1.0, embed 2.5",
    ]


def test_a_report_says_why_nothing_was_published() -> None:
    unchanged = night_report(NIGHT | {"unchanged": True})
    assert unchanged.startswith("nothing has changed; 20260301T000000Z-0badcafe is still served\n")
    refused = night_report(NIGHT | {"refused": ["too few"], "snapshot": None})
    assert refused.startswith("not published; nothing is served\ngate: too few\n")
    forced = night_report(NIGHT | {"forced": ["too few"], "search_recall": 0.975})
    assert "forced: too few" in forced
    assert "the search finds 97.5% of the nearest articles" in forced
