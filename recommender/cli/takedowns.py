"""The commands that take articles down and that undo it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from recommender.artifacts.folder import Artifacts
from recommender.cli.id_list import from_option, read_ids
from recommender.cli.options import artifacts_option, existing_folder, json_option
from recommender.cli.output import echo, echo_json, printable
from recommender.cli.suggestions import suggest_ids
from recommender.errors import SnapshotError, UnknownArticle

__all__ = ["remove", "restore"]

NAMED = 20  # ids that an error names; all are in its JSON


class SomeUnknown(UnknownArticle):
    """Some ids are of no article that is served; what was asked for was done for all others.

    Attributes:
        details: What became of each id, for the JSON of the error.
    """

    def __init__(self, unknown: Sequence[str], reason: str, details: dict[str, Any]) -> None:
        super().__init__(unknown[0], reason)
        self.unknown, self.details = unknown, details

    def __str__(self) -> str:
        if len(self.unknown) == 1:
            return super().__str__()
        named = ", ".join(map(repr, self.unknown[:NAMED]))
        more = f" and {len(self.unknown) - NAMED:,} more" if len(self.unknown) > NAMED else ""
        reason = self.reason.removeprefix("is ")
        return f"{len(self.unknown):,} articles are {reason}: {named}{more}"


@click.command()
@click.argument("article_ids", metavar="[ARTICLE_ID]...", nargs=-1)
@from_option
@click.option("--missing-ok", is_flag=True, help="Also bar ids that are not published.")
@artifacts_option
@json_option
def remove(
    article_ids: tuple[str, ...],
    file: Path | None,
    missing_ok: bool,
    artifacts: Path,
    as_json: bool,
) -> None:
    """Take articles down: they vanish at once from every answer of every process.

    Ids that are not published are named at the end; the others are removed all the same.
    """
    from recommender.serving.recommender import Recommender
    from recommender.serving.takedowns import remove_articles

    ids = read_ids(article_ids, file)
    folder = existing_folder(artifacts)
    # Barring needs no snapshot, so that it works while the current one is broken.
    try:
        rec = None if missing_ok else Recommender.open(artifacts)
    except SnapshotError as error:
        raise type(error)(f"{error}; to bar the ids all the same add --missing-ok") from error
    found = remove_articles(folder, ids, None if rec is None else {*rec.ids()})
    if not as_json:
        for article_id in found.removed:
            echo(f"{printable(article_id)} is removed from every answer")
        for article_id in found.already_removed:
            echo(f"{printable(article_id)} was removed before")
        if found.removed:
            whose = (
                "its text and leaves it"
                if len(found.removed) == 1
                else "their texts and leaves them"
            )
            echo(f"the next nightly run deletes {whose} out of keywords and topics")
    _end(found.unknown, "is not in the published snapshot", found._asdict(), rec, as_json=as_json)


@click.command()
@click.argument("article_ids", metavar="[ARTICLE_ID]...", nargs=-1)
@from_option
@artifacts_option
@json_option
def restore(
    article_ids: tuple[str, ...], file: Path | None, artifacts: Path, as_json: bool
) -> None:
    """Undo `remove`. After a nightly run its source must deliver an article again."""
    from recommender.serving.takedowns import restore_articles

    ids = read_ids(article_ids, file)
    folder = existing_folder(artifacts)
    published = _published(folder)
    found = restore_articles(folder, ids, published or frozenset())
    if not as_json:
        for article_id in found.served:
            echo(f"{printable(article_id)} is served again")
        for article_id in found.not_removed:
            echo(f"{printable(article_id)} is served; it was not removed")
        for article_id in found.awaited:
            echo(
                f"{printable(article_id)} may be served again; a nightly run has deleted its text, "
                "so it comes back on the first night on which a source delivers it"
            )
        if found.served:
            echo(
                "if a nightly run has begun since a removal, an article stays only if tonight's "
                "sources deliver it"
            )
    if published is None:
        reason = "is not among the removed articles, and no published snapshot can be read"
    else:
        reason = "is neither among the removed articles nor in the published snapshot"
    _end(found.unknown, reason, found._asdict(), None, as_json=as_json)


def _published(folder: Artifacts) -> frozenset[str] | None:
    """The ids of the current snapshot; None where there is none that can be read."""
    from recommender.snapshot.reader import Snapshot

    try:
        return frozenset(Snapshot(folder.snapshots / folder.current()).ids[:])
    except SnapshotError:
        return None


def _end(
    unknown: Sequence[str], reason: str, outcome: dict[str, Any], rec: Any, *, as_json: bool
) -> None:
    """Print the outcome as JSON, or raise the error that names the unknown ids."""
    if not unknown:
        if as_json:
            echo_json(outcome)
        return
    alone = sum(map(len, outcome.values())) == 1
    error = SomeUnknown(unknown, reason, {} if alone else outcome)
    if rec is not None and len(unknown) == 1:
        with suggest_ids(rec):
            raise error
    raise error
