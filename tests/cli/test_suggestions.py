"""Suggestions: the nearest ids for an unknown one, and the labels that there are."""

from recommender.artifacts.folder import Artifacts
from tests.conftest import Run


def test_a_label_that_does_not_exist_is_explained(run: Run, published: Artifacts) -> None:
    result = run("recommend", "a-1", "--artifacts", published.root, "--section", "orchid")
    assert result.code == 0
    assert "No article has the section 'orchid'; there are: glacier, harbour, orchard" in result.err


def test_an_unknown_id_has_its_own_exit_code_and_the_nearest_ids(
    run: Run, published: Artifacts
) -> None:
    result = run("recommend", "a-399", "--artifacts", published.root)
    assert result.code == 6
    assert result.out == ""
    assert "article 'a-399' is not in the published snapshot" in result.err
    assert "the nearest ids are a-39" in result.err
