"""The command `recommend`: the articles related to one article."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from recommender import __version__
from recommender.cli.exit_codes import EXIT_HELP
from recommender.cli.options import Moment, artifacts_option, json_option
from recommender.cli.output import console, echo, echo_json
from recommender.cli.suggestions import TitlesMatch, suggest_ids, unknown_labels
from recommender.errors import RemovedArticle, UnknownArticle
from recommender.serving.query import DUPLICATES, FALLBACKS, MODES, Options

if TYPE_CHECKING:
    from recommender.serving.recommender import Recommender
    from recommender.types.article import Card

__all__ = ["recommend"]

_SHARE = click.FloatRange(0, 1)
_ABOVE_0 = click.FloatRange(0, min_open=True)


@click.command(epilog=EXIT_HELP)
@click.argument("article_id")
@click.option("-n", "--count", type=click.IntRange(min=1), default=10, show_default=True)
@click.option(
    "--mode",
    type=click.Choice(MODES),
    default="related",
    show_default=True,
    help="related: the story and its neighbours; story: the same event alone, newest first; "
    "background: its topic without that event.",
)
@click.option("--section", multiple=True, help="Only this section; repeat for several.")
@click.option("--language", multiple=True, help="Only this language; repeat for several.")
@click.option("--source", multiple=True, help="Only this source; repeat for several.")
@click.option(
    "--since", type=Moment(), help="Only articles since then: ISO 8601, or 12h, 7d, 4w ago."
)
@click.option("--until", type=Moment(), help="Only articles before then; as --since.")
@click.option(
    "--exclude", multiple=True, metavar="ID", help="Leave this article out; repeat for several."
)
@click.option("--floor", type=_SHARE, help="Only scores of this or more.  [default: the settings']")
@click.option(
    "--fill",
    type=click.IntRange(min=0),
    metavar="N",
    help="Fill a shorter list up to N from below the floor; 0: never.  [default: the settings']",
)
@click.option(
    "--diversity",
    type=_SHARE,
    help="0: relevance alone; 1: difference alone.  [default: the settings']",
)
@click.option(
    "--closeness",
    type=_SHARE,
    help="How much nearness in time counts.  [default: the settings']",
)
@click.option(
    "--half-life",
    type=_ABOVE_0,
    metavar="DAYS",
    help="Days of age that halve a score.",
)
@click.option(
    "--per-source", type=click.IntRange(min=1), help="At most so many articles of one source."
)
@click.option(
    "--per-author", type=click.IntRange(min=1), help="At most so many articles of one author."
)
@click.option(
    "--per-story", type=click.IntRange(min=1), help="At most so many articles of one story."
)
@click.option(
    "--duplicates",
    type=click.Choice(DUPLICATES),
    default="collapse",
    show_default=True,
    help="Show one of the articles with nearly the same text, or each.",
)
@click.option(
    "--fallback",
    type=click.Choice(FALLBACKS),
    help="Fill a short list with the newest articles of the section or topic.",
)
@artifacts_option
@json_option
@click.version_option(__version__)
def recommend(
    article_id: str, count: int, artifacts: Path, as_json: bool, **options: Unpack[Options]
) -> None:
    """Print the articles related to ARTICLE_ID, best first, and why.

    Where that is no id, the articles are listed whose titles have its words, with their ids.
    """
    from recommender.serving.recommender import Recommender

    rec = Recommender.open(artifacts)
    _offer_titles(rec, article_id, count, as_json=as_json)
    try:
        with suggest_ids(rec):
            article = rec.article(article_id)
            hits = rec.related(article_id, count, **options)
    except ValueError as error:  # what the ranges of the options let through, such as nan
        raise click.UsageError(str(error)) from error
    if as_json:
        echo_json(hits.to_dict())
        return
    from recommender.cli.articles_table import article_heading
    from recommender.cli.related_table import related_table

    now, screen = datetime.now(UTC), console()
    screen.print(article_heading(article, now))
    if hits.newer is not None:
        newer = f"A newer version of it: {hits.newer.id}, {hits.newer.title}"
        screen.print(newer, markup=False, highlight=False)
    if hits:
        screen.print(related_table(hits, now))
    if hits.note is not None:
        echo(f"Fewer than asked for: {hits.note}." + unknown_labels(rec, options), err=True)


def _offer_titles(rec: "Recommender", query: str, count: int, *, as_json: bool) -> None:
    """Where `query` is no id, list the articles whose titles have its words, and end the command.

    Raises:
        TitlesMatch: There are such articles.
    """
    try:
        rec.article(query)
    except RemovedArticle:
        matches: tuple[Card, ...] = ()
    except UnknownArticle:
        matches = rec.search_titles(query, count)
    else:
        matches = ()
    if not matches:
        return
    if not as_json:
        from recommender.cli.articles_table import articles_table

        console().print(articles_table(matches, datetime.now(UTC)))
    raise TitlesMatch(query, matches)
