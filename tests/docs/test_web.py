"""The programs of the page on web frameworks, asked by each framework's own test client."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from recommender import Recommender
from recommender.types.article import Card
from recommender.types.related import Related
from tests.docs.pages import section
from tests.json_shapes import check_json

Ask = Callable[[str], tuple[int, Any]]
NEEDED = {"FastAPI": ("fastapi", "httpx"), "Flask": ("flask",), "Django": ("django",)}


def program(framework: str) -> dict[str, Any]:
    """The names of the page's program, which opens the artifacts of the current folder."""
    for package in NEEDED[framework]:
        pytest.importorskip(package)
    (block,) = section("docs/howto/web.md", framework).blocks
    names: dict[str, Any] = {"__name__": "news"}
    exec(compile(block.content, framework, "exec"), names)  # noqa: S102 - our own page
    return names


def fastapi_client(names: dict[str, Any]) -> Ask:
    from fastapi.testclient import TestClient

    client = TestClient(names["app"])

    def ask(url: str) -> tuple[int, Any]:
        response = client.get(url)
        return response.status_code, response.json()

    return ask


def flask_client(names: dict[str, Any]) -> Ask:
    client = names["app"].test_client()

    def ask(url: str) -> tuple[int, Any]:
        response = client.get(url)
        return response.status_code, response.json

    return ask


def django_client(names: dict[str, Any]) -> Ask:
    import django
    from django.conf import settings
    from django.test import Client

    urls = ModuleType("urls")
    vars(urls).update(names)
    if not settings.configured:
        settings.configure(ALLOWED_HOSTS=["testserver"], SECRET_KEY="x")  # noqa: S106 - a test's
        django.setup()
    settings.ROOT_URLCONF = urls
    client = Client()

    def ask(url: str) -> tuple[int, Any]:
        response = client.get(url)
        is_json = response.headers["Content-Type"] == "application/json"
        return response.status_code, json.loads(response.content) if is_json else None

    return ask


CLIENTS = {"FastAPI": fastapi_client, "Flask": flask_client, "Django": django_client}


@pytest.mark.parametrize("framework", CLIENTS)
def test_answers_arrive_as_the_documented_objects(framework: str, newsroom: Path) -> None:
    ask = CLIENTS[framework](program(framework))
    rec = Recommender.open("artifacts")
    code, answer = ask("/articles/na-1/related")
    assert code == 200
    check_json(answer, "answer")
    assert answer == rec.related("na-1", 5).to_dict()
    assert ask("/articles/na-0/related")[0] == 404
    rec.remove("na-1")
    assert ask("/articles/na-1/related")[0] == 410
    rec.remove("2026/11/1", missing_ok=True)  # an id with slashes reaches the view
    assert ask("/articles/2026/11/1/related")[0] == 410


def test_the_other_views_of_the_page_answer(newsroom: Path) -> None:
    rec = Recommender.open("artifacts")
    ask = fastapi_client(program("FastAPI"))
    topic = rec.topics()[0].id
    code, page = ask(f"/topics/{topic}?k=3")
    assert (code, page) == (200, rec.topic_page(topic, 3).to_dict())
    check_json(page, "topic_page")
    assert ask("/topics/t-none")[0] == 404
    assert ask("/articles/na-1/related?k=0")[0] == 422
    check_json(ask("/health")[1], "health")
    ask = flask_client(program("Flask"))
    code, found = ask("/search?q=orchard+report")
    assert (code, len(found)) == (200, 10)
    assert ask("/articles/na-1/related?k=-3")[0] == 200
    code, stories = django_client(program("Django"))("/stories")
    assert code == 200
    check_json(stories, "stories")


def test_fastapi_writes_values_that_a_view_returns_as_they_are(newsroom: Path) -> None:
    pytest.importorskip("httpx")
    fastapi = pytest.importorskip("fastapi")
    rec, app = Recommender.open("artifacts"), fastapi.FastAPI()

    @app.get("/plain")
    def plain():  # type: ignore[no-untyped-def]
        return rec.related("na-1", 3)

    @app.get("/typed")
    def typed() -> list[Related]:
        return rec.related("na-1", 3)

    @app.get("/card")
    def card() -> Card:
        return rec.article("na-1")

    ask = fastapi_client({"app": app})
    expected = json.loads(json.dumps([asdict(hit) for hit in rec.related("na-1", 3)], default=str))
    for url in ("/plain", "/typed"):
        code, hits = ask(url)
        assert code == 200
        assert [hit["id"] for hit in hits] == [hit["id"] for hit in expected]
        assert {*hits[0]} == {*expected[0]}
        assert hits[0]["reasons"]["names"] == expected[0]["reasons"]["names"]
    assert ask("/card")[1]["title"] == rec.article("na-1").title
