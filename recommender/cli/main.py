"""The commands `recommend` and `recommender`: prints, exit codes, and nothing else.

Exit codes: 0 done or published · 1 internal error · 2 wrong usage or settings · 3 bad input ·
4 publish refused · 5 lock held · 6 unknown article, story or topic ·
7 no snapshot, or a damaged one · 8 cannot write (full disk, permissions) · 9 encoder or a package
missing
"""

import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import click

from recommender import __version__
from recommender.artifacts.folder import Artifacts
from recommender.cli.evaluate import evaluate
from recommender.cli.groups import stories, topics
from recommender.cli.options import (
    EXIT_HELP,
    Moment,
    artifacts_option,
    config_option,
    console,
    echo_json,
    json_option,
    progress_bars,
    progress_option,
    set_option,
)
from recommender.errors import (
    EncoderError,
    InputError,
    LockHeld,
    MissingExtra,
    NoSnapshot,
    PublishRefused,
    RecommenderError,
    RemovedArticle,
    SettingsError,
    SnapshotError,
    StorageError,
    UnknownArticle,
    UnknownGroup,
    needs_extra,
)
from recommender.serving.query import DUPLICATES, FALLBACKS, MODES, Options
from recommender.types import labels_of

if TYPE_CHECKING:
    from recommender.serving.recommender import Recommender
    from recommender.types import Related

__all__ = ["EXIT_CODES", "main", "recommend_main"]

EXIT_CODES: dict[type[RecommenderError], int] = {
    SettingsError: 2,
    InputError: 3,
    PublishRefused: 4,
    LockHeld: 5,
    UnknownArticle: 6,
    UnknownGroup: 6,
    SnapshotError: 7,
    StorageError: 8,
    EncoderError: 9,
    MissingExtra: 9,
}

_SHARE = click.FloatRange(0, 1)
_ABOVE_0 = click.FloatRange(0, min_open=True)


def recommend_main() -> None:
    """Entry point of `recommend`."""
    _run(recommend)


def main() -> None:
    """Entry point of `recommender`."""
    _run(recommender)


def _run(command: click.Command) -> None:
    """Run a command; turn the package's errors into a sentence and an exit code."""
    try:
        command.main(standalone_mode=True)
    except RecommenderError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(_exit_code(error))


def _exit_code(error: Exception) -> int:
    return next((code for kind, code in EXIT_CODES.items() if isinstance(error, kind)), 1)


@click.command(epilog=EXIT_HELP)
@click.argument("article_id")
@click.option("-n", "--count", type=click.IntRange(min=1), default=10, show_default=True)
@click.option(
    "--mode",
    type=click.Choice(MODES),
    default="related",
    show_default=True,
    help="The story and its neighbours; the same event alone, newest first; or its topic alone.",
)
@click.option("--section", multiple=True, help="Only this section; repeat for several.")
@click.option("--language", multiple=True, help="Only this language; repeat for several.")
@click.option("--source", multiple=True, help="Only this source; repeat for several.")
@click.option("--since", type=Moment(), help="Only from then on: ISO 8601, or 12h, 7d, 4w back.")
@click.option("--until", type=Moment(), help="Only before then; as --since.")
@click.option("--exclude", multiple=True, metavar="ID", help="Leave out; repeat for several.")
@click.option("--floor", type=_SHARE, help="Only scores from here on.  [default: the settings']")
@click.option("--diversity", type=_SHARE, help="0 is relevance alone.  [default: the settings']")
@click.option(
    "--closeness",
    type=_SHARE,
    help="How much nearness in time to the article counts.  [default: the settings']",
)
@click.option("--half-life", type=_ABOVE_0, metavar="DAYS", help="Halve scores with age.")
@click.option("--per-source", type=click.IntRange(min=1), help="At most so many of one source.")
@click.option("--per-author", type=click.IntRange(min=1), help="At most so many of one author.")
@click.option("--per-story", type=click.IntRange(min=1), help="At most so many of one story.")
@click.option(
    "--duplicates",
    type=click.Choice(DUPLICATES),
    default="collapse",
    show_default=True,
    help="Show one article of nearly the same text, or each.",
)
@click.option(
    "--fallback",
    type=click.Choice(FALLBACKS),
    help="Fill a short list with the newest of the section or topic.",
)
@artifacts_option
@json_option
@click.version_option(__version__)
def recommend(
    article_id: str, count: int, artifacts: Path, as_json: bool, **options: Unpack[Options]
) -> None:
    """Print the articles related to ARTICLE_ID, best first, and why."""
    from recommender.serving.recommender import Recommender

    rec = Recommender.open(artifacts)
    try:
        article = rec.article(article_id)
        hits = rec.related(article_id, count, **options)
    except UnknownArticle as error:
        _explain_unknown(rec, error)
        raise
    except ValueError as error:  # what no range of an option shuts out, as nan
        raise click.UsageError(str(error)) from error
    if as_json:
        related = [_plain(hit) for hit in hits]
        echo_json({"article": article._asdict(), "related": related, "note": hits.note})
        return
    from recommender.cli.tables import article_heading, related_table

    now, screen = datetime.now(UTC), console()
    screen.print(article_heading(article, now), soft_wrap=True)
    if hits:
        screen.print(related_table(hits, now))
    if hits.note is not None:
        click.echo(f"Only so many: {hits.note}." + _unknown_labels(rec, options), err=True)


def _plain(hit: "Related") -> dict[str, Any]:
    """A hit for JSON, its reasons also in words."""
    from recommender.serving.explain import explain

    plain: dict[str, Any] = hit._asdict() | {
        "also_at": [copy._asdict() for copy in hit.also_at],
        "reasons": hit.reasons._asdict() | {"text": explain(hit.reasons)},
    }
    return plain


@click.group(epilog=EXIT_HELP)
@click.version_option(__version__)
def recommender() -> None:
    """Build, publish and inspect snapshots of related articles and topics."""


@recommender.command(epilog=EXIT_HELP)
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path))
@artifacts_option
@config_option
@set_option
@progress_option
@click.option("-v", "--verbose", count=True, help="Log more: -v what is done, -vv all.")
@click.option("--force", is_flag=True, help="Publish past the gates, and if nothing changed.")
@json_option
def nightly(
    sources: tuple[Path, ...],
    artifacts: Path,
    config: Path | None,
    overrides: tuple[str, ...],
    progress: bool | None,
    verbose: int,
    force: bool,
    as_json: bool,
) -> None:
    """Read SOURCES, embed what is new, rebuild everything and publish a snapshot.

    SOURCES are .jsonl, .ndjson or .csv files (each also as .gz) or .parquet files. Articles stay
    stored between runs, so a source may hold only what is new.
    """
    with needs_extra("build"):
        from recommender.pipeline.nightly import run_night
        from recommender.settings import load_settings
    from recommender.cli.logs import log_to_stderr

    log_to_stderr(verbose)
    try:
        night = run_night(
            sources,
            Artifacts(artifacts),
            load_settings(config, overrides=overrides),
            force=force,
            progress=progress_bars(progress),
        )
    except Exception as error:
        if as_json:
            echo_json({"error": str(error), "exit_code": _exit_code(error)})
        raise
    from recommender.cli.tables import night_report

    click.echo(night.to_json() if as_json else night_report(asdict(night)))


recommender.add_command(topics)
recommender.add_command(stories)
recommender.add_command(evaluate)


@recommender.command()
@artifacts_option
@json_option
def report(artifacts: Path, as_json: bool) -> None:
    """Print what the last nightly run did: counts, changes, gates and times."""
    from recommender.cli.tables import night_report
    from recommender.pipeline.run_log import last_night

    night = last_night(_existing(artifacts))
    if as_json:
        echo_json(night)
    else:
        click.echo(night_report(night))


@recommender.command()
@artifacts_option
@json_option
def snapshots(artifacts: Path, as_json: bool) -> None:
    """List the snapshots, oldest first; the current one is marked."""
    from recommender.snapshot.manifest import Manifest

    folder = _existing(artifacts)
    rows = []
    try:
        current = folder.current()
    except SnapshotError as error:
        if not folder.names():
            raise
        # The list is what mends a broken pointer: it says what can be rolled back to.
        click.echo(f"Error: {error}", err=True)
        current = ""
    for name in folder.names():
        row: dict[str, Any] = {"name": name, "current": name == current}
        try:
            manifest = Manifest.read(folder.snapshots / name)
        except SnapshotError as error:
            row["error"] = str(error)
        else:
            row |= {
                "created": manifest.created.isoformat(),
                "articles": manifest.articles,
                "bytes": manifest.size,
                "version": manifest.version,
            }
        rows.append(row)
    if as_json:
        echo_json(rows)
        return
    for row in rows:
        mark = "*" if row["current"] else " "
        facts = row.get("error") or f"{row['articles']:>9,} articles {row['bytes'] / 1e6:9,.1f} MB"
        click.echo(f"{mark} {row['name']}  {facts}")


@recommender.command()
@click.argument("name", required=False)
@artifacts_option
def rollback(name: str | None, artifacts: Path) -> None:
    """Make an earlier snapshot current: NAME, or the one before the current."""
    with needs_extra("build"):
        from recommender.snapshot.publish import rollback as roll_back
    from recommender.artifacts.lock import hold

    folder = Artifacts(artifacts)
    # Where nothing is published nothing is made, not even a lock. A name mends a broken pointer.
    folder.snapshot(name or folder.current())
    with hold(folder.lock):
        click.echo(f"current is now {roll_back(folder, name)}")


@recommender.command()
@click.argument("name", required=False)
@artifacts_option
def verify(name: str | None, artifacts: Path) -> None:
    """Read and check every byte of the current snapshot, or of NAME."""
    from recommender.snapshot.verify import verify as verify_snapshot

    folder = Artifacts(artifacts)
    snapshot = verify_snapshot(folder.snapshot(name or folder.current()))
    manifest = snapshot.manifest
    click.echo(
        f"{manifest.name} is whole: {len(manifest.files)} files, {manifest.size / 1e6:,.1f} MB, "
        f"{manifest.articles:,} articles"
    )


@recommender.command()
@click.argument("article_id")
@click.option("--missing-ok", is_flag=True, help="Bar an id that is not published, too.")
@artifacts_option
def remove(article_id: str, missing_ok: bool, artifacts: Path) -> None:
    """Take an article down: it vanishes at once from every answer of every process."""
    from recommender.artifacts.takedowns import remove as remove_article
    from recommender.serving.recommender import Recommender

    if missing_ok:  # needs no snapshot, so a takedown works also while the current one is broken
        remove_article(_existing(artifacts), article_id)
    else:
        rec = Recommender.open(artifacts)
        try:
            rec.remove(article_id)
        except UnknownArticle as error:
            _explain_unknown(rec, error)
            raise
    click.echo(
        f"{article_id} is removed from every answer; the next nightly run deletes its text "
        "and leaves it out of keywords and topics"
    )


@recommender.command()
@click.argument("article_id")
@artifacts_option
def restore(article_id: str, artifacts: Path) -> None:
    """Undo `remove`. After a nightly run its source must deliver the article again."""
    from recommender.artifacts.takedowns import read_removed
    from recommender.artifacts.takedowns import restore as restore_article

    folder = Artifacts(artifacts)
    if article_id not in read_removed(folder):
        raise UnknownArticle(article_id, "is not among the removed articles")
    restore_article(folder, article_id)
    click.echo(f"{article_id} may be served again")


def _existing(artifacts: Path) -> Artifacts:
    if not artifacts.is_dir():
        raise NoSnapshot(f"there is no folder {artifacts}; name the artifacts with --artifacts")
    return Artifacts(artifacts)


def _explain_unknown(rec: "Recommender", error: UnknownArticle) -> None:
    """Extend the error's sentence by the nearest ids, where a slip of spelling may be the cause."""
    if isinstance(error, RemovedArticle):
        return
    if nearest := rec.nearest_ids(error.article_id):
        error.reason += f"; the nearest ids are {', '.join(nearest)}"


def _unknown_labels(rec: "Recommender", options: Options) -> str:
    """A sentence for each label asked for that the snapshot does not know."""
    from recommender.cli.tables import printable

    sentences = []
    asked = {
        "section": options.get("section"),
        "language": options.get("language"),
        "source": options.get("source"),
    }
    for facet, labels in asked.items():
        known = rec.labels(facet)
        for label in labels_of(labels) or ():
            if label not in known:
                some = printable(", ".join(known[:12])) or "none"
                sentences.append(f" No article has the {facet} {label!r}; there are: {some}.")
    return "".join(sentences)
