"""One record becomes an article: without markup, with a word in it, and with what was mended."""

from pathlib import Path

import pytest

from recommender.sources.validate import Record, Reject
from recommender.types.article import Article
from tests.sources.reading import good, only_reject, read_records


def only_record(items: list[Record | Reject]) -> Record:
    (item,) = items
    assert isinstance(item, Record), item
    return item


def test_markup_is_taken_out_of_every_string_and_counted(tmp_path: Path) -> None:
    row = good(
        title="Tide &amp; crane",
        text="<p>One.</p><p>Two.</p>",
        section="Arts &amp; Life",
        author='<a href="/ada">Ada Reed</a>',
        url="https://x.example/?a=1&amp;b=2",
    )
    record = only_record(read_records(tmp_path, row))
    assert record.article == Article(
        "a",
        "Tide & crane",
        "One.\nTwo.",
        url="https://x.example/?a=1&b=2",
        section="Arts & Life",
        author="Ada Reed",
    )
    assert (record.cleaned, record.notes) == (True, [])
    assert not only_record(read_records(tmp_path, good())).cleaned


def test_markup_can_be_kept_but_is_no_word(tmp_path: Path) -> None:
    row = good(title="Tide &amp; crane", text="<p>One.</p>", section="A &amp; B")
    record = only_record(read_records(tmp_path, row, keep_markup=True))
    assert record.article == Article("a", "Tide &amp; crane", "<p>One.</p>", section="A &amp; B")
    assert not record.cleaned
    (reject,) = read_records(tmp_path, good(text="<p></p>"), keep_markup=True)
    assert isinstance(reject, Reject)


@pytest.mark.parametrize("text", ["<p></p>", "&nbsp;", ".", "\u200b", "n/a", "<img src='x'>"])
@pytest.mark.parametrize("headlines", [False, True])
def test_a_text_without_a_word_is_none(tmp_path: Path, text: str, headlines: bool) -> None:
    (found,) = read_records(tmp_path, good(text=text), headlines=headlines)
    if headlines:
        assert isinstance(found, Record)
        assert (found.article.title, found.article.text) == ("Tide", "")
    else:
        assert isinstance(found, Reject)
        assert found.reason == f"no word: {text!a} is no text"
    (found,) = read_records(tmp_path, good(text=text, title="…"), headlines=headlines)
    assert isinstance(found, Reject)


@pytest.mark.parametrize(
    ("written", "title", "notes"),
    [
        ("9/11", "9/11", 0),
        ("1984", "1984", 0),
        ("…", "", 1),
        ("🙂", "", 1),
        ("null", "", 0),
        ("<b></b>", "", 0),
    ],
)
def test_a_title_says_something_or_is_none(
    tmp_path: Path, written: str, title: str, notes: int
) -> None:
    record = only_record(read_records(tmp_path, good(title=written)))
    assert (record.article.title, len(record.notes)) == (title, notes)


def test_a_placeholder_is_no_label_and_no_date(tmp_path: Path) -> None:
    row = good(author="None", url="null", section=r"\N", published="NaT", source="n/a")
    assert only_record(read_records(tmp_path, row)) == Record(Article(**good()), [], False)


def test_too_long_is_judged_without_the_markup(tmp_path: Path) -> None:
    row = good(text=f"<img src='data:{'x' * 900}'>short")
    assert only_record(read_records(tmp_path, row, max_characters=100)).article.text == "short"
    items = read_records(tmp_path, row, max_characters=100, keep_markup=True)
    assert only_reject(items).field == "text"  # type: ignore[arg-type]
