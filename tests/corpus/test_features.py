"""Features: their version names all that they are made by."""

from recommender.corpus.features import FEATURES_VERSION
from recommender.corpus.signatures import SIGNATURE_VERSION
from recommender.language.tokens import TOKENISER_VERSION


def test_the_version_changes_with_each_part() -> None:
    assert f"tokens {TOKENISER_VERSION}, signature {SIGNATURE_VERSION}" == FEATURES_VERSION
