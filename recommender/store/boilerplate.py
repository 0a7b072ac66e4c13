"""The part of a store's protocol that remembers what is boilerplate, and what was cut of it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from recommender.language.prepare import Span
from recommender.types.passage import Passage

__all__ = ["BoilerplateStore", "Cut", "Original"]


class Original(NamedTuple):
    """An article's title and text as they were delivered, with nothing cut."""

    title: str
    text: str


class Cut(NamedTuple):
    """What is cut from one article's text.

    Attributes:
        article_id: The article.
        spans: The spans of its text, in reading order; none for nothing.
        words: How many words they hold.
        content_hash: The hash of the prepared text without these spans.
        whole_hash: The hash of the prepared text with them.
    """

    article_id: str
    spans: Sequence[Span]
    words: int
    content_hash: bytes
    whole_hash: bytes


class BoilerplateStore(Protocol):
    """What a store remembers for `pipeline.cut_boilerplate`."""

    def without_edges(self, version: str) -> list[str]:
        """Find the articles whose sentence edges must be computed: the new and the changed ones.

        Args:
            version: The version of the edges.

        Returns:
            Their ids, in order.
        """
        ...

    def add_edges(self, version: str, edges: Iterable[tuple[str, bytes]]) -> None:
        """Store the sentence edges of articles, in place of those of another version.

        Args:
            version: The version of the edges.
            edges: The id of each article and its edges; see `language.sentences`.
        """
        ...

    def edges(self) -> dict[str, bytes]:
        """Read the sentence edges of all articles.

        Returns:
            The edges by the article's id.
        """
        ...

    def originals(self, ids: Sequence[str]) -> Iterator[Original]:
        """Read titles and texts with nothing cut.

        Args:
            ids: The ids of stored articles.

        Returns:
            The titles and texts, in the order of the ids.
        """
        ...

    def passages(self) -> list[Passage]:
        """Read what was learned to be boilerplate.

        Returns:
            The passages, ordered by publisher and words.
        """
        ...

    def set_passages(self, publisher: str, passages: Iterable[Passage]) -> None:
        """Replace what was learned of one publisher.

        Args:
            publisher: The publisher.
            passages: Its passages; none forgets all.
        """
        ...

    def set_cuts(self, cuts: Iterable[Cut]) -> None:
        """Replace what is cut from articles, and with it their content hashes.

        Args:
            cuts: What is cut from each of them.
        """
        ...
