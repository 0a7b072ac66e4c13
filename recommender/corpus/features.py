"""Features: the tokens and the signature of a text, computed once and kept in the store."""

from recommender.corpus.signatures import SIGNATURE_VERSION
from recommender.language.tokens import TOKENISER_VERSION

__all__ = ["FEATURES_VERSION"]

# How the features of a text were computed. Features of another version are computed again.
FEATURES_VERSION = f"tokens {TOKENISER_VERSION}, signature {SIGNATURE_VERSION}"
