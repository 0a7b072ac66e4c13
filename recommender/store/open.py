"""Open a store by its URL: the only file that knows which kinds of stores there are."""

import os
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

from recommender.errors import SettingsError
from recommender.store.base import Store
from recommender.store.sqlite import open_sqlite

__all__ = ["open_store", "sqlite_url"]

_SQLITE = "sqlite:///"


def open_store(url: str) -> Store:
    """Open the store that a URL names, and create it if it is missing.

    To add a kind of store, write a class that follows `Store` and choose it here by its scheme.

    Args:
        url: "sqlite:///" and a path, relative ("sqlite:///news/store.sqlite") or absolute
            ("sqlite:////var/news/store.sqlite"). Special characters are escaped as %XX.

    Returns:
        The store, to be closed by the caller.

    Raises:
        SettingsError: There is no kind of store for such a URL.
        NewerFormat: A newer version of this package wrote the store.
        StorageError: The store is damaged, or cannot be written.
    """
    if url.startswith(_SQLITE):
        return open_sqlite(Path(os.fsdecode(unquote_to_bytes(url.removeprefix(_SQLITE)))))
    raise SettingsError(
        # The rest of the URL may hold a password.
        f"store.url: unknown kind of store {url.partition('://')[0]!r}; expected sqlite:///PATH, "
        "for example sqlite:///artifacts/store.sqlite"
    )


def sqlite_url(path: Path) -> str:
    """The URL of the store in a SQLite file.

    Args:
        path: The file.

    Returns:
        The URL, as `open_store` takes it.

    Example:
        >>> sqlite_url(Path("/var/100 %/store.sqlite"))
        'sqlite:////var/100%20%25/store.sqlite'
    """
    return _SQLITE + quote(os.fsencode(path))
