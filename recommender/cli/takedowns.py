"""The commands that take an article down and that undo it."""

from pathlib import Path

import click

from recommender.artifacts.folder import Artifacts
from recommender.cli.options import artifacts_option, existing_folder, json_option
from recommender.cli.output import echo, echo_json
from recommender.cli.suggestions import suggest_ids
from recommender.errors import UnknownArticle

__all__ = ["remove", "restore"]


@click.command()
@click.argument("article_id")
@click.option("--missing-ok", is_flag=True, help="Also bar an id that is not published.")
@artifacts_option
@json_option
def remove(article_id: str, missing_ok: bool, artifacts: Path, as_json: bool) -> None:
    """Take an article down: it vanishes at once from every answer of every process."""
    from recommender.artifacts.takedowns import take_down
    from recommender.serving.recommender import Recommender

    if missing_ok:  # needs no snapshot, so that it works while the current one is broken
        take_down(existing_folder(artifacts), article_id)
    else:
        rec = Recommender.open(artifacts)
        with suggest_ids(rec):
            rec.remove(article_id)
    if as_json:
        echo_json({"removed": [article_id]})
        return
    echo(
        f"{article_id} is removed from every answer; the next nightly run deletes its text "
        "and leaves it out of keywords and topics"
    )


@click.command()
@click.argument("article_id")
@artifacts_option
@json_option
def restore(article_id: str, artifacts: Path, as_json: bool) -> None:
    """Undo `remove`. After a nightly run its source must deliver the article again."""
    from recommender.artifacts.takedowns import read_takedowns
    from recommender.artifacts.takedowns import restore as restore_article

    folder = Artifacts(artifacts)
    if article_id not in read_takedowns(folder):
        raise UnknownArticle(article_id, "is not among the removed articles")
    restore_article(folder, article_id)
    if as_json:
        echo_json({"restored": [article_id]})
        return
    echo(f"{article_id} may be served again")
