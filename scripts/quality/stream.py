"""A stream of short texts made of a labelled set: every title and the first lines of every text.

For want of a labelled stream of headlines, whose stories are larger and looser than those of
articles: ECB+ by its subjects gives 2,900 lines, 66 a subject.
"""

from pathlib import Path

from recommender.evaluation.labelled_set import LabelledSet, read_labelled
from recommender.types import Article

__all__ = ["read_stream"]

LINES = 2  # of a text, after its title


def read_stream(path: Path, field: str) -> LabelledSet:
    """Each line once, as an article without a date, by the label that stands in the `field`.

    A line of few words, a byline, is left out.
    """
    articles = read_labelled(path, {}, 1_000_000, field=field)
    labelled_lines = {
        (line, label): None
        for article, label in zip(articles.articles, articles.labels, strict=True)
        for line in (article.title, *article.text.splitlines()[:LINES])
        if len(line.split()) > LINES
    }
    lines = [Article(str(n), title="", text=line) for n, (line, _) in enumerate(labelled_lines)]
    labels = [label for _, label in labelled_lines]
    return articles._replace(articles=lines, labels=labels, splits=[None] * len(lines))
