"""What people see of an answer: headlines that cannot drive a terminal."""

from datetime import UTC, datetime

from rich.console import Console

from recommender.cli.articles_table import article_heading
from recommender.cli.related_table import related_table
from recommender.types.article import Card
from recommender.types.related import Related

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOSTILE = "Hi\x1b]0;pwned\x07\x1b[2J\x9b31m\n\u202egnp.exe [bold]x[/]"


def test_headlines_cannot_drive_a_terminal() -> None:
    card = Card(HOSTILE, HOSTILE, None, HOSTILE, None, None, None, None)
    hit = Related(HOSTILE, 0.5, HOSTILE, None, HOSTILE, None, None, None, None)
    console = Console(width=300, force_terminal=False)
    with console.capture() as capture:
        console.print(article_heading(card, NOW))
        console.print(related_table([hit], NOW))
    printed = capture.get()
    assert not set(printed) & set("\x1b\x07\x9b\u202e")
    assert printed.count("[bold]x[/]") == 6  # heading and row: title, source, id
    assert len(printed.splitlines()) == 4
