"""The commands about published snapshots: list them, roll back to one, verify one."""

from pathlib import Path
from typing import Any

import click

from recommender.artifacts.folder import Artifacts
from recommender.cli.options import artifacts_option, existing_folder, json_option
from recommender.cli.output import console, echo, echo_json
from recommender.counts import counted
from recommender.errors import SnapshotError, needs_extra

__all__ = ["rollback", "snapshots", "verify"]

ONE_LINE = 62  # columns that a snapshot takes in the list


@click.command()
@artifacts_option
@json_option
def snapshots(artifacts: Path, as_json: bool) -> None:
    """List the snapshots, oldest first; the current one is marked."""
    folder = existing_folder(artifacts)
    try:
        current = folder.current()
    except SnapshotError as error:
        if not folder.names():
            raise
        # A broken pointer is mended by a rollback to one of these, so they are listed anyway.
        echo(f"Error: {error}", err=True)
        current = ""
    rows = [_described(folder, name, current) for name in folder.names()]
    if as_json:
        echo_json(rows)
        return
    gap = "  " if console().width >= ONE_LINE else "\n    "
    for row in rows:
        mark = "*" if row["current"] else " "
        facts = row.get("error")
        if facts is None:
            facts = f"{counted(row['articles'], 'article'):>18} {row['bytes'] / 1e6:9,.1f} MB"
        echo(f"{mark} {row['name']}{gap}{facts.strip() if gap.strip(' ') else facts}")


def _described(folder: Artifacts, name: str, current: str) -> dict[str, Any]:
    """What the list says of one snapshot; its error where its manifest is unreadable."""
    from recommender.snapshot.manifest import Manifest

    row = {"name": name, "current": name == current}
    try:
        manifest = Manifest.read(folder.snapshots / name)
    except SnapshotError as error:
        return row | {"error": str(error)}
    return row | {
        "created": manifest.created.isoformat(),
        "articles": manifest.articles,
        "bytes": manifest.size,
        "version": manifest.version,
    }


@click.command()
@click.argument("name", required=False)
@artifacts_option
@json_option
def rollback(name: str | None, artifacts: Path, as_json: bool) -> None:
    """Make an earlier snapshot current: NAME, or the one before the current."""
    with needs_extra("build"):
        from recommender.snapshot.publish import rollback as roll_back
    from recommender.artifacts.lock import hold

    folder = Artifacts(artifacts)
    # Where nothing is published, this fails before the lock's file is made. With a name it works
    # even where the pointer is broken.
    folder.snapshot(name or folder.current())
    with hold(folder.lock):
        current = roll_back(folder, name)
    if as_json:
        echo_json({"current": current})
    else:
        echo(f"current is now {current}")


@click.command()
@click.argument("name", required=False)
@artifacts_option
@json_option
def verify(name: str | None, artifacts: Path, as_json: bool) -> None:
    """Read and check every byte of the current snapshot, or of NAME."""
    from recommender.snapshot.verify import verify as verify_snapshot

    folder = Artifacts(artifacts)
    snapshot = verify_snapshot(folder.snapshot(name or folder.current()))
    manifest = snapshot.manifest
    if as_json:
        echo_json(
            {
                "name": manifest.name,
                "files": len(manifest.files),
                "bytes": manifest.size,
                "articles": manifest.articles,
            }
        )
        return
    echo(
        f"{manifest.name} is whole: {counted(len(manifest.files), 'file')}, "
        f"{manifest.size / 1e6:,.1f} MB, {counted(manifest.articles, 'article')}"
    )
