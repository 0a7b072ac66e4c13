"""A stream of short texts made from a labelled set: every title and the first lines of every text.

It stands in for a labelled stream of headlines, which we do not have: its stories are larger and
looser than those of articles. ECB+ labelled with its subjects gives 2,900 lines, 66 a subject.
"""

from pathlib import Path

from recommender.evaluation.labelled_set import LabelledSet, read_labelled
from recommender.sources.words import has_word
from recommender.types.article import Article

__all__ = ["read_stream"]

LINES = 2  # lines of a text that are taken, besides its title
BYLINE = 2  # words; a line that is no longer is a byline


def read_stream(path: Path, field: str) -> LabelledSet:
    """Each distinct line as an article without a title and a date, with the label of its article.

    Args:
        path: The labelled set.
        field: The field with the labels.

    Returns:
        The lines and their labels. Lines of at most `BYLINE` words are left out, and those without
        a word, such as dates, because the nightly job takes none for an article.
    """
    articles = read_labelled(path, {}, 1_000_000, field=field)
    labelled_lines = {
        (line, label): None
        for article, label in zip(articles.articles, articles.labels, strict=True)
        for line in (article.title, *article.text.splitlines()[:LINES])
        if len(line.split()) > BYLINE and has_word(line)
    }
    lines = [Article(str(n), title="", text=line) for n, (line, _) in enumerate(labelled_lines)]
    labels = [label for _, label in labelled_lines]
    return articles._replace(articles=lines, labels=labels, splits=[None] * len(lines))
