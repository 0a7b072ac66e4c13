"""Markup is taken out of text, and what only looks like markup stays."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.sources.markup import strip_markup

PIECES = (
    "<p>", "</p>", "<br/>", "<b>", "</b>", "<div class='x'>", "</div>", "<script>", "</script>",
    "<", ">", "&", "amp;", "&#38;", "#8217;", "&lt;", "p", "b", "&gt;", "&nbsp;", "<!--", "-->",
    "&#x26;", "<![CDATA[", "]]>", " ", "\n", "word", '="', '"', "\u00ad", "\u200b", "&rsquo;",
    "td", "/", "<3",
)  # fmt: skip


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("<p>One.</p><p>Two.</p>", "One.\nTwo."),
        ("<p>One\nline.</p>\n\n<p>Two.</p>", "One line.\nTwo."),
        ("One.<br>Two.<BR/>Three.", "One.\nTwo.\nThree."),
        ("<ul><li>One<li>Two</ul>", "One\nTwo"),
        ("<table><tr><td>1</td><td>a</td></tr><tr><td>2</td></tr></table>", "1 a\n2"),
        ("One.\n\nT<em>w</em>o.\nThree.", "One.\n\nTwo.\nThree."),
        ("One.<p>Two.", "One.\nTwo."),
        ("<P>One\n<P>Two", "One\nTwo"),
        ("bud<b>get</b>", "budget"),
        ("<a href='x' target=_blank>Read</a> on", "Read on"),
        ('<a href="x"target="_blank">Read</a>', "Read"),
        ('<img alt="He said "no"" src="x">Caption', "Caption"),
        ('<img src="a.jpg" hidden />Caption', "Caption"),
        ("<p>cut <b>off", "cut off"),
        ("<script>var a = '<p>';</script>Text", "Text"),
        ("Text<style>p { color: red }", "Text"),
        ("<head><title>Page</title></head><body>Text</body>", "Text"),
        ("<!-- wp:paragraph --><p>Text</p><!-- /wp:paragraph -->", "Text"),
        ("<![CDATA[<p>Text &amp; more</p>]]>", "Text & more"),
        ("<!DOCTYPE html><html><body>Text</body></html>", "Text"),
        ("<person>Ada</person> said", "Ada said"),
        ('<o:p></o:p><fb:like href="x"></fb:like><amp-ad width="3"></amp-ad>Text', "Text"),
        ("&lt;p&gt;Escaped &lt;b&gt;once&lt;/b&gt;&lt;/p&gt;", "Escaped once"),
        ("&amp;lt;p&amp;gt;Twice&amp;lt;/p&amp;gt;", "Twice"),
        ("Ireland&#38;#8217;s", "Ireland’s"),
        ("Canada&#x27;s &quot;x&quot; &rsquo;s &#146;s", 'Canada\'s "x" ’s ’s'),
        ("R&amp;amp;D", "R&D"),
        ("a&nbsp;b &nbsp c", "a b   c"),
        ("&#8217s", "’s"),
        ("a &lt; b", "a < b"),
        ("&#xD83D;&#xDE00; &#55357;&#56832;", "😀 😀"),
        ("co\u00adop\u200berate\ufeff", "cooperate"),
    ],
)
def test_markup_is_taken_out(written: str, plain: str) -> None:
    assert strip_markup(written) == plain


@pytest.mark.parametrize(
    "text",
    [
        "x < 5 and y > 3", "AT&T", "R&D", "I <3 you", "PHILLIPS <P> RAISES",
        "DUPONT <DD> UP, <P> DOWN", "controlled by DuPont\n<DD>, and Conoco",
        "if a<b", "if a<b and c>d", "a<b and c=d>e",
        "see https://x.example/?a=1&copy=2&region=us&lt=3", "<john@x.example>", "<https://x.example>",
        "enter <title> here", "Q&A; M&A;", "&unknown;", "a <- b -> c", "1 <2> 3", "<!-- open", "<p",
        "tabs\tand\n\n  blanks  ", "می‌خواهم", "👩‍👩‍👧", "ពាក្យ\u200bពីរ",
    ],
)  # fmt: skip
def test_plain_text_is_unchanged(text: str) -> None:
    assert strip_markup(text) == text
    assert strip_markup(text, lines=False) == text


def test_a_title_with_markup_is_one_line() -> None:
    assert strip_markup("<b>Rates</b><br>up &amp; down", lines=False) == "Rates up & down"


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_what_was_stripped_has_nothing_left_to_strip(text: str) -> None:
    for lines in (True, False):
        plain = strip_markup(text, lines=lines)
        assert strip_markup(plain, lines=lines) == plain


@settings(deadline=None)
@given(
    st.text(
        st.characters(
            codec="utf-8", exclude_characters="<&\u00ad\u200b\u2060\u2061\u2062\u2063\u2064\ufeff"
        )
    )
)
def test_text_without_a_bracket_or_an_ampersand_is_unchanged(text: str) -> None:
    assert strip_markup(text) is text


@pytest.mark.parametrize(
    "piece",
    ["<", "<!--", "<![CDATA[", "<?xml ", "<a ", '<p class="', "<svg>", "<script>", "&amp;", "&"],
)
def test_hostile_text_takes_no_longer_than_its_length(piece: str) -> None:
    text = piece * (300_000 // len(piece))
    started = time.perf_counter()
    strip_markup(text)
    assert time.perf_counter() - started < 20  # a quadratic search takes minutes
