"""All settings of the nightly job as one frozen object, section by section."""

import hashlib
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

__all__ = [
    "Boilerplate",
    "Duplicates",
    "Embedding",
    "Gates",
    "Input",
    "Neighbours",
    "Publish",
    "RelatedLists",
    "Rules",
    "Run",
    "Settings",
    "Store",
    "Topics",
]

Count = Annotated[int, msgspec.Meta(ge=1)]
CountOrZero = Annotated[int, msgspec.Meta(ge=0)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Positive = Annotated[float, msgspec.Meta(gt=0, le=1e6)]
Text = Annotated[str, msgspec.Meta(min_length=1)]


class Input(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How records are read.

    Attributes:
        fields: The sources' names of our fields where they differ, e.g. {"text": "body"}.
        headlines: Whether a title without a text is an article. By default it is a reject, so that
            an export that has lost its texts is noticed.
        max_rejects: The largest share of records that may be rejected; with more, nothing is
            stored or published. 0 stops at the first reject, 1 never.
        encoding: How text files are written, as Python names it, such as "cp1252"; "auto" finds it
            by the bytes of each file: UTF-8, UTF-16, or Windows-1252.
        max_characters: The longest title or text that is no reject.
        markup: Whether HTML tags and entities are taken out of titles, texts and labels ("strip"),
            or stay as they came ("keep").
        strict: Whether a value that cannot be read, such as a date, makes its record a reject. By
            default the value is left out of the article, and listed.
        complete: The sources, by the field `source` of their articles, that deliver all that they
            hold each night: what they no longer deliver is deleted. True where tonight's sources
            together hold everything.
    """

    fields: dict[str, str] = {}
    headlines: bool = False
    max_rejects: Share = 0.05
    max_characters: Count = 1_000_000
    encoding: str = "auto"
    markup: Literal["strip", "keep"] = "strip"
    strict: bool = False
    complete: bool | tuple[str, ...] = ()


class Boilerplate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is cut from texts because their publisher repeats it in unrelated articles.

    Attributes:
        cut: Whether anything is cut before texts are embedded and counted. What is stored is always
            the whole text.
        keep: Phrases that are never cut; a passage that contains one stays.
    """

    cut: bool = True
    keep: tuple[str, ...] = ()


class Embedding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which encoder embeds texts. Another model or `max_tokens` embeds all texts again.

    Attributes:
        model: The default model's name, a folder, or a name on the model hub.
        revision: The commit of a model on the hub, 40 hexadecimal digits.
        max_tokens: How many tokens of a text are read; None for the model's own limit. Fewer take
            less time and see less of long texts.
        precision: "auto" is "bfloat16" where the processor has the instructions for it, with which
            it is more than twice as fast, and "float32" elsewhere. Their vectors agree to a cosine
            of about 0.99998, so a change embeds nothing again.
    """

    model: str = "all-MiniLM-L6-v2"
    revision: str | None = None
    max_tokens: Count | None = None
    precision: Literal["auto", "float32", "bfloat16"] = "auto"


class Duplicates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which texts count as one.

    Attributes:
        near: Whether nearly equal texts are grouped. Equal texts always are.
        source_order: Whose copy leads a group, the most preferred source first. Sources that are
            not named come last; among equals the earliest article leads,
            in its newest version.
    """

    near: bool = True
    source_order: tuple[str, ...] = ()


class Neighbours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The size of the neighbour graph.

    Attributes:
        candidates: How many of each text's nearest texts by cosine are scored. More find a few
            better neighbours and take more time and memory.
        k: How many of the best-scored candidates are kept; at most `candidates`. It is the length
            of the lists that are answered without a search, and most of a snapshot's size.
    """

    candidates: Count = 50
    k: Count = 30


class RelatedLists(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The defaults of an answer, which each question may override.

    Attributes:
        closeness: How much weaker than another one an article may be and still come before it
            because it is nearer in time; 0 ignores time.
        diversity: How much a related article must differ from those above it; 0 ranks by score
            alone. It is 1 - λ of maximal marginal relevance.
        fill: A list that is shorter than this is filled up from below the floor, with articles of
            the same story or topic that share a name or a phrase; 0 for none.
        floor: The least score of a related article, in [0, 1]; 0 answers everything.
    """

    closeness: Share = 0.05
    diversity: Share = 0.05
    fill: CountOrZero = 5
    floor: Share = 0.35


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The publisher's rules, by ids of articles.

    Attributes:
        pinned: Pairs of ids; the second comes first among those related to the first.
        apart: Pairs of ids; neither is ever related to the other.
        excluded_sections: Sections whose articles are never answered.
        embargo: The moment, with a time zone, before which an article is not answered.
        labels: The label of a topic by its id, in place of the one made of its keywords.
    """

    pinned: tuple[tuple[str, str], ...] = ()
    apart: tuple[tuple[str, str], ...] = ()
    excluded_sections: tuple[str, ...] = ()
    embargo: dict[str, datetime] = {}
    labels: dict[str, Text] = {}


class Topics(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How topics are found. A change of any of these finds them without those of the night before.

    Attributes:
        resolution: Leiden's resolution; a larger one gives more and smaller topics.
        count: How many broad topics there should be; 0 for as many as the resolution gives.
        seed: The seed of what is random in finding groups.
        keywords: How many keywords a topic or story has at most.
        unassigned: The share of articles that may go without a topic: those that belong least to
            theirs. 0 gives each article a topic.
    """

    resolution: Positive = 0.4
    count: CountOrZero = 0
    seed: CountOrZero = 0
    keywords: Count = 10
    unassigned: Share = 0.0


class Gates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The largest share that each gate lets pass; a night above one is not published. 1 passes all.

    A share is above its limit where that is no chance of small numbers; see `pipeline.gates`.

    Attributes:
        articles_lost: Articles that there are fewer than the night before, takedowns left out.
        empty_related: Texts without a related article.
        largest_topic: Articles in the largest topic.
        topics_changed: Articles of both nights that are in another topic than before.
        ids_lost: Topics of the night before whose ids are gone.
        own_source: Related articles of one source's articles that are of the same source, above
            their share of the night before.
        least_articles: How many articles a night, or the one before, must have to be judged at
            all; 0 judges every night. Of fewer than ten articles, one is a tenth or more.
    """

    articles_lost: Share = 0.2
    empty_related: Share = 0.8
    largest_topic: Share = 0.8
    topics_changed: Share = 0.5
    ids_lost: Share = 0.5
    own_source: Share = 0.15
    least_articles: CountOrZero = 10


class Publish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many published snapshots are kept.

    Attributes:
        keep: How many snapshots are kept, the current one included. Older ones can be rolled back
            to; each takes the disk space of a snapshot.
    """

    keep: Count = 3


class Run(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the job uses the machine.

    Attributes:
        threads: How many threads work at a time; 0 for one for each core that the job may use.
            The result is the same with any number.
    """

    threads: CountOrZero = 0


class Store(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the job keeps articles, vectors and tokens from night to night.

    Attributes:
        url: The URL of the store, see `store.open.open_store`; without one it is the file
            `store.sqlite` of the artifacts folder.
    """

    url: str | None = None


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All settings of the nightly job, section by section; each stage gets its own.

    Example:
        >>> from recommender.settings.load import load_settings
        >>> settings = load_settings(environment={}, overrides=["topics.count=12"])
        >>> settings.topics.count
        12
    """

    input: Input = Input()
    boilerplate: Boilerplate = Boilerplate()
    embedding: Embedding = Embedding()
    duplicates: Duplicates = Duplicates()
    neighbours: Neighbours = Neighbours()
    related: RelatedLists = RelatedLists()
    rules: Rules = Rules()
    topics: Topics = Topics()
    gates: Gates = Gates()
    publish: Publish = Publish()
    run: Run = Run()
    store: Store = Store()

    def to_dict(self) -> dict[str, Any]:
        """All settings as plain values.

        Returns:
            Section → key → value.
        """
        return msgspec.to_builtins(self)  # type: ignore[no-any-return]

    def without_store(self) -> dict[str, Any]:
        """All settings but those of the store, for the manifest.

        Whoever may read a snapshot may read its manifest, and the URL may hold a password.

        Returns:
            Section → key → value.
        """
        return {name: values for name, values in self.to_dict().items() if name != "store"}

    def fingerprint(self) -> str:
        """A digest of the settings that shape the content of a snapshot.

        It leaves out the settings of vectors, because vectors are compared themselves, and those
        that only decide whether and how a night is run or published.

        Returns:
            A SHA-256, 64 hexadecimal digits.
        """
        shaping = (self.duplicates, self.neighbours, self.related, self.rules, self.topics)
        return hashlib.sha256(msgspec.json.encode(shaping)).hexdigest()
