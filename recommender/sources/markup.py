"""Markup out of text: HTML tags and entities, and characters that only a layout needs.

Only what is certainly markup is touched. "x < 5", "AT&T", "<3" and "if a<b and c>d" stay as they
are, because a tag must have the name of an HTML element and well-formed attributes, and an entity
must have a known name and its semicolon.
"""

import html
import re
from html.entities import html5

__all__ = ["strip_markup"]

# Elements that end a line where they begin and where they end.
_BLOCK_NAMES = """
address article aside blockquote body br caption center col colgroup dd details dialog dir div dl dt
fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html legend
li main menu nav ol optgroup option p pre section select summary table tbody tfoot thead tr ul
"""
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_CELLS = frozenset(("td", "th"))
# A tag of these counts wherever it stands: they have no end tag, or their contents are no text.
_LONE_NAMES = """
area base br col embed hr img input link meta param script source style track wbr
"""
_ALONE = frozenset(_LONE_NAMES.split())
# The end tag of these may be left out. Without it they count where a line or a sentence has ended,
# so that the "<P>" of "PHILLIPS <P> RAISES PRICES", a ticker symbol, is none.
_OPEN_NAMES = "dd dt li p tbody td tfoot th thead tr"
_OPEN = frozenset(_OPEN_NAMES.split())
_ENDS = frozenset("\n\r>.!?:;…\"'”’»)]*")
_INLINE_NAMES = """
a abbr acronym applet audio b bdi bdo big blink button canvas cite code data datalist del dfn em
font i iframe ins kbd label map mark marquee meter nobr noframes noscript object output picture
progress q rp rt ruby s samp slot small span strike strong sub sup svg template textarea time title
tt u var video
"""
_NAMES = _BLOCKS | _CELLS | _ALONE | _OPEN | frozenset(_INLINE_NAMES.split())
# Attributes that are written without a value.
_BARE_ATTRIBUTES = (
    "allowfullscreen|async|autofocus|autoplay|checked|controls|crossorigin|default|defer|disabled|"
    "download|hidden|ismap|itemscope|loop|multiple|muted|noshade|novalidate|nowrap|open|playsinline|"
    "readonly|required|reversed|selected|typemustmatch|webkitallowfullscreen|mozallowfullscreen|"
    "data-[\\w-]+"
)
_VALUE = r"""(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+)"""
_TAG = re.compile(
    rf"""<(?P<end>/?)(?P<name>[a-z][a-z0-9]*(?:[-:.][a-z0-9]+)*+)
    (?P<attributes>(?:[\s/]*+(?:(?:{_BARE_ATTRIBUTES})(?=[\s/>])|[\w:.@-]++\s*+=\s*+{_VALUE}))*+
      |\s++[\w:.-]++\s*+=\s*+["'][^<>]*+)          # the second form: quotes that do not match
    \s*+/?\s*+>""",
    re.IGNORECASE | re.VERBOSE,
)
# Elements that hold no text of the article. The contents of the first two run to the end of the
# text where their end tag is missing, as they do in browsers.
_SILENT = re.compile(
    r"<(?P<name>script|style)\b[^<>]*+>(?:.*?</(?P=name)\s*>|.*\Z)"
    r"|<(?P<other>head|iframe|noframes|noscript|object|svg|template)\b[^<>]*+>"
    r"(?:(?!</?(?P=other)\b).)*+</(?P=other)\s*>",
    re.IGNORECASE | re.DOTALL,
)
_DOCTYPE = re.compile(r"<!doctype\b[^<>]*>", re.IGNORECASE)
# Escaped ampersands, however often: "&amp;amp;#38;" is one "&".
_AMPERSANDS = re.compile(r"&(?:(?:amp|#0*38|#x0*26);)+", re.IGNORECASE)
# One character as two halves, as JavaScript counts them.
_HALVES = re.compile(
    r"&#(x?)(d[89ab][0-9a-f]{2}|55[23]\d\d|56[0-3]\d\d);&#(x?)(d[c-f][0-9a-f]{2}|5[67]\d{3});", re.I
)
_ENTITY = re.compile(
    r"&(?:#[0-9]{1,7};?|#[xX][0-9a-fA-F]{1,6};?|[A-Za-z][A-Za-z0-9]{1,31};"
    r"|(?:nbsp|amp|quot|lt|gt)(?![A-Za-z0-9=;]))"
)
# Soft hyphens, and characters without width that do not belong to the spelling of a word. Between
# letters of scripts without spaces (Thai, Lao, Burmese, Khmer) U+200B separates words and stays.
_SPACELESS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_INVISIBLE = re.compile(
    f"[\u00ad\u2060-\u2064\ufeff]|(?<![{_SPACELESS}])\u200b|\u200b(?![{_SPACELESS}])"
)
_NEWLINE, _SPACE = "\ue000", "\ue001"  # stand for breaks until white space is in order
_MAX_PASSES = 16  # text that was escaped more often than that is left as it is


def strip_markup(text: str, *, lines: bool = True) -> str:
    r"""Take HTML tags, entities and invisible characters out of a text.

    Elements that end a paragraph or a line become line ends, all others nothing, so that they
    split no word. The contents of scripts, styles and the like are dropped. What was escaped
    twice is decoded twice: the result has no markup left, and stripping it again changes nothing.

    Args:
        text: The text, with or without markup.
        lines: Whether paragraphs stay apart as lines; if not, the result is one line wherever
            there was a tag.

    Returns:
        The plain text; the very same text if there is no markup in it.

    Example:
        >>> strip_markup("<p>Ireland&#8217;s <b>bud</b>get</p><p>R&amp;D stays</p>")
        'Ireland’s budget\nR&D stays'
        >>> strip_markup("if a<b and c>d: AT&T <3")
        'if a<b and c>d: AT&T <3'
    """
    plain = text
    for _ in range(_MAX_PASSES):
        before = plain
        if not plain.isascii():
            plain = _INVISIBLE.sub("", plain)
        if "<" in plain:
            plain = _without_tags(plain, lines=lines)
        if "&" in plain:
            plain = _HALVES.sub(_joined, _AMPERSANDS.sub("&", plain))
            plain = _ENTITY.sub(_decoded, plain)
        if plain == before:
            break
    if plain == text:
        return text
    return "\n".join(line.strip(" \t") for line in plain.strip().split("\n"))


def _decoded(found: re.Match[str]) -> str:
    """The character of an entity; an unknown one stays as it is."""
    entity = found[0]
    if entity[1] != "#" and not entity.endswith(";"):
        entity += ";"
    if entity[1] != "#" and entity[1:] not in html5:
        return found[0]
    character = html.unescape(entity)
    return " " if character == "\xa0" else character


def _joined(found: re.Match[str]) -> str:
    """The character of two entities that are its halves."""
    high, low = (
        int(digits, 16 if x else 10) for x, digits in (found.groups()[:2], found.groups()[2:])
    )
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00) & 0x1FFFFF)


def _without_tags(text: str, *, lines: bool) -> str:
    """The text without tags, comments and what never is text; white space as a page shows it."""
    plain = _without(text, "<![CDATA[", "]]>", keep=True)
    plain = _without(plain, "<!--", "-->")
    plain = _without(_without(plain, "<?xml", "?>"), "<?php", "?>")
    plain = _DOCTYPE.sub("", plain)
    is_tag = _Tags(plain)
    blocks = False

    def replaced(found: re.Match[str]) -> str:
        nonlocal blocks
        if not is_tag(found):
            return found[0]
        name = found["name"].lower()
        if name in _BLOCKS:
            blocks = True
            return _NEWLINE
        return _SPACE if name in _CELLS else ""

    if is_tag.certain:
        plain = _SILENT.sub(_SPACE, plain)
    plain = _TAG.sub(replaced, plain)
    if plain == text:
        return text
    return _in_lines(plain, blocks=blocks) if lines else " ".join(_spaced(plain).split())


def _without(text: str, begin: str, end: str, *, keep: bool = False) -> str:
    """The text without what stands from `begin` to `end`, or without these two alone."""
    parts, place = [], 0
    while (start := text.find(begin, place)) >= 0:
        inside = start + len(begin)
        stop = text.find(end, inside)
        if stop < 0:
            break
        parts += [text[place:start], text[inside:stop] if keep else ""]
        place = stop + len(end)
    return "".join([*parts, text[place:]])


def _in_lines(text: str, *, blocks: bool) -> str:
    """One line for each paragraph; without paragraphs in tags, the line ends of the text hold."""
    if not blocks:
        return text.replace(_SPACE, " ").strip()
    text = re.sub(r"\n[ \t\r]*\n", _NEWLINE, text)
    paragraphs = (" ".join(part.replace(_SPACE, " ").split()) for part in text.split(_NEWLINE))
    return "\n".join(paragraph for paragraph in paragraphs if paragraph)


def _spaced(text: str) -> str:
    return text.replace(_NEWLINE, " ").replace(_SPACE, " ")


class _Tags:
    """Tells the tags of one text from what only looks like one.

    Args:
        text: The text, without comments.

    Attributes:
        certain: Whether there is a tag that can be nothing else. Beside one, a bare start tag
            without its end tag, such as the "<b>" of a text that was cut off, is a tag as well.
    """

    def __init__(self, text: str) -> None:
        found = list(_TAG.finditer(text))
        self._ended = {tag["name"].lower() for tag in found if tag["end"]}
        self._begun = {tag["name"].lower() for tag in found if not tag["end"]}
        self.certain = any(self._is_certain(tag) for tag in found)

    def __call__(self, tag: re.Match[str]) -> bool:
        """Whether a match of `_TAG` is a tag."""
        return self._is_certain(tag) or (self.certain and tag["name"].lower() in _NAMES)

    def _is_certain(self, tag: re.Match[str]) -> bool:
        name = tag["name"].lower()
        if tag["end"]:
            return name in _NAMES or name in self._begun
        if name in self._ended or (name in _NAMES and (tag["attributes"] or name in _ALONE)):
            return True
        return '="' in tag["attributes"] or (name in _OPEN and _begins_a_line(tag))


def _begins_a_line(tag: re.Match[str]) -> bool:
    """Whether a tag stands where a line, a sentence or another tag has ended, before a text."""
    if tag.string[tag.end() : tag.end() + 1] in (",", ".", ";", ":", ")"):
        return False
    place = tag.start() - 1
    while place >= 0 and tag.string[place] in " \t":
        place -= 1
    return place < 0 or tag.string[place] in _ENDS
