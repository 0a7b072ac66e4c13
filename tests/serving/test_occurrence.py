"""Occurrence: a phrase is a reason only where an unpublished text holds it as it is shown."""

import pytest

from recommender.serving.occurrence import occurs_in

OFFICES = {"president", "minister", "leader", "gov"}


@pytest.mark.parametrize(
    ("phrase", "text", "occurs"),
    [
        ("Vera Holm", "she said: Vera Holm left today", True),
        ("Vera Holm", "said vera holm today", False),
        ("Vera Holm", "Said Vera Holmes today", False),
        ("Vera Holm", "said Vera Holm", True),
        ("rate", "The rates, and a Rate.", True),
        ("rate", "the rates and moderate", False),
        ("欧州", "今日欧州議会", True),
        ("мир", "владимир приехал", False),
        ("мир", "за мир во всём мире", True),
        ("Öl", "Das größte Möbelhaus der Köln-Öle", False),
        ("UN", "he met un homme there", False),
        ("UN", "he met Un homme there", False),
    ],
)
def test_a_phrase_occurs_as_whole_words_in_its_own_capitals(
    phrase: str, text: str, occurs: bool
) -> None:
    assert occurs_in(phrase, text) == occurs


@pytest.mark.parametrize(
    ("name", "text", "whole"),
    [
        ("Mike Pence", "When Vice President Mike Pence came, people cheered.", True),
        ("President Mike Pence", "When Vice President Mike Pence came, people cheered.", False),
        ("Nicola Sturgeon", "Scotland heard First Minister Nicola Sturgeon promise ferries.", True),
        ("Pence", "When Vice President Pence came, people cheered.", False),
        ("Andrew Cuomo", "Some praised New York Gov. Andrew Cuomo because of ferries.", True),
        ("York", "Tourists like New York because of ferries.", False),
        ("New York", "Tourists read the New York Times because of ferries.", False),
        ("New York", "Tourists read the New York Times because New York is pretty.", True),
        ("Supreme Court", "Lawyers told the Colorado Supreme Court about ferries.", False),
        ("Mike Pence", "Indiana Cheers Mike Pence At The Old Quay", True),
    ],
)
def test_a_piece_of_a_longer_name_does_not_occur(name: str, text: str, whole: bool) -> None:
    assert occurs_in(name, text, OFFICES) == whole
