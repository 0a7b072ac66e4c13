"""The languages that a model was trained on, as its model card says."""

from pathlib import Path
from typing import Any

from recommender.embedding.model_files import DEFAULT_MODEL, MODEL_CARD
from recommender.errors import needs_extra
from recommender.language.labels import language_of

__all__ = ["model_languages"]

_DEFAULT_LANGUAGES = frozenset({"en"})


def model_languages(model: str, folder: Path) -> frozenset[str] | None:
    """The languages that a model knows.

    A model card is the README.md beside the model's files. The block of YAML at its top names the
    languages (https://huggingface.co/docs/hub/model-cards).

    Args:
        model: The model's name.
        folder: The folder of its files.

    Returns:
        The codes of the languages; None if the card is missing, names none, or says no more than
        "multilingual".
    """
    if model == DEFAULT_MODEL:
        return _DEFAULT_LANGUAGES
    card = folder / MODEL_CARD
    if not card.is_file():
        return None
    with needs_extra("build"):
        import yaml
        from huggingface_hub import metadata_load

    try:
        metadata: Any = metadata_load(card)
    except (yaml.YAMLError, ValueError, OSError):
        return None  # a card that cannot be read says nothing
    named = metadata.get("language") if isinstance(metadata, dict) else None
    labels = [named] if isinstance(named, str) else named if isinstance(named, list) else []
    # YAML reads the code of Norwegian, "no", as false.
    codes = {language_of("no" if label is False else str(label)) for label in labels}
    # "multilingual" beside codes adds nothing; alone it does not say which languages.
    return frozenset(code for code in codes if code) or None
