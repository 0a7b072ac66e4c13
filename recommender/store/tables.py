"""The tables of a store in a database, and the version of this schema."""

import sqlalchemy as sa

from recommender.errors import NewerFormat, StorageError

__all__ = ["ARTICLES", "FEATURES", "SCHEMA", "VECTORS", "VOCABULARY", "create_tables"]

# Raised when tables change; a store that a newer version of this package wrote is refused.
SCHEMA = 1

_metadata = sa.MetaData()
_meta = sa.Table(
    "meta",
    _metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
ARTICLES = sa.Table(
    "articles",
    _metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("record_hash", sa.LargeBinary, nullable=False),
    sa.Column("content_hash", sa.LargeBinary, nullable=False, index=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("published", sa.BigInteger),  # microseconds since 1970 in UTC
    sa.Column("url", sa.Text),
    sa.Column("source", sa.Text),
    sa.Column("section", sa.Text),
    sa.Column("language", sa.Text),
    sa.Column("author", sa.Text),
)
VECTORS = sa.Table(
    "vectors",
    _metadata,
    sa.Column("content_hash", sa.LargeBinary, primary_key=True),
    sa.Column("encoder", sa.Text, primary_key=True),
    sa.Column("vector", sa.LargeBinary, nullable=False),  # float32, little-endian
    sa.Column("words", sa.Integer, nullable=False),
    sa.Column("words_read", sa.Integer, nullable=False),
)
VOCABULARY = sa.Table(
    "vocabulary",
    _metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("token", sa.Text, nullable=False, unique=True),
)
FEATURES = sa.Table(
    "features",
    _metadata,
    sa.Column("content_hash", sa.LargeBinary, primary_key=True),
    # The column keeps the name that it has in stores that were written before.
    sa.Column("recipe", sa.Text, key="version", nullable=False),
    sa.Column("tokens", sa.LargeBinary, nullable=False),  # numbers of VOCABULARY, int32
    sa.Column("signature", sa.LargeBinary, nullable=False),
)


def create_tables(connection: sa.Connection, name: str) -> None:
    """Create missing tables, and check that this version can read the existing ones.

    Args:
        connection: A connection to the database.
        name: The name of the store in error messages.

    Raises:
        NewerFormat: A newer version of this package wrote the store.
        StorageError: The database is no store.
    """
    _metadata.create_all(connection)
    found = connection.scalar(sa.select(_meta.c.value).where(_meta.c.key == "schema"))
    if found is None:
        connection.execute(sa.insert(_meta), {"key": "schema", "value": str(SCHEMA)})
    elif not found.isdecimal():
        raise StorageError(f"{name} is no store: its schema is {found!r}")
    elif int(found) > SCHEMA:
        raise NewerFormat(
            f"{name} has schema {found}, this version reads up to {SCHEMA}; "
            "upgrade with: pip install --upgrade recommender"
        )
