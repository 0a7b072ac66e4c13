"""The JSON shapes of the public values (`to_dict`) as JSON Schema (draft 2020-12).

Every field that is listed is always there. Fields may be added in later versions, so readers should
pass over those that they do not know.
"""

from typing import Any, TypeAlias

from recommender.types.groups import CHANGE_KINDS

__all__ = ["json_schemas"]

Schema: TypeAlias = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def json_schemas() -> dict[str, Schema]:
    """The JSON Schema of every shape.

    Returns:
        Name → schema: of each shape that stands in docs/reference/json.md, and of what comes in
        lists topics, stories, changes, trends and nights. Each schema is complete in itself.

    Example:
        >>> schemas = json_schemas()
        >>> schemas["health"]["required"]
        ['ok', 'snapshot', 'created', 'articles', 'removed', 'error']
        >>> schemas["stories"]["items"]
        {'$ref': '#/$defs/story'}
    """
    lists = {plural: _list(_SHAPES[name], name) for name, plural in _LISTS.items()}
    return {name: _complete(shape) for name, shape in (_SHAPES | lists).items()}


def _complete(shape: Schema) -> Schema:
    """The schema of a shape with those of the shapes that it refers to."""
    defs: dict[str, Schema] = {}
    open_names = _referred(shape)
    while open_names:
        name = open_names.pop()
        if name not in defs:
            defs[name] = _SHAPES[name]
            open_names += _referred(_SHAPES[name])
    return {"$schema": DRAFT, **shape, **({"$defs": defs} if defs else {})}


def _referred(shape: Any) -> list[str]:
    """Names of the shapes that a schema refers to."""
    if isinstance(shape, dict):
        own = [shape["$ref"].rpartition("/")[2]] if "$ref" in shape else []
        return own + [name for value in shape.values() for name in _referred(value)]
    return [name for item in shape for name in _referred(item)] if isinstance(shape, list) else []


def _object(description: str, **fields: Schema) -> Schema:
    return {
        "description": description,
        "type": "object",
        "properties": fields,
        "required": [*fields],
    }


def _field(kind: str, description: str, **limits: Any) -> Schema:
    """A field of a type, or of several with "|" between them."""
    types = kind.split("|")
    return {"description": description, "type": types if len(types) > 1 else kind, **limits}


def _strings(description: str) -> Schema:
    return _field("array", description, items={"type": "string"})


def _list(shape: Schema, name: str) -> Schema:
    description = f"A list: {shape['description'][0].lower()}{shape['description'][1:]}"
    return {"description": description, "type": "array", "items": _ref(name)}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _count(description: str) -> Schema:
    return _field("integer", description, minimum=0)


def _by_name(description: str, values: Schema) -> Schema:
    """An object whose keys are no fixed fields."""
    return _field("object", description, additionalProperties=values)


_MOMENT = {"format": "date-time"}
_PART = {"minimum": 0, "maximum": 1}
_NUMBER = _count("Their number.")
_SHARE = _field("number", "The share.", **_PART)
_CARD = {
    "id": _field("string", "The publisher's id."),
    "title": _field("string", "The headline, or the first words of the text."),
    "url": _field("string|null", "Where it can be read."),
    "source": _field("string|null", "Who published it."),
    "section": _field("string|null", "The section it stands in."),
    "language": _field("string|null", "Its language."),
    "author": _field("string|null", "Who wrote it."),
    "published": _field("string|null", "When it was published, in UTC.", **_MOMENT),
}
_ASKED = _field(
    "string|null",
    "The id that was asked for, where that group no longer exists and this one took over.",
)
_SHAPES: dict[str, Schema] = {
    "answer": _object(
        "The articles related to one article or text.",
        article={
            "description": "The article that was asked about; null for a text.",
            "anyOf": [_ref("article"), {"type": "null"}],
        },
        newer={
            "description": "Its newest version, which supersedes it; null if it is the newest.",
            "anyOf": [_ref("article"), {"type": "null"}],
        },
        related=_field("array", "The related articles, best first.", items=_ref("hit")),
        note=_field("string|null", "Why there are fewer than were asked for."),
    ),
    "hit": _object(
        "One related article.",
        id=_CARD["id"],
        score=_field("number", "How related it is; larger is better.", minimum=0, maximum=1),
        **{name: field for name, field in _CARD.items() if name != "id"},
        also_at=_field("array", "Other articles with nearly the same text.", items=_ref("article")),
        reasons=_ref("reasons"),
        fill=_field("boolean", "Whether it lies below the floor and only fills a short list."),
    ),
    "article": _object("What a page shows of one article.", **_CARD),
    "reasons": _object(
        "Why an article is in an answer.",
        names=_strings("Names that occur in both texts, the most distinctive first."),
        phrases=_strings("Other phrases that occur in both texts."),
        same_story=_field("boolean", "Whether both are about the same event."),
        duplicate=_field("boolean", "Whether both have nearly the same text."),
        hours_apart=_field(
            "number|null", "Hours to this article; negative where it is the older one."
        ),
        pinned=_field("boolean", "Whether a rule of the publisher put it there."),
        filler={
            "description": "What it is the newest article of, where it is not related.",
            "enum": ["section", "topic", None],
        },
        text=_field("string", "The reasons in words that a page can print."),
    ),
    "keyword": _object(
        "A term that describes a topic or a story.",
        term=_field("string", "A word or a phrase."),
        weight=_field("number", "How distinctive it is; larger is better."),
    ),
    "topic": _object(
        "A theme of the corpus.",
        id=_field("string", "Its id, which lasts over nights."),
        label=_field("string", "Its best keywords, as a name."),
        size=_count("How many articles it has."),
        level=_field("integer", "1 for the broad topics, 2 and 3 for finer ones.", minimum=1),
        parent=_field("string|null", "The topic one level above that it is part of."),
        keywords=_field("array", "Its keywords, best first.", items=_ref("keyword")),
        representatives=_strings("Ids of the articles that best show what it is about."),
        asked=_ASKED,
    ),
    "topic_page": _object(
        "What a page about one topic shows.",
        topic=_ref("topic"),
        parent={
            "description": "The topic one level above; null at level 1.",
            "anyOf": [_ref("topic"), {"type": "null"}],
        },
        children=_field("array", "The topics below, largest first.", items=_ref("topic")),
        representatives=_field(
            "array", "The articles that best show what it is about.", items=_ref("article")
        ),
        newest=_field("array", "Its newest articles.", items=_ref("article")),
    ),
    "story": _object(
        "The articles about one event.",
        id=_field("string", "Its id, which lasts over nights."),
        headline=_field("string", "The title of its lead."),
        size=_field("integer", "How many articles it has.", minimum=1),
        first=_field("string|null", "When the first of them was published, in UTC.", **_MOMENT),
        last=_field("string|null", "When the last of them was published, in UTC.", **_MOMENT),
        sources=_strings("Who published about it, the source with the most articles first."),
        keywords=_field("array", "Its keywords, best first.", items=_ref("keyword")),
        lead=_field("string", "Id of its most central article."),
        articles=_field("array", "All its articles, the oldest first.", items=_ref("article")),
        asked=_ASKED,
    ),
    "change": _object(
        "What the last night did to one story or topic.",
        kind={"description": "What happened to it.", "enum": [*CHANGE_KINDS]},
        id=_field("string", "The story's or topic's id."),
        label=_field("string", "The topic's label or the story's headline."),
        others=_strings("Groups that it went to, or that it holds a part of; largest part first."),
        size=_count("How many articles it has tonight; 0 where it no longer exists."),
        previous_size=_count("How many it had the night before; 0 where it is new."),
    ),
    "error": _object(
        "Why a command with `--json` failed; it stands where the answer would.",
        error=_field("string", "What was wrong, and what to do about it."),
        exit_code=_field("integer", "The exit code of the command.", minimum=1),
    ),
    "removal": _object(
        "What became of ids that were to be removed. An error about some of many ids has them, "
        "too.",
        removed=_strings("Ids that vanished from all answers."),
        already_removed=_strings("Ids that were on the list before."),
        unknown=_strings("Ids of no article that is served; nothing was done about them."),
    ),
    "restoration": _object(
        "What became of ids that were to be restored. An error about some of many ids has them, "
        "too.",
        served=_strings("Ids that are answered again at once."),
        awaited=_strings("Ids that come back when a source delivers them."),
        not_removed=_strings("Ids that are served and were not on the list."),
        unknown=_strings("Ids that were not on the list and are not served."),
    ),
    "matches": _object(
        "What `recommend` prints where its argument is no id, and titles have its words.",
        error=_field("string", "That there is no article of this id."),
        exit_code=_field("integer", "The exit code of the command.", minimum=1),
        matches=_field("array", "Articles whose titles match.", items=_ref("article")),
    ),
    "trend": _object(
        "A story or topic with far more articles than is usual for it.",
        id=_field("string", "The story's or topic's id."),
        label=_field("string", "The topic's label or the story's headline."),
        burst=_field("number", "How far above the usual, in standard deviations."),
        until=_field("string", "The last day that is counted, in UTC.", format="date"),
        daily=_field("array", "Articles on each day up to then.", items={"type": "integer"}),
    ),
    "health": _object(
        "What a serving process is doing.",
        ok=_field("boolean", "Whether the published snapshot is served."),
        snapshot=_field("string", "Name of the snapshot that is served."),
        created=_field("string", "When that snapshot was built, in UTC.", **_MOMENT),
        articles=_count("How many articles it has."),
        removed=_count("How many ids are on the list of removed articles."),
        error=_field("string|null", "Why `ok` is false."),
    ),
    "night": _object(
        "The record of one night, as `nightly` and `report` print it. Records of earlier versions "
        "lack fields that came later.",
        started=_field("string", "When the run began, in UTC.", **_MOMENT),
        snapshot=_field("string", "Name of the snapshot that serves after the run; empty if none."),
        unchanged=_field("boolean", "Whether nothing has changed, so that none was made."),
        intake=_ref("intake"),
        withdrawn=_count("Articles deleted because complete sources no longer hold them."),
        not_delivered=_count("Other stored articles that no record of the night named."),
        boilerplate=_ref("cuts"),
        languages=_ref("languages"),
        articles=_count("Articles in the snapshot."),
        contents=_count("Different texts among them."),
        texts=_count("Texts after near-duplicates have been grouped."),
        same_address=_count("Articles that can be read at the address of another one."),
        superseded=_count("Articles that a newer version replaces."),
        embedded=_count("Texts embedded in the run."),
        reused=_count("Texts whose vector was already stored."),
        truncated=_count("Articles longer than the encoder reads."),
        words_read_share=_field("number", "Share of all words that the encoder read.", **_PART),
        topics=_count("Broad topics."),
        finer_topics=_count("Topics within those."),
        without_topic=_count("Articles without a topic."),
        stories=_count("Stories, those of a single article included."),
        search_recall=_field(
            "number", "Share of the nearest articles that a search finds.", **_PART
        ),
        changes=_by_name(
            "What became of topics and stories, by kind.", _by_name("Their number.", _NUMBER)
        ),
        lists=_by_name("Share of related lists of five, by how full they are.", _SHARE),
        gates=_by_name("The shares that the gates judge.", _SHARE),
        changed_settings=_field("array", "Settings that changed.", items=_ref("setting_change")),
        notices=_field("array", "What a person may want to act on.", items=_ref("notice")),
        forced=_strings("What refused the night and `--force` overrode."),
        refused=_strings("Gates that refused the night."),
        seconds=_by_name("Seconds by stage.", _field("number", "Seconds.", minimum=0)),
    ),
    "intake": _object(
        "What became of the records of one night.",
        read=_count("All records; the sum of the next five and of `replaced`."),
        new=_count("Articles with an id that was not stored."),
        changed=_count("Stored articles of which any field changed."),
        unchanged=_count("Stored articles that were delivered again without a change."),
        removed=_count("Records of taken-down articles, left out."),
        rejected=_count("Bad records, left out."),
        rejects_file=_field("string|null", "The file that lists them; null if there are none."),
        cleaned=_count("Records out of which markup or invisible characters were taken."),
        noted=_by_name("Values that were left out of articles or changed, by field.", _NUMBER),
        notes_file=_field("string|null", "The file that lists them; null if there are none."),
        replaced=_count("Records in whose place a newer record of the same id was kept."),
    ),
    "cuts": _object(
        "What is cut from texts as boilerplate.",
        articles=_count("Articles from whose texts anything is cut."),
        words=_count("The words that are cut."),
        by_publisher=_by_name(
            "`articles` and `words` of each publisher, most words first; not all.",
            _by_name("Articles and words.", _NUMBER),
        ),
    ),
    "languages": _object(
        "The languages of the articles.",
        articles=_by_name("Articles of each language, by its code of ISO 639.", _NUMBER),
        detected=_by_name("Of these, those whose text decided.", _NUMBER),
        undetected=_count("Articles whose label and text do not tell."),
        unknown=_by_name("Articles of each label that names no language.", _NUMBER),
    ),
    "setting_change": _object(
        "A setting that is another one than in the snapshot published before.",
        name=_field("string", "Its section and its key."),
        before=_field("string", "Its value before, in words."),
        after=_field("string", "Its value now, in words."),
        effect=_field("string", "What the change does again."),
    ),
    "notice": _object(
        "Something that a night counted, and what to do about it.",
        name=_field("string", "A fixed name for programs."),
        count=_count("How many."),
        text=_field("string", "What was counted, in words."),
        advice=_field("string", "What to do about it; empty for nothing."),
    ),
}
_LISTS = {
    "topic": "topics",
    "story": "stories",
    "change": "changes",
    "trend": "trends",
    "night": "nights",
}
