"""What people see of articles: a heading and rows, never a blank line."""

from datetime import UTC, datetime

from rich.console import Console

from recommender.cli.articles_table import article_heading, articles_table
from recommender.types.article import Card

NOW = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
UNTITLED = Card("a-1", "", None, "Gazette", None, None, None, NOW)


def test_an_article_without_a_title_says_so_beside_its_id() -> None:
    console = Console(width=80, force_terminal=False)
    with console.capture() as capture:
        console.print(article_heading(UNTITLED, NOW))
        console.print(articles_table([UNTITLED], NOW, ["Newest"]))
    lines = [line.split() for line in capture.get().splitlines()]
    assert lines == [
        ["(untitled)"], ["Gazette", "·", "just", "now", "·", "a-1"],
        ["Newest"], ["published", "title", "source", "id"],
        ["just", "now", "(untitled)", "Gazette", "a-1"],
    ]  # fmt: skip
