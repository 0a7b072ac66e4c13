"""Names in reasons that no text states: absent in these letters, or cut out of a longer name.

Usage: python scripts/quality/cut_names.py ARTIFACTS ARTICLES.jsonl [--k 5] [--show 20]

Asks for the related articles of every article and reads both texts of each hit again, by a rule of
its own. Prints how many names are shown, how many of them stand whole in both texts, how many are
absent or cut in one of them, and how many of these begin with an office ("President Mike Pence" of
"Vice President Mike Pence"). Exits with 1 if a name is absent or begins with an office and is cut.
"""

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path

import click

from recommender import Recommender
from recommender.language.prepare import embedded_text
from recommender.language.word_lists import word_lists

_WORD = re.compile(r"[^\W_]+(?:['’‐-][^\W_]+)*")
_BEFORE = re.compile(r"(?<!\w)([^\W_][\w'’‐-]*)(\.?) $")
_AFTER = re.compile(r" ([^\W_][\w'’‐-]*)")
_AFTER_STOP = re.compile(r"\. ?([^\W_][\w'’‐-]*)")
_SHORT = re.compile(r"[A-Z]|Gov|Sen|Rep|Gen|Lt|Col|St")
_LISTS = word_lists("en")


class Texts:
    """The texts of articles, and what their capitals say of words.

    Args:
        texts: The text of each article, by id.
    """

    def __init__(self, texts: dict[str, str]) -> None:
        self.texts = {number: text.replace("\u00ad", "") for number, text in texts.items()}
        self.lower: Counter[str] = Counter()
        self.uses: Counter[str] = Counter()
        for text in texts.values():
            words = _WORD.findall(text)
            self.uses.update(map(_folded, words))
            self.lower.update(_folded(word) for word in words if word[0].islower())
        self.judge = cache(self._judge)

    def _judge(self, name: str, article_id: str) -> str:
        """How a name stands in a text: "whole", "cut" or "absent"."""
        text, found = self.texts[article_id], "absent"
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text):
            if not self._goes_on(name, text, match.end()) and not self._begins(
                name, text, match.start()
            ):
                return "whole"
            found = "cut"
        return found

    def _goes_on(self, name: str, text: str, end: int) -> bool:
        stop = _AFTER_STOP.match(text, end)
        if stop and _SHORT.fullmatch(name.split()[-1]):
            return stop[1][0].isupper()
        later = _AFTER.match(text, end)
        if not later or _folded(later[1]) in _LISTS.newsroom_words | _LISTS.honorifics:
            return False
        return self._in_name(later[1], text, later.start(1))

    def _begins(self, name: str, text: str, start: int) -> bool:
        """Whether a longer name begins before `start`, not counting articles and offices."""
        earlier = _BEFORE.search(text[max(start - 60, 0) : start])
        if not earlier or earlier[1][-1] in "'’":
            return False
        if earlier[2] and not (len(earlier[1]) > 1 and _SHORT.fullmatch(earlier[1])):
            return False
        word = _folded(earlier[1])
        ignored = _LISTS.honorifics | _LISTS.articles | _LISTS.newsroom_words
        if word in ignored or earlier[1].endswith(("'s", "’s")):
            return False
        if " " in name and not is_titled(name):
            offices = re.split("[ -]", text[max(start - 60, 0) : start].lower().replace(".", ""))
            if not _LISTS.offices.isdisjoint(offices[-6:]):
                return False
        at = max(start - 60, 0) + earlier.start(1)
        return self._in_name(earlier[1], text, at)

    def _in_name(self, word: str, text: str, at: int) -> bool:
        """Whether a word is capitalised, and not only because it begins a sentence or headline."""
        if not word[0].isupper():
            return False
        before = re.split(r"[.!?:\"“‘(]", text[max(at - 300, 0) : at])[-1]
        words = _WORD.findall(before + re.split(r"[.!?]", text[at : at + 200])[0])
        headline = sum(w[0].isupper() for w in words) > 0.6 * len(words)
        if headline or not _WORD.search(before):
            return self.lower[_folded(word)] < 0.25 * self.uses[_folded(word)]
        return True


def is_titled(name: str) -> bool:
    """Whether a name of several words begins with an office."""
    first, *rest = name.split()
    return bool(rest) and _folded(first) in _LISTS.offices


def count(rec: Recommender, texts: dict[str, str], k: int) -> tuple[Counter[str], Counter[str]]:
    """Count the names of all hits by how they stand; and the names that are cut or absent."""
    of, kinds, bad = Texts(texts), Counter[str](), Counter[str]()
    for article_id in texts:
        for hit in rec.related(article_id, k):
            kinds["hits"] += 1
            kinds["hits with a name or phrase"] += bool(hit.reasons.names or hit.reasons.phrases)
            for name in hit.reasons.names:
                found = {of.judge(name, article_id), of.judge(name, hit.id)}
                kind = "absent" if "absent" in found else "cut" if "cut" in found else "whole"
                kind = "cut title" if kind == "cut" and is_titled(name) else kind
                kinds[kind] += 1
                if kind != "whole":
                    bad[f"{name} ({kind})"] += 1
    return kinds, bad


def _folded(word: str) -> str:
    return word.casefold().removesuffix("'s").removesuffix("’s")


@click.command()
@click.argument("artifacts", type=click.Path(exists=True, path_type=Path))
@click.argument("articles", type=click.Path(exists=True, path_type=Path))
@click.option("--k", default=5, show_default=True)
@click.option("--show", default=20, show_default=True, help="How many bad names to print.")
def main(artifacts: Path, articles: Path, k: int, show: int) -> None:
    """Count the names in reasons that stand whole, are cut, or are absent."""
    rec = Recommender.open(artifacts)
    records = [json.loads(line) for line in articles.read_text().splitlines() if line.strip()]
    published = set(rec.ids())
    texts = {
        str(record["id"]): embedded_text(record.get("title") or "", record.get("text") or "")
        for record in records
        if str(record["id"]) in published
    }
    kinds, bad = count(rec, texts, k)
    for kind, number in kinds.items():
        print(f"{number:8,}  {kind}")
    for name, number in bad.most_common(show):
        print(f"{number:8,}  {name}")
    raise SystemExit(bool(kinds["absent"] or kinds["cut title"]))


if __name__ == "__main__":
    main()
