"""Progress bars: how much is done of each stage."""

from rich.console import Console

from recommender.cli.progress_bars import ProgressBars


def test_bars_show_the_count() -> None:
    console = Console(width=120, force_terminal=False)
    with console.capture() as capture, ProgressBars(console).stage("embed", 10, "texts") as advance:
        advance(10)
    assert "embed" in capture.get()
    assert "10/10" in capture.get()
