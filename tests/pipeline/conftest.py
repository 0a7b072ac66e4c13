"""What tests of the pipeline share: an empty newsroom, and one night for those of grouping."""

from pathlib import Path
from typing import Any

import pytest

from recommender.pipeline import nightly
from tests.pipeline.grouping import GroupingNight
from tests.pipeline.newsroom import Newsroom
from tests.planted import newsdesk, publish_articles


@pytest.fixture(scope="package")
def night(tmp_path_factory: pytest.TempPathFactory) -> GroupingNight:
    given: dict[str, tuple[Any, ...]] = {}
    folder = tmp_path_factory.mktemp("desk")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("build_groups", "describe_groups"):
            own = getattr(nightly, name)

            def spied(*args: Any, name: str = name, own: Any = own) -> Any:
                given[name] = args
                return own(*args)

            patch.setattr(nightly, name, spied)
        artifacts = publish_articles(folder, newsdesk())
    return GroupingNight(*given["build_groups"][:3], given["describe_groups"][4], artifacts)


@pytest.fixture
def newsroom(tmp_path: Path) -> Newsroom:
    return Newsroom(tmp_path)
