"""What a publisher repeats is learned; what its stories repeat is not."""

import random

import pytest

from recommender.corpus.boilerplate import ARTICLES, SAMPLE
from recommender.language.sentences import split_words
from recommender.store.boilerplate import Original
from tests.corpus.unlike_articles import learn, learned_words, sentence, unlike_articles

COOKIES = (
    "We and our partners use cookies to show you this page and to count who reads it. By going on "
    "you agree to that. You can change your mind at any time in the settings of your browser."
)
FOOTER = "The editors are not responsible for what other sites write."
SIGN_OFF = "Follow our newsroom wherever you read the news today"
SHARE_BAR = "Share Facebook Twitter WhatsApp E-mail Print Permalink"


def words(text: str) -> str:
    return " ".join(split_words(text).words)


def with_text(articles: list[Original], form: str) -> list[Original]:
    return [Original(title, form.format(text=text)) for title, text in articles]


@pytest.mark.parametrize(
    ("planted", "form"),
    [
        (COOKIES, COOKIES + " {text}"),
        (FOOTER, "{text} " + FOOTER),
        (SIGN_OFF, "{text} " + SIGN_OFF),
        (SHARE_BAR, "{text} " + SHARE_BAR),
        (FOOTER, "{text}\n" + FOOTER),
        ("Read more", "{text}\nRead more"),
        ("阅读全文请先登录", "{text}\n阅读全文请先登录。"),
    ],
)
@pytest.mark.parametrize("plain", [0, 30])
def test_what_unlike_articles_share_is_boilerplate(planted: str, form: str, plain: int) -> None:
    articles = [*with_text(unlike_articles(39), form), *unlike_articles(plain, seed=1)]
    (passage,) = learn(articles)
    assert passage.words == words(planted)
    assert words(passage.example) == passage.words
    assert abs(passage.articles - 39) <= 2


def test_a_share_bar_amid_the_text_is_found_without_its_changing_link() -> None:
    articles = [
        Original(
            title, f"{text} {SHARE_BAR} https://quay.example/p/{n} {'The' * (n % 4 == 0)} {text}"
        )
        for n, (title, text) in enumerate(unlike_articles(39))
    ]
    assert learned_words(articles) == [words(f"{SHARE_BAR} a@b.c")]


@pytest.mark.parametrize("number", [ARTICLES, 6, 40])
def test_headlines_over_one_notice_and_nothing_else(number: int) -> None:
    articles = [Original(title, COOKIES) for title, _ in unlike_articles(number)]
    assert learned_words(articles) == [words(COOKIES)]
    assert learned_words(articles[: ARTICLES - 1]) == []


def test_two_of_the_headlines_may_be_on_one_event() -> None:
    titles = [title for title, _ in unlike_articles(4)]
    told_again = " ".join(reversed(titles[0].split()))
    articles = [Original(title, COOKIES) for title in [*titles, told_again]]
    assert learned_words(articles) == [words(COOKIES)]


def test_the_background_of_a_running_story_stays() -> None:
    draw = random.Random(2)
    background = f"{sentence(draw)} {sentence(draw)}"
    follow_ups = [
        Original(f"Norwick harbour blast {title}", f"In Norwick harbour {text} {background}")
        for title, text in unlike_articles(5)
    ]
    assert learned_words([*follow_ups, *unlike_articles(20, seed=1)]) == []


def test_the_text_of_an_agency_under_many_headlines_stays() -> None:
    event = "Norwick harbour blast kills five sailors on Monday evening, the coast guard said."
    titles = [
        "Blast in Norwick harbour", "Five sailors killed", "Norwick: coast guard on blast",
        "Sailors killed on Monday", "Harbour blast kills five", "Evening blast: five killed",
    ]  # fmt: skip
    assert learned_words([Original(title, event) for title in titles]) == []


def test_a_quotation_of_a_story_stays() -> None:
    quotation = '"I have never seen these letters and nobody has shown them to me."'
    articles = [
        Original(f"Minister Holm letters {title}", f"{text} {quotation} {text[::-1]}")
        for title, text in unlike_articles(5)
    ]
    assert learned_words([*articles, *unlike_articles(20, seed=1)]) == []


def test_copies_and_updates_of_one_article_stay() -> None:
    ((title, text),) = unlike_articles(1, sentences=20)
    versions = [Original(title, f"{text} Update {n} came late.") for n in range(9)]
    assert learned_words([*versions, *unlike_articles(20, seed=1)]) == []


def test_the_name_of_a_series_in_titles_is_no_boilerplate() -> None:
    articles = [Original(f"Faces of the harbour: {t}", text) for t, text in unlike_articles(12)]
    assert learned_words(articles) == []


def test_a_form_whose_numbers_differ_stays() -> None:
    articles = [
        Original(title, f"Net {n} mln vs {2 * n} mln\nRevs {3 * n} mln vs {n + 7} mln\n{text}")
        for n, (title, text) in enumerate(unlike_articles(39), start=10)
    ]
    assert learned_words(articles) == []


def test_one_number_that_differs_is_a_date_or_a_page() -> None:
    articles = [
        Original(title, f"{text} (Quay Weekly of the North {n:02}/12/2016)")
        for n, (title, text) in enumerate(unlike_articles(20))
    ]
    assert learned_words(articles) == ["quay weekly of the north 0"]


@pytest.mark.parametrize("beginning", ["The president of the republic said that",
                                       "At a press conference in the"])  # fmt: skip
def test_how_many_sentences_begin_is_no_passage(beginning: str) -> None:
    articles = [
        Original(title, f"{text} {beginning} {text.lower()}") for title, text in unlike_articles(30)
    ]
    assert learned_words(articles) == []


def test_a_set_phrase_in_few_of_many_articles_stays() -> None:
    phrase = "He declined to say more."
    few = with_text(unlike_articles(ARTICLES), "{text} " + phrase)
    assert learned_words([*few, *unlike_articles(300, sentences=2, seed=1)]) == []
    assert learned_words([*few, *unlike_articles(30, sentences=2, seed=1)]) == [words(phrase)]


def test_a_shorter_notice_is_learned_beside_a_longer_one_that_begins_like_it() -> None:
    short, long = "Do you know more about it? Tell us.", "Sign up for the weekly letter."
    articles = [
        *with_text(unlike_articles(30), "{text} " + f"{short} {long}"),
        *with_text(unlike_articles(20, seed=1), "{text} " + short),
    ]
    assert learned_words(articles) == [words(short), words(f"{short} {long}")]


def test_what_is_learned_does_not_depend_on_the_order_of_few_articles() -> None:
    articles = with_text(unlike_articles(SAMPLE), COOKIES + " {text} " + FOOTER)
    shuffled = random.Random(3).sample(articles, len(articles))
    assert learned_words(articles) == learned_words(shuffled)


def test_articles_without_text_or_words_teach_nothing() -> None:
    assert learn([]) == []
    assert learn([Original("Tide is in", "")] * 5) == []
    assert learn([Original("", "…")] * 5) == []
    assert learn([Original("", COOKIES)] * 9) == []  # copies without a headline
