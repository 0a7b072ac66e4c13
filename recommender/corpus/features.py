"""Features: what is counted of a text once, when it is new, and kept in the store."""

from recommender.corpus.signatures import SIGNATURE_VERSION
from recommender.language.tokens import TOKENISER_VERSION

__all__ = ["FEATURES_VERSION"]

# How the features of a text were made. Those of another version are made anew.
FEATURES_VERSION = f"tokens {TOKENISER_VERSION}, signature {SIGNATURE_VERSION}"
