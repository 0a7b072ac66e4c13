"""Gates: each share by hand, and nights too small to be judged."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.pipeline.gates import Comparison, Gate, measure, refusal
from recommender.settings.sections import Gates

ALWAYS = Gates(least_articles=0)


def tonight(now: dict[str, str | None], then: dict[str, str | None] | None = None) -> Comparison:
    return Comparison(now, then or {}, np.array([0.9, 0.2, 0.5, 0.0], dtype=np.float32), 0.3)


def values(gates: list[Gate]) -> dict[str, float]:
    return {gate.name: gate.value for gate in gates}


def test_every_share_is_the_one_counted_by_hand() -> None:
    then: dict[str, str | None] = {"a": "t1", "b": "t1", "c": "t2", "d": "t3", "e": None}
    now: dict[str, str | None] = {"a": "t1", "b": "t2", "c": "t2", "f": "t2"}
    assert values(measure(tonight(now, then), ALWAYS)) == {
        "articles_lost": pytest.approx(1 / 5),
        "empty_related": 0.5,  # two of four texts are below the floor
        "largest_topic": 0.75,  # t2
        "topics_changed": pytest.approx(1 / 3),  # b, of a, b and c
        "ids_lost": pytest.approx(1 / 3),  # t3, of t1, t2 and t3
    }


def test_a_first_night_has_lost_nothing() -> None:
    found = values(measure(tonight({"a": "t1", "b": "t2"}), ALWAYS))
    assert found["articles_lost"] == found["topics_changed"] == found["ids_lost"] == 0


def test_more_articles_are_no_loss() -> None:
    found = values(measure(tonight({"a": "t1", "b": "t1"}, {"a": "t1"}), ALWAYS))
    assert found["articles_lost"] == 0


@pytest.mark.parametrize(("now", "then", "judges"), [(2, 1, True), (1, 2, True), (1, 1, False)])
def test_a_night_is_judged_where_it_or_the_one_before_is_large_enough(
    now: int, then: int, judges: bool
) -> None:
    night = tonight({str(n): "t" for n in range(now)}, {str(n): "t" for n in range(then)})
    assert bool(measure(night, Gates(least_articles=2))) is judges


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_gate_lets_its_limit_pass_and_nothing_more(value: float, limit: float) -> None:
    assert Gate("ids_lost", value, limit, "topics are gone").passed is (value <= limit)


def test_a_gate_says_what_was_measured_and_which_setting_admits_what() -> None:
    gate = Gate("ids_lost", 0.625, 0.5, "topics of the night before are gone")
    expected = "topics of the night before are gone: 62.5%, and gates.ids_lost admits 50.0%"
    assert str(gate) == expected


def test_every_limit_of_the_settings_has_its_gate() -> None:
    limits: dict[str, Any] = dict.fromkeys(Gates.__struct_fields__, 0.25)
    found = measure(tonight({"a": "t1"}), Gates(**limits | {"least_articles": 0}))
    assert {gate.name for gate in found} == set(limits) - {"least_articles"}
    assert {gate.limit for gate in found} == {0.25}


def test_a_refusal_says_which_gates_what_serves_and_what_to_do() -> None:
    text = refusal(["one gate", "another"], "20260301T020000Z-0123abcd")
    assert text.startswith(
        "the night was not published; 20260301T020000Z-0123abcd is still served: "
        "one gate; another. "
    )
    assert text.endswith("run again with --force")
    assert "nothing is served: one gate." in refusal(["one gate"], "")
