"""The report of a nightly run, in lines that a person reads."""

from collections.abc import Mapping
from typing import Any

from recommender.cli.language_lines import language_lines
from recommender.counts import counted
from recommender.types.groups import CHANGE_KINDS

__all__ = ["night_report"]

_NAMED_PUBLISHERS = 3
_INTAKE = ("new", "changed", "unchanged", "removed", "rejected")


# What the records of earlier versions do not have.
_IN_OLD_RECORDS: Mapping[str, Any] = {"notices": (), "lists": None, "boilerplate": None}


def night_report(night: Mapping[str, Any]) -> str:
    """What one nightly run did.

    Args:
        night: Its record, as `recommender nightly --json` prints it.

    Returns:
        The report, several lines.
    """
    night = {**_IN_OLD_RECORDS, **night}
    lines = [
        *_outcome(night),
        *_articles(night),
        *_boilerplate(night),
        *language_lines(night),
        *_groups(night),
    ]
    lines += [": ".join(filter(None, (n["text"], n["advice"]))) for n in night.get("notices", ())]
    if night["search_recall"] == 1:
        lines.append("the search is exact")
    else:
        lines.append(f"the search finds {night['search_recall']:.1%} of the nearest articles")
    seconds = ", ".join(f"{name} {took:.1f}" for name, took in night["seconds"].items())
    lines.append(f"{sum(night['seconds'].values()):.1f} s: {seconds}")
    return "\n".join(lines)


def _outcome(night: Mapping[str, Any]) -> list[str]:
    """Whether a snapshot was published, and why not."""
    if night["refused"]:
        name = night["snapshot"]
        served = f"{name} is still served" if name else "nothing is served"
        return [f"not published; {served}", *(f"gate: {g}" for g in night["refused"])]
    if night["unchanged"]:
        return [f"nothing has changed; {night['snapshot']} is still served"]
    return [f"published {night['snapshot']}", *(f"forced: {g}" for g in night["forced"])]


def _articles(night: Mapping[str, Any]) -> list[str]:
    """What was read, rejected and embedded."""
    intake = night["intake"]
    counts = ", ".join(f"{intake[kind]:,} {kind}" for kind in _INTAKE)
    if intake.get("replaced"):
        counts += f", {intake['replaced']:,} replaced by a newer record"
    lines = [f"read {counted(intake['read'], 'record')}: {counts}"]
    if intake["rejects_file"]:
        lines.append(f"rejects are listed in {intake['rejects_file']}")
    lines += [
        f"{counted(night['articles'], 'article')} with "
        f"{counted(night['contents'], 'different text')}: "
        f"{night['embedded']:,} embedded, {night['reused']:,} reused; "
        f"{night['texts']:,} remain when near-duplicates are grouped",
        *_same_articles(night),
        f"{counted(night['truncated'], 'article is', 'articles are')} longer than the encoder "
        "reads; "
        f"{1 - night['words_read_share']:.1%} of all words were not read",
    ]
    return lines


def _same_articles(night: Mapping[str, Any]) -> list[str]:
    """Which articles are other ones under another id, where there are any."""
    lines = []
    if shared := night.get("same_address"):  # a record of an earlier version has none
        have = counted(shared, "article has", "articles have")
        lines.append(f"{have} the address of another one, and one text with it")
    if superseded := night.get("superseded"):
        lines.append(
            f"{counted(superseded, 'article is', 'articles are')} superseded by a newer version"
        )
    return lines


def _boilerplate(night: Mapping[str, Any]) -> list[str]:
    """How much is cut as boilerplate, and of whose articles most."""
    cut = night.get("boilerplate")  # a record of an earlier version has none
    if not cut or not cut["articles"]:
        return []
    most = [
        f"{publisher or 'no source'} {counts['words']:,}"
        for publisher, counts in [*cut["by_publisher"].items()][:_NAMED_PUBLISHERS]
    ]
    return [
        f"{counted(cut['words'], 'word')} of boilerplate are cut from "
        f"{counted(cut['articles'], 'article')}: "
        f"{', '.join(most)}; recommender boilerplate shows them"
    ]


def _groups(night: Mapping[str, Any]) -> list[str]:
    """Stories and topics, what became of those of the previous night, and the gates."""
    lines = [
        f"{counted(night['stories'], 'story', 'stories')}; "
        f"{counted(night['topics'], 'topic')}, "
        f"{counted(night['finer_topics'], 'finer one')} within them, "
        f"{counted(night['without_topic'], 'article')} without a topic",
    ]
    for group, changes in night["changes"].items():
        if changes:
            counts = [f"{changes[kind]:,} {kind}" for kind in CHANGE_KINDS if kind in changes]
            lines.append(f"{group}: {', '.join(counts)}")
    if lists := night.get("lists"):  # a record of an earlier version has none
        lines.append(
            f"related lists of five: {lists['full']:.1%} full, {lists['filled']:.1%} filled from "
            f"below the floor, {lists['short']:.1%} shorter, {lists['empty']:.1%} empty"
        )
    if night["gates"]:
        shares = ", ".join(f"{name} {value:.1%}" for name, value in night["gates"].items())
        lines.append(f"gates: {shares}")
    return lines
