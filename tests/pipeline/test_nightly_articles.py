"""What a night makes of its articles: copies, takedowns, corpora that are small or odd."""

from dataclasses import replace

import pytest

from recommender import UnknownArticle
from recommender.artifacts.takedowns import restore, take_down
from recommender.pipeline.ingest import Intake
from recommender.snapshot.verify import verify
from tests.pipeline.newsroom import FEW_NEIGHBOURS, Newsroom, articles
from tests.planted import article, write_jsonl

# Copies, and topics


def test_articles_of_one_text_share_a_vector_and_are_both_answerable(newsroom: Newsroom) -> None:
    copy = replace(article(0), id="copy", source="Courier", url="https://other.example/")
    night = newsroom.night(*articles(8), copy)
    assert (night.articles, night.texts, night.embedded) == (9, 8, 8)
    recommender = newsroom.recommender()
    assert recommender.article("copy").source == "Courier"
    assert recommender.article("a-0").source == article(0).source
    of_one, of_copy = (recommender.related(i, k=20) for i in ("a-0", "copy"))
    assert of_one == of_copy
    assert not {"a-0", "copy"} & {hit.id for hit in of_one}
    assert recommender.topic_of("a-0") == recommender.topic_of("copy")

    # Another article is shown one of the two, and the other where the first is excluded.
    def shown(**filters: object) -> set[str]:
        return {hit.id for hit in recommender.related("a-4", k=20, **filters)} & {"a-0", "copy"}  # type: ignore[arg-type]

    assert len(shown()) == 1
    assert shown(exclude=["a-0"]) == {"copy"}
    assert shown(exclude=["copy"]) == {"a-0"}


def test_the_size_of_a_topic_counts_articles_not_texts(newsroom: Newsroom) -> None:
    copies = [replace(article(0), id=f"copy-{n}") for n in range(5)]
    newsroom.night(*articles(40), *copies, overrides=FEW_NEIGHBOURS)
    topic = newsroom.recommender().topic_of("copy-3")
    assert topic is not None
    assert topic.size == 10 + 5


@pytest.mark.parametrize("share", [0.25, 1.0])
def test_articles_go_without_a_topic_up_to_a_share(newsroom: Newsroom, share: float) -> None:
    overrides = (f"topics.unassigned={share}", "neighbours.k=12")
    for count in (40, 44):  # the second night knows the groups of the first
        night = newsroom.night(*articles(count), overrides=overrides)
        assert 0 < night.without_topic <= share * count
        rec, snapshot = newsroom.recommender(), verify(newsroom.snapshot().folder)
        topics = {i: rec.topic_of(i) for i in snapshot.ids}
        without = [i for i, topic in topics.items() if topic is None]
        assert len(without) == night.without_topic
        assert sum(topic.size for topic in rec.topics()) == count - len(without)
        for article_id in without:
            assert rec.related(article_id, mode="background") == []
            assert rec.related(article_id, floor=0)


# Takedowns


def test_a_removed_article_is_gone_from_store_snapshot_keywords_and_topics(
    newsroom: Newsroom,
) -> None:
    word = "zeppelin"
    # What a single text says is no keyword of a group of several.
    secrets = [
        replace(
            article(0), id=f"secret-{place}", url=None, text=f"{place}. {word}. " * 30, title=word
        )
        for place in ("above", "behind", "across", "under", "near")
    ]
    newsroom.night(*articles(8), *secrets)
    recommender = newsroom.recommender()
    assert any(word in k.term for topic in recommender.topics() for k in topic.keywords)
    sizes = sum(topic.size for topic in recommender.topics())
    for secret in secrets:
        take_down(newsroom.artifacts, secret.id)
    night = newsroom.night(*articles(8), *secrets)
    assert (night.intake.removed, night.intake.new, night.articles) == (5, 0, 8)
    assert "secret-near" not in newsroom.ids()
    assert "secret-near" not in newsroom.stored_ids()
    recommender = newsroom.recommender()
    with pytest.raises(UnknownArticle):
        recommender.related("secret-near")
    assert not any(word in k.term for topic in recommender.topics() for k in topic.keywords)
    assert sum(topic.size for topic in recommender.topics()) == sizes - 5
    folder = newsroom.artifacts.snapshots / night.snapshot
    for file in folder.iterdir():
        assert word.encode() not in file.read_bytes(), file.name
    assert word.encode() not in newsroom.artifacts.store.read_bytes()


def test_a_removed_article_goes_also_when_no_source_delivers_it(newsroom: Newsroom) -> None:
    newsroom.night(*articles(8))
    take_down(newsroom.artifacts, "a-5")
    night = newsroom.night(article(0))
    assert (night.intake.removed, night.articles) == (0, 7)
    assert "a-5" not in newsroom.ids()


def test_a_restored_article_comes_back_as_new(newsroom: Newsroom) -> None:
    newsroom.night(*articles(8))
    take_down(newsroom.artifacts, "a-5")
    newsroom.night(*articles(8))
    restore(newsroom.artifacts, "a-5")
    night = newsroom.night(*articles(8))
    assert (night.intake.new, night.embedded) == (1, 1)
    assert "a-5" in newsroom.ids()


# Small and odd corpora


def test_an_empty_source_publishes_what_is_stored(newsroom: Newsroom) -> None:
    newsroom.night(*articles(5))
    night = newsroom.night()
    assert night.intake == Intake(0, 0, 0, 0, 0, 0, None)
    assert (night.articles, night.reused) == (5, 5)


def test_an_empty_source_beside_a_full_one_is_fine(newsroom: Newsroom) -> None:
    (newsroom.root / "empty.csv").write_text("id,text\n")
    (newsroom.root / "empty.jsonl").touch()
    full = write_jsonl(newsroom.root / "full.jsonl", articles(3))
    night = newsroom.run(newsroom.root / "empty.csv", newsroom.root / "empty.jsonl", full)
    assert night.intake.new == 3


def test_a_single_article_has_no_related_ones_and_a_topic(newsroom: Newsroom) -> None:
    night = newsroom.night(article(0))
    assert (night.articles, night.topics) == (1, 1)
    recommender = newsroom.recommender()
    assert recommender.related("a-0") == []
    topic = recommender.topic_of("a-0")
    assert topic is not None
    assert topic.size == 1


def test_two_articles_are_related_to_each_other(newsroom: Newsroom) -> None:
    newsroom.night(article(0), article(4))
    recommender = newsroom.recommender()
    assert [hit.id for hit in recommender.related("a-0")] == ["a-4"]
    assert [hit.id for hit in recommender.related("a-4")] == ["a-0"]


def test_articles_of_one_text_only_have_no_related_ones(newsroom: Newsroom) -> None:
    same = [replace(article(0), id=f"same-{n}") for n in range(20)]
    night = newsroom.night(*same)
    assert (night.articles, night.texts, night.embedded, night.topics) == (20, 1, 1, 1)
    recommender = newsroom.recommender()
    assert all(recommender.related(item.id) == [] for item in same)
    assert recommender.topics()[0].size == 20


def test_texts_without_keywords_are_articles_too(newsroom: Newsroom) -> None:
    night = newsroom.lines(*({"id": str(n), "text": f"{n} to be"} for n in range(5)))
    assert night.articles == 5
    assert all(topic.keywords == () for topic in newsroom.recommender().topics())
