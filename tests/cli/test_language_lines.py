"""The report's lines on languages: which, how they were found, and labels that are none."""

from recommender.cli.language_lines import language_lines


def test_languages_are_named_with_their_numbers() -> None:
    found = {
        "articles": {"en": 1200, "fr": 3},
        "detected": {"fr": 2},
        "undetected": 1,
        "unknown": {"news": 4},
    }
    assert language_lines({"languages": found}) == [
        "languages: English 1,200, French 3",
        "3 articles name no language: detected French 2; 1 unclear, taken as their source's usual",
    ]


def test_where_all_articles_are_labelled_one_line_is_enough() -> None:
    found = {"articles": {"en": 2}, "detected": {}, "undetected": 0, "unknown": {}}
    assert language_lines({"languages": found}) == ["languages: English 2"]
    assert language_lines({}) == []


def test_only_the_most_frequent_are_named() -> None:
    counts = {code: 9 - n for n, code in enumerate(["en", "fr", "de", "nl", "pl", "tr", "he"])}
    found = {"articles": counts, "detected": {}, "undetected": 0, "unknown": {}}
    assert language_lines({"languages": found})[0].endswith("German 7, Dutch 6, Polish 5, 2 more")
