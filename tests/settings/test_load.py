"""Settings: where each value may come from, which one wins, and what is refused."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from recommender.errors import SettingsError
from recommender.settings.load import load_settings
from recommender.settings.sections import Settings


def load(*overrides: str, file: Path | None = None, **environment: str) -> Settings:
    return load_settings(file, environment, overrides)


def toml(tmp_path: Path, content: str) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text(content, encoding="utf-8")
    return path


def test_defaults_are_valid_and_equal() -> None:
    assert load() == Settings()
    assert load().input.max_rejects == 0.05


# Every setting with another value than its default.
CHANGED = {
    "input": {
        "fields": {"text": "body"},
        "headlines": True,
        "max_rejects": 0.5,
        "max_characters": 7,
        "encoding": "cp1252",
        "markup": "keep",
        "strict": True,
        "complete": ("Gazette",),
    },
    "boilerplate": {"cut": False, "keep": ("in our series",)},
    "embedding": {
        "model": "m",
        "revision": "r",
        "max_tokens": 9,
        "precision": "float32",
    },
    "duplicates": {"near": False, "source_order": ("Herald", "Gazette")},
    "neighbours": {"candidates": 40, "k": 12},
    "related": {"closeness": 0.3, "diversity": 0.4, "fill": 3, "floor": 0.1},
    "rules": {
        "pinned": (("a", "b"),),
        "apart": (("a", "c"), ("d", "e")),
        "excluded_sections": ("Stars",),
        "embargo": {"a": datetime(2026, 3, 1, 9, 0, tzinfo=UTC)},
        "labels": {"t-1": "Ports"},
    },
    "topics": {
        "resolution": 2.5,
        "count": 7,
        "seed": 3,
        "keywords": 4,
        "unassigned": 0.25,
    },
    "gates": {
        "articles_lost": 0.1,
        "empty_related": 0.2,
        "largest_topic": 0.3,
        "topics_changed": 0.4,
        "ids_lost": 0.6,
        "own_source": 0.7,
        "least_articles": 5,
    },
    "publish": {"keep": 5},
    "run": {"threads": 6},
    "store": {"url": "sqlite:///elsewhere.sqlite"},
}


def test_every_setting_can_be_set_in_a_file(tmp_path: Path) -> None:
    def literal(value: object) -> str:
        if isinstance(value, dict):
            inside = ", ".join(f"{k} = {literal(v)}" for k, v in value.items())
            return f"{{{inside}}}"
        if isinstance(value, tuple):
            return f"[{', '.join(map(literal, value))}]"
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, datetime):
            return value.isoformat()
        return f'"{value}"' if isinstance(value, str) else str(value)

    lines = []
    for section, values in CHANGED.items():
        lines += [f"[{section}]", *(f"{k} = {literal(v)}" for k, v in values.items())]
    settings = load(file=toml(tmp_path, "\n".join(lines)))
    rules = CHANGED["rules"] | {"embargo": {"a": "2026-03-01T09:00:00Z"}}  # as in JSON
    assert settings.to_dict() == CHANGED | {"rules": rules}
    assert settings.without_store() == {
        name: values for name, values in settings.to_dict().items() if name != "store"
    }
    default = Settings().to_dict()
    for section, values in CHANGED.items():
        assert default[section].keys() == values.keys()


def test_flags_win_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    file = toml(tmp_path, "[publish]\nkeep = 7\n[topics]\nseed = 7\nkeywords = 7")
    settings = load(
        "publish.keep=9",
        file=file,
        RECOMMENDER_PUBLISH__KEEP="8",
        RECOMMENDER_TOPICS__SEED="8",
    )
    assert (settings.publish.keep, settings.topics.seed, settings.topics.keywords) == (9, 8, 7)


def test_the_last_of_two_flags_wins() -> None:
    assert load("publish.keep=2", "publish.keep=4").publish.keep == 4


@pytest.mark.parametrize(
    "written", ["some-folder", '"some-folder"', " 'some-folder' ", "some-folder # comment"]
)
def test_a_string_may_be_written_bare_or_quoted(written: str) -> None:
    expected = written if "#" in written else "some-folder"
    assert load(f"embedding.model={written}").embedding.model == expected


def test_a_value_may_hold_an_equals_sign() -> None:
    assert load("embedding.model=a=b").embedding.model == "a=b"


def test_a_table_may_come_from_a_flag_or_a_variable() -> None:
    assert load('input.fields={text = "body"}').input.fields == {"text": "body"}
    found = load(RECOMMENDER_INPUT__FIELDS='{id = "guid"}').input.fields
    assert found == {"id": "guid"}


def test_other_variables_are_not_ours() -> None:
    assert load(RECOMMENDER="1", RECOMMENDER_HOME="/x", PUBLISH__KEEP="9") == Settings()


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("publish.keeep=3", r"--set publish\.keeep=3: key 'keeep' is unknown; did you mean 'keep'"),
        ("publsh.keep=3", "section 'publsh' is unknown; did you mean 'publish'"),
        ("zzz.keep=3", "section 'zzz' is unknown; known are input, boilerplate"),
        ("input.fields.text=body", "key 'fields.text' is unknown"),
        ("publish.keep", "expected section.key=value"),
        ("keep=3", "expected section.key=value"),
        ("", "expected section.key=value"),
        ('publish.keep="3"', r"Expected `int`, got `str` - at `publish\.keep`"),
        ("publish.keep=true", r"Expected `int`, got `bool` - at `publish\.keep`"),
        ("publish.keep=2.5", r"Expected `int`, got `float` - at `publish\.keep`"),
        ("publish.keep=0", r"Expected `int` >= 1 - at `publish\.keep`"),
        ("run.threads=-1", r"`run\.threads`"),
        ("input.max_rejects=1.01", r"`input\.max_rejects`"),
        ("input.max_rejects=-0.1", r"`input\.max_rejects`"),
        ("input.max_rejects=nan", r"`input\.max_rejects`"),
        ("input.max_characters=0", r"`input\.max_characters`"),
        ("topics.resolution=0", r"`topics\.resolution`"),
        ("topics.resolution=nan", r"`topics\.resolution`"),
        ("topics.resolution=inf", r"`topics\.resolution`"),
        ("embedding.precision=int8", r"int8.*`embedding\.precision`"),
        ("embedding.max_tokens=0", r"`embedding\.max_tokens`"),
        ("input.fields={text = 3}", r"Expected `str`, got `int` - at `input\.fields"),
        ('input.fields={texts = "x"}', "field 'texts' is unknown; did you mean 'text'"),
        ("neighbours.k=51", r"neighbours\.k = 51 is more than neighbours\.candidates = 50"),
        ("neighbours.candidates=9", r"neighbours\.k = 30 is more than neighbours\.candidates = 9"),
        (
            "related.length=10",
            "key 'length' is unknown; known are closeness, diversity, fill, floor",
        ),
        ("related.floor=2", r"`related\.floor`"),
        ("related.floor=nan", r"`related\.floor`"),
        ("related.diversity=-0.1", r"`related\.diversity`"),
        ("duplicates.near=1", r"Expected `bool`, got `int` - at `duplicates\.near`"),
        ("duplicates.source_order=Gazette", r"`array`, got `str` - at `duplicates\.source_order`"),
        ("rules.pinned=['a', 'b']", r"at `rules\.pinned\[0\]`"),
        ("rules.pinned=[['a']]", r"`rules\.pinned\[0\]`"),
        ("rules.apart=[['a', 'b', 'c']]", r"length 2, got 3 - at `rules\.apart\[0\]`"),
        ("rules.excluded_sections=[1]", r"`str`, got `int` - at `rules\.excluded_sections"),
        ("rules.labels={t-1 = ''}", r"length >= 1 - at `rules\.labels\[\.\.\.\]`"),
        ("rules.embargo={a = 'soon'}", r"`rules\.embargo"),
        ("rules.embargo={a = 2026-04-01}", r"got `date` - at `rules\.embargo"),
        ("rules.embargo={a = 2026-03-01T09:00:00}", r"rules\.embargo: the time of 'a'.* time zone"),
    ],
)
def test_a_bad_flag_is_refused_by_name(override: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        load(override)


def test_a_bad_variable_is_refused_by_name() -> None:
    with pytest.raises(SettingsError, match="variable RECOMMENDER_PUBLISH__KEEPP: key 'keepp'"):
        load(RECOMMENDER_PUBLISH__KEEPP="3")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[publish]\nkeeep = 3", r"settings\.toml: \[publish\] key 'keeep' is unknown"),
        ("[publsh]\nkeep = 3", r"settings\.toml: section 'publsh' is unknown"),
        ("publish = 3", r"settings\.toml: publish should be a section"),
        ("[publish\nkeep = 3", r"settings\.toml: is not TOML: .*line 1"),
        ("[publish]\nkeep = 0", r"`publish\.keep`"),
    ],
)
def test_a_bad_file_is_refused_with_the_place(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        load(file=toml(tmp_path, content))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no\.toml: cannot be read: No such file"):
        load(file=tmp_path / "no.toml")


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_bytes(b"\xff\xfe[\0")
    with pytest.raises(SettingsError, match="is not TOML"):
        load(file=tmp_path / "settings.toml")


@pytest.mark.parametrize(
    "override",
    ["neighbours.k=31", "neighbours.candidates=51", "related.floor=0.9", "related.diversity=0.9",
     "related.closeness=0.9",
     "duplicates.near=false", "duplicates.source_order=['Wire']", "rules.pinned=[['a', 'b']]",
     "rules.apart=[['a', 'b']]", "rules.excluded_sections=['quizzes']",
     "rules.embargo={a = 2026-04-01T00:00:00Z}", "rules.labels={t-1 = 'Ports'}",
     "topics.resolution=0.6", "topics.seed=1",
     "topics.keywords=9"],
)  # fmt: skip
def test_the_fingerprint_changes_with_what_shapes_a_snapshot(override: str) -> None:
    assert load(override).fingerprint() != load().fingerprint()


@pytest.mark.parametrize(
    "override", ["run.threads=2", "publish.keep=9", "input.max_rejects=0.5", "topics.seed=0"]
)
def test_the_fingerprint_ignores_what_does_not(override: str) -> None:
    assert load(override).fingerprint() == load().fingerprint()


@pytest.mark.parametrize("name", ["utf-9", "base64", ""])
def test_an_encoding_must_be_one_of_text(name: str) -> None:
    with pytest.raises(SettingsError, match=r"input\.encoding: .* is no encoding of text"):
        load(f'input.encoding="{name}"')


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    assert load(file=toml(tmp_path, "\ufeff[publish]\r\nkeep = 7\r\n")).publish.keep == 7
