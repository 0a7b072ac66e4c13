"""Plant copies and texts that only look like copies, and measure which are found.

Edits of real articles of a labelled set are copies: each must share a group with its original.
Texts of one form, notices under headlines, replies and contradictions are different articles: no
two of them, and none with its original, may share a group. Nothing real is written anywhere.
"""

# ruff: noqa: ARG001 - all edits have one signature

import html
import random
import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import NamedTuple

__all__ = ["EDITS", "FORMS", "LOOK_ALIKES", "Planted", "plant"]


class Planted(NamedTuple):
    """One planted article: what was done (`kind`), its title and text, and what it copies.

    `of` is the number of the original, or None for an article that copies nothing.
    """

    kind: str
    title: str
    text: str
    of: int | None


Edit = Callable[[str, str, random.Random, Sequence[str]], tuple[str, str]]
NOTICE = (
    "This article is for subscribers only. To read on, choose one of our offers: four weeks for "
    "one euro, then nine euros a month, cancel at any time. Already a subscriber? Log in here. "
    "Your subscription supports independent journalism from our newsroom of two hundred reporters."
)
SHORT_NOTICE = "Read the whole text with a subscription. Log in or choose an offer."


def cut_end(title: str, text: str, rng: random.Random, words: Sequence[str]) -> tuple[str, str]:
    """Cut the last third or so."""
    parts = text.split(" ")
    return title, " ".join(parts[: round(len(parts) * rng.uniform(0.6, 0.8))])


def swapped(title: str, text: str, rng: random.Random, words: Sequence[str]) -> tuple[str, str]:
    """Swap two sentences behind the opening."""
    parts = re.split(r"(?<=[.!?])\s+", text)
    if len(parts) < 4:
        return title, text
    a, b = rng.sample(range(1, len(parts)), 2)
    parts[a], parts[b] = parts[b], parts[a]
    return title, " ".join(parts)


def new_headline(
    title: str, text: str, rng: random.Random, words: Sequence[str]
) -> tuple[str, str]:
    """Another headline, made of words of the article."""
    long = sorted({w.strip(".,\"“”'():;") for w in text.split() if len(w) > 4})
    return " ".join(rng.sample(long, min(7, len(long)))).capitalize(), text


def changed_words(
    title: str, text: str, rng: random.Random, words: Sequence[str]
) -> tuple[str, str]:
    """Replace each twentieth word by any other."""
    parts = text.split(" ")
    for at in rng.sample(range(len(parts)), round(len(parts) * 0.05)):
        parts[at] = rng.choice(words)
    return title, " ".join(parts)


def typographic(title: str, text: str, rng: random.Random, words: Sequence[str]) -> tuple[str, str]:
    """Other quotation marks, dashes and capitals in the title."""
    table = str.maketrans({'"': "“", "'": "’", "-": "‐"})
    return title.upper(), text.translate(table)


def entities(title: str, text: str, rng: random.Random, words: Sequence[str]) -> tuple[str, str]:
    """Leave HTML entities in the text."""
    return html.escape(title), html.escape(text)


def decomposed(title: str, text: str, rng: random.Random, words: Sequence[str]) -> tuple[str, str]:
    """Compose accents of two code points."""
    return unicodedata.normalize("NFD", title), unicodedata.normalize("NFD", text)


def agency(title: str, text: str, rng: random.Random, words: Sequence[str]) -> tuple[str, str]:
    """Put an agency's line in front, or a footer behind."""
    if rng.random() < 0.5:
        return title, f"HARBOUR CITY, March 3 (Example Press) - {text}"
    return title, f"{text} This report is by the Example News Agency. All rights reserved."


def teaser(title: str, text: str, rng: random.Random, words: Sequence[str]) -> tuple[str, str]:
    """The opening alone, with an invitation to read on."""
    return title, f"{' '.join(text.split()[: rng.randint(25, 45)])} Read on."


EDITS: list[Edit] = [
    cut_end, swapped, new_headline, changed_words, typographic, entities, decomposed, agency,
    teaser,
]  # fmt: skip


def notice(title: str, text: str, rng: random.Random, words: Sequence[str]) -> tuple[str, str]:
    """The headline over a notice."""
    return title, NOTICE


def short_notice(
    title: str, text: str, rng: random.Random, words: Sequence[str]
) -> tuple[str, str]:
    """The headline over a notice of two lines."""
    return title, SHORT_NOTICE


def quoted_reply(
    title: str, text: str, rng: random.Random, words: Sequence[str]
) -> tuple[str, str]:
    """A reply that marks what it quotes, and adds a third as much."""
    lines = re.split(r"(?<=[.!?])\s+", text)
    own = " ".join(rng.choices(words, k=max(12, len(text.split()) // 3)))
    return f"Re: {title}", " ".join(f"> {line}" for line in lines) + " " + own


def embedded(title: str, text: str, rng: random.Random, words: Sequence[str]) -> tuple[str, str]:
    """Another article that ends with the whole of this one."""
    own = rng.choices(words, k=max(40, len(text.split()) // 2))
    return " ".join(rng.choices(words, k=7)), f"{' '.join(own)} {text}"


def negated(title: str, text: str, rng: random.Random, words: Sequence[str]) -> tuple[str, str]:
    """Deny in the headline and in the opening what they say."""
    opening, rest = text.split(" ")[:150], text.split(" ")[150:]
    return f"Not {title}", " ".join(
        ["It is not true that", *opening[:1], "not", *opening[1:], *rest]
    )


def other_names(title: str, text: str, rng: random.Random, words: Sequence[str]) -> tuple[str, str]:
    """The same words about other people and places: each name becomes another one."""
    names = set(re.findall(r"(?<=[a-z,] )[A-Z][a-z]{2,}", text))
    made = {
        n: "".join(rng.choices(["Ba", "ke", "li", "mo", "nu", "ra"], k=3)).title() for n in names
    }
    both = (re.sub(r"[A-Z][a-z]{2,}", lambda m: made.get(m[0], m[0]), t) for t in (title, text))
    return next(both), next(both)


def other_numbers(
    title: str, text: str, rng: random.Random, words: Sequence[str]
) -> tuple[str, str]:
    """The same words with other numbers."""
    new = (re.sub(r"\d+", lambda _: str(rng.randint(10, 9999)), t) for t in (title, text))
    return next(new), next(new)


LOOK_ALIKES: list[Edit] = [
    notice, short_notice, quoted_reply, embedded, negated, other_names, other_numbers,
]  # fmt: skip

FIRST = [
    "Harold",
    "Tobias",
    "Matteo",
    "Astrid",
    "Edith",
    "Ingrid",
    "Colin",
    "Nils",
    "Rosa",
    "Maud",
    "Gino",
    "Lucia",
    "Oskar",
    "Berta",
]
LAST = [
    "Penwick",
    "Grunvald",
    "Carrusi",
    "Holm",
    "Tarrow",
    "Vance",
    "Dray",
    "Ostrom",
    "Keller",
    "Brandt",
    "Moss",
    "Quill",
    "Farr",
]
TOWNS = [
    "Ashmere",
    "Kelby",
    "Norwick",
    "Tarn",
    "Stavely",
    "Pendle",
    "Corrow",
    "Haddon",
    "Ilmer",
    "Braxted",
    "Mallow",
    "Selby",
]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
TRADES = ["ferry engineer", "schoolteacher", "baker", "nurse", "bus driver", "clerk", "glazier"]
HOBBIES = ["fly fishing", "chess", "opera", "bird watching", "old maps", "bowls", "brass bands"]
MOVES = [("rose", "up"), ("fell", "down"), ("jumped", "up"), ("crashed", "down")]
SKIES = ["sunny", "cloudy", "rainy", "foggy", "snowy"]


def form(number: int, copy: int, rng: random.Random) -> Planted:
    """One article of the form with that number; each `copy` is about someone else."""
    first, (wife, son) = FIRST[copy % len(FIRST)], rng.sample(FIRST, 2)
    last, other_last = rng.sample(LAST, 2)
    town, other = rng.sample(TOWNS, 2)
    day, move, trade = rng.choice(DAYS), rng.choice(MOVES), rng.choice(TRADES)
    n = [rng.randint(11, 98) for _ in range(8)]
    kind, title, text = [
        (
            "obituary",
            f"{first} {last} of {town}, {trade}",
            f"{first} {last}, of {town}, passed away peacefully at home surrounded by family after "
            f"a short illness. A beloved parent and grandparent, {first} worked as a {trade} for "
            "most of a long life and was known to everyone for kindness and a sense of humour, and "
            f"loved {rng.choice(HOBBIES)} and time with the grandchildren. {first} is survived by "
            f"{wife} and by {son}. A funeral service will be held at the church in {other} on "
            "Saturday morning, followed by burial in the parish cemetery. The family asks that "
            "donations be made to the local hospice in place of flowers.",
        ),
        (
            "market",
            f"{town} shares {move[0]} on {day}",
            f"Shares on the {town} exchange {move[0]} on {day}, with the main index {move[1]} at "
            f"{n[0]},{n[1]}0 points. Shipyards led the market, while banks and brewers hardly "
            "moved. Traders said that most investors were waiting for the central bank. The crown "
            "was little changed against the euro, and oil cost about as much as the day before.",
        ),
        (
            "results",
            f"{last} {other_last} profit rises {n[0]} percent",
            f"{last} {other_last}, the maker of machine parts from {town}, said on {day} that its "
            f"quarterly profit rose {n[0]} percent to {n[1]} million crowns, while sales came to "
            f"{n[2]}{n[3]} million. The company kept its forecast for the year and said that order "
            "books were full until the summer. Analysts had expected a little less. The board will "
            f"propose a dividend of {n[4]} cents a share to the meeting of owners in {other}.",
        ),
        (
            "weather",
            f"Weather in {town} on {day}",
            f"{day} will be {rng.choice(SKIES)} in {town} and on the coast with highs of {n[0]} "
            f"degrees and a light wind from the west. In the night temperatures fall to {n[1]} "
            f"degrees. The next day stays {rng.choice(SKIES)}. Water at the piers has {n[2]} "
            "degrees. The forecast for the mountains is on the next page, where you will find the "
            "times of the tides and of the ferries as well.",
        ),
        (
            "match",
            f"{town} beat {other} {n[0] % 5 + 1}-0",
            f"{town} beat {other} {n[0] % 5 + 1}-0 at home on {day} in front of {n[1]}00 people. "
            f"{last} scored the first goal after {n[2]} minutes, and {other_last} added another "
            "before the break. The visitors had more of the ball in the second half but found no "
            "way through a defence that has now kept its goal clean for three games in a row. The "
            "coach praised his young side afterwards and said that the season was still long.",
        ),
        (
            "lottery",
            f"Lottery numbers of {day}, {n[7]} March",
            f"The winning numbers of the draw of {day} are {n[0]}, {n[1]}, {n[2]}, {n[3]}, {n[4]} "
            f"and {n[5]}; the bonus number is {n[6]}. The jackpot of {n[7]} million was not won "
            "and goes into the next draw. All information is without guarantee. Players can hand "
            "in "
            "their tickets at any of the usual shops until six in the evening before the draw.",
        ),
        (
            "verdict",
            f"Jury finds {last} {'not guilty' if n[0] % 2 else 'guilty'} of arson in {town}",
            f"A jury in {town} found the dock worker {first} {last} "
            f"{'not guilty' if n[0] % 2 else 'guilty'} of arson on {day}. The court had heard "
            "forty witnesses in five weeks about the fire that destroyed two sheds and a "
            "barge last winter. The judge thanked the jury for its patience in a long trial and "
            "closed the session in the late afternoon. Neither side wanted to comment at first.",
        ),
    ][number]  # fmt: skip
    return Planted(kind, title, text, None)


FORMS = 7
FORM_COPIES = 14


def plant(articles: Sequence[tuple[str, str]], seed: int) -> list[Planted]:
    """Plant edits and look-alikes of articles, and articles of one form.

    Args:
        articles: The title and text of each original.
        seed: Of the choices.

    Returns:
        The originals first, then what was planted.
    """
    rng = random.Random(seed)
    words = [word for _, text in articles for word in text.split()]
    planted = [Planted("original", *article, None) for article in articles]
    for number, (title, text) in enumerate(articles):
        planted += [Planted(e.__name__, *e(title, text, rng, words), number) for e in EDITS]
        for edit in LOOK_ALIKES:
            if edit is (notice, short_notice)[number % 2]:
                continue  # one headline stands over one notice
            changed = edit(title, text, rng, words)
            if changed != (title, text) and _differs_enough(edit, title, text):
                planted.append(Planted(edit.__name__, *changed, None))
    for number in range(FORMS):
        # One headline of a form stands for one event.
        made = {
            made.title: made for made in (form(number, copy, rng) for copy in range(FORM_COPIES))
        }
        planted += made.values()
    return planted


def _differs_enough(edit: Edit, title: str, text: str) -> bool:
    """Whether an article has names or numbers enough that another event would have others.

    The names in a title of capitals cannot be told and would remain.
    """
    if edit is other_names:
        found = set(re.findall(r"(?<=[a-z,] )[A-Z][a-z]{2,}", text))
        return len(found) >= 4 and not title.isupper()
    if edit is other_numbers:
        return len(re.findall(r"\d+", text)) >= max(4, 0.04 * len(text.split()))
    return True
