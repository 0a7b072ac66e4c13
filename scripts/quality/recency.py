"""What a half-life does to the answers of a published snapshot: how much newer, how much weaker.

Usage: python scripts/quality/recency.py [ARTIFACTS]

Asks about the newest articles, as a front page does. Prints for each half-life the median age of
the hits at the time of the newest article, their mean score before age is weighed, and the share of
hits that it changed.
"""

import argparse
from pathlib import Path
from statistics import mean, median

from recommender import Recommender

PRESETS = {"off": None, "archive, 90": 90, "magazine, 30": 30, "daily, 7": 7, "breaking, 2": 2}
QUERIES, HITS = 500, 10


def main() -> None:
    """Print one row for each half-life."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("artifacts", type=Path, nargs="?", default=Path("artifacts"))
    rec = Recommender.open(parser.parse_args().artifacts)
    articles = map(rec.article, rec.ids())
    dated = sorted(((a.published, a.id) for a in articles if a.published is not None), reverse=True)
    newest, queries = dated[0][0], [article_id for _, article_id in dated[:QUERIES]]
    plain = {i: {h.id for h in rec.related(i, HITS)} for i in queries}
    print("| preset, days | median age of a hit, days | mean score | hits changed |")
    print("|---|---|---|---|")
    for name, half_life in PRESETS.items():
        answers = {i: rec.related(i, HITS, half_life=half_life) for i in queries}
        hits = [hit for answer in answers.values() for hit in answer]
        ages = [(newest - hit.published).days for hit in hits if hit.published is not None]
        changed = sum(hit.id not in plain[i] for i, answer in answers.items() for hit in answer)
        print(
            f"| {name} | {median(ages):.0f} | {mean(hit.score for hit in hits):.3f} | "
            f"{changed / len(hits):.0%} |"
        )


if __name__ == "__main__":
    main()
