"""The command that shows what is cut as boilerplate."""

from pathlib import Path

import click

from recommender.cli.options import (
    artifacts_option,
    config_option,
    existing_folder,
    json_option,
    set_option,
)
from recommender.cli.output import echo, echo_json
from recommender.errors import InputError, needs_extra

__all__ = ["boilerplate"]

_EXAMPLE = 60  # characters of a passage in a line


@click.command()
@click.option("--source", help="Only passages of this source.")
@artifacts_option
@config_option
@set_option
@json_option
def boilerplate(
    source: str | None,
    artifacts: Path,
    config: Path | None,
    overrides: tuple[str, ...],
    as_json: bool,
) -> None:
    """Show what is cut from texts because their source repeats it in unrelated articles.

    It is read from the store, so the command works where the nightly job runs. A line has the
    articles that have the passage, the day on which it was learned, and the passage; one that the
    setting `boilerplate.keep` protects is marked as kept.
    """
    with needs_extra("build"):
        from recommender.settings.load import load_settings
        from recommender.store.open import open_store, sqlite_url

    folder = existing_folder(artifacts)
    url = load_settings(config, overrides=overrides).store.url
    if url is None and not folder.store.is_file():
        raise InputError(
            f"{folder.store} does not exist: no nightly run has stored articles there, or the "
            "setting store.url of the job names another store; give it with --set or --config"
        )
    with open_store(url or sqlite_url(folder.store)) as store:
        passages = [p for p in store.passages() if source is None or p.publisher == source]
    passages.sort(key=lambda p: (p.publisher, -p.articles, p.words))
    if as_json:
        echo_json({"passages": [passage._asdict() for passage in passages]})
        return
    if not passages:
        of_source = f" of {source}" if source is not None else ""
        echo(f"nothing{of_source} is known to be boilerplate")
    publisher: str | None = None
    for passage in passages:
        if passage.publisher != publisher:
            publisher = passage.publisher
            echo(publisher or "articles without source and URL")
        kept = "  kept" if passage.kept else ""
        echo(f"{passage.articles:>9,}  {passage.learned}{kept}  {_shortened(passage.example)}")


def _shortened(example: str) -> str:
    """A passage in one line, without its middle where it is long."""
    line = " ".join(example.split())
    if len(line) <= 2 * _EXAMPLE:
        return line
    return f"{line[:_EXAMPLE]} … {line[-_EXAMPLE:]}"
