"""Which record of an article is kept, and how the records of one run are counted."""

from typing import NamedTuple, Self

from recommender.dates import to_microseconds
from recommender.store.base import IngestCounts, record_hash
from recommender.types.article import Article

__all__ = ["Tally", "Version"]


class Version(NamedTuple):
    """What tells two records of one article apart.

    Attributes:
        record_hash: The hash of all fields; see `record_hash`.
        updated: When this version was written, in microseconds since 1970, or None.
    """

    record_hash: bytes
    updated: int | None

    @classmethod
    def of(cls, article: Article) -> Self:
        """The version of an article.

        Args:
            article: The article.

        Returns:
            Its hash and when it was updated.
        """
        updated = None if article.updated is None else to_microseconds(article.updated)
        return cls(record_hash(article), updated)


class Tally:
    """Decides which record of an id is kept, and counts what became of each record of one run.

    The later record wins, unless both say when they were updated and it is the older one.

    Attributes:
        new: Ids that were not stored before the run.
        changed: Ids of which any field is another one than before the run.
        unchanged: Ids that are as before the run.
        replaced: Records in whose place a newer record of the same id was kept.
    """

    def __init__(self) -> None:
        self.new = self.changed = self.unchanged = self.replaced = 0
        self._before: dict[str, bytes | None] = {}  # the hash before the run, of each id in it

    def keep(self, article_id: str, version: Version, held: Version | None) -> bool:
        """Decide whether a record is kept, and count it.

        Args:
            article_id: The id of the record.
            version: The version that came.
            held: The version that is stored, or came earlier in this run; None if there is none.

        Returns:
            Whether the record replaces what is held.
        """
        if _is_older(version, held):
            self.replaced += 1
            return False
        if article_id in self._before:
            self.replaced += 1
            self._count(article_id, held, -1)
        else:
            self._before[article_id] = None if held is None else held.record_hash
        self._count(article_id, version, 1)
        return True

    def _count(self, article_id: str, version: Version | None, step: int) -> None:
        before = self._before[article_id]
        if before is None:
            self.new += step
        elif version is not None and version.record_hash == before:
            self.unchanged += step
        else:
            self.changed += step

    def counts(self) -> IngestCounts:
        """The counts of the run so far.

        Returns:
            How many articles were new, changed and unchanged, and how many records were replaced.
        """
        return IngestCounts(self.new, self.changed, self.unchanged, self.replaced)


def _is_older(version: Version, held: Version | None) -> bool:
    if held is None or held.updated is None or version.updated is None:
        return False
    return version.updated < held.updated
