"""Progress bars of a long run, one for each of its stages."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from recommender.progress import Advance

__all__ = ["ProgressBars"]


class ProgressBars:
    """A `Progress` that draws one bar a stage: how much is done, how fast, and how long it takes.

    Args:
        console: Where the bars are drawn.
    """

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def stage(self, name: str, total: int | None, unit: str) -> Iterator[Advance]:
        """Draw a bar while the block runs; it stays when the block is done.

        Args:
            name: Name of the stage.
            total: How many units there are; None where that is not known.
            unit: What is counted; "B" for bytes.

        Yields:
            A function that takes how many more units are done.
        """
        amount: ProgressColumn = DownloadColumn() if unit == "B" else MofNCompleteColumn()
        columns: list[ProgressColumn] = [TextColumn("{task.description:<10}"), BarColumn(24)]
        if total is not None:
            columns += [amount, _RateColumn(unit), TimeRemainingColumn(elapsed_when_finished=True)]
        else:
            columns += [TimeElapsedColumn()]
        with Progress(*columns, console=self._console) as bars:
            task = bars.add_task(name, total=total)
            yield lambda count: bars.advance(task, count)
            bars.update(task, total=total or 1, completed=total or 1)


class _RateColumn(ProgressColumn):
    """Units done per second."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        self._unit = unit

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        if speed is None:
            return Text("")
        if self._unit == "B":
            return Text(f"{speed / 1e6:,.1f} MB/s", style="dim")
        return Text(f"{speed:,.0f} {self._unit}/s", style="dim")
