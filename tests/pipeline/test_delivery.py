"""What was delivered: an article is named by a good record and by one that was left out."""

from recommender.pipeline.delivery import Delivery


def test_rejected_and_removed_records_name_their_article_too() -> None:
    delivery = Delivery()
    delivery.articles["a"] = "Gazette"
    delivery.left_out.add("b")
    assert [delivery.named(i) for i in "abc"] == [True, True, False]
