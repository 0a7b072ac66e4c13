"""Exit codes: one for every error of the package."""

from recommender import errors
from recommender.cli import main as cli


def test_every_error_has_an_exit_code_and_all_kinds_differ() -> None:
    def leaves(kind: type) -> list[type]:
        below = kind.__subclasses__()
        return [leaf for child in below for leaf in leaves(child)] or [kind]

    for leaf in leaves(errors.RecommenderError):
        codes = [code for kind, code in cli.EXIT_CODES.items() if issubclass(leaf, kind)]
        assert len(codes) == 1, leaf
        assert codes[0] > 1
        assert f"  {codes[0]}  " in cli.EXIT_HELP
