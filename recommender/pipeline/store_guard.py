"""The guard against a lost store: is it the one that the published snapshot was made from?"""

from collections.abc import Container, Mapping

from recommender.counts import counted
from recommender.pipeline.delivery import Delivery
from recommender.pipeline.published import Published

__all__ = ["lost_store"]

# With less than this share of the published articles, more would vanish from pages than stay.
LEAST_SHARE = 0.5


def lost_store(
    published: Published,
    stored: Mapping[str, str | None],
    delivery: Delivery,
    removed: Container[str],
) -> str:
    """Say whether the store is missing, empty or another one than that of the published snapshot.

    An article leaves the store only by a takedown or a withdrawal, so the store of last night holds
    nearly all that is published. One that was lost is empty, and one of another folder holds other
    articles. What the sources deliver again tonight is not lost.

    Args:
        published: The snapshot that readers see.
        stored: The articles of the store before tonight's records.
        delivery: What was delivered tonight.
        removed: The ids of articles that were taken down.

    Returns:
        What is wrong and how to mend it; "" where the store is the right one.
    """
    if published.ids is None:
        lost = "" if stored else f"the store is empty, although {published.name} is published"
    else:
        wanted = [i for i in published.ids if i not in removed]
        there = sum(i in stored or i in delivery.articles for i in wanted)
        state = "is another one than last night's" if stored else "is missing or empty"
        lost = "" if there >= LEAST_SHARE * len(wanted) else (
            f"the store {state}: with tonight's records it would hold {there:,} of the "
            f"{counted(len(wanted), 'article')} that {published.name} shows"
        )  # fmt: skip
    return lost and (
        f"{lost}. Put the store back from a backup, or name the right one with store.url, or "
        "deliver all articles again in one run"
    )
