"""The tables of a store in a database, and the version of this schema."""

import sqlalchemy as sa

from recommender.errors import NewerFormat, StorageError

__all__ = [
    "ARTICLES",
    "EDGES",
    "FEATURES",
    "PASSAGES",
    "SCHEMA",
    "VECTORS",
    "VOCABULARY",
    "create_tables",
]

# Raised when tables change. A store of an older schema is upgraded when it is opened; one that a
# newer version of this package wrote is refused.
SCHEMA = 2

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
    sa.Column("updated", sa.BigInteger),  # microseconds since 1970 in UTC; since schema 2
    # What is cut from the text as boilerplate, since schema 2. None means nothing.
    sa.Column("cuts", sa.LargeBinary),  # first and last place of each span, int32
    sa.Column("cut_words", sa.Integer),
    sa.Column("whole_hash", sa.LargeBinary),  # the content hash of the text with nothing cut
)
EDGES = sa.Table(
    "sentence_edges",
    _metadata,
    sa.Column("article_id", sa.Text, primary_key=True),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("hashes", sa.LargeBinary, nullable=False),  # uint32, little-endian
)
PASSAGES = sa.Table(
    "boilerplate",
    _metadata,
    sa.Column("publisher", sa.Text, primary_key=True),
    sa.Column("words", sa.Text, primary_key=True),
    sa.Column("example", sa.Text, nullable=False),
    sa.Column("articles", sa.Integer, nullable=False),
    sa.Column("learned", sa.Text, nullable=False),  # the day, ISO 8601
    sa.Column("kept", sa.Boolean, nullable=False),
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
    """Create missing tables and columns, and check that this version can read the existing ones.

    A store of an older schema is upgraded in place: what later schemas added is created empty, and
    nothing that is stored is touched. Every added column must therefore admit NULL.

    Args:
        connection: A connection to the database.
        name: The name of the store in error messages.

    Raises:
        NewerFormat: A newer version of this package wrote the store.
        StorageError: The database is no store.
    """
    _meta.create(connection, checkfirst=True)
    found = connection.scalar(sa.select(_meta.c.value).where(_meta.c.key == "schema"))
    if found is not None and not found.isdecimal():
        raise StorageError(f"{name} is no store: its schema is {found!r}")
    if found is not None and int(found) > SCHEMA:
        raise NewerFormat(
            f"{name} has schema {found}, this version reads up to {SCHEMA}; "
            "upgrade with: pip install --upgrade recommender"
        )
    _metadata.create_all(connection)
    if found is None:
        connection.execute(sa.insert(_meta), {"key": "schema", "value": str(SCHEMA)})
        return
    _add_missing_columns(connection)
    if int(found) < SCHEMA:
        statement = sa.update(_meta).where(_meta.c.key == "schema")
        connection.execute(statement, {"value": str(SCHEMA)})


def _add_missing_columns(connection: sa.Connection) -> None:
    """Add the columns that the store's tables lack, with NULL in every row."""
    inspector = sa.inspect(connection)
    preparer = connection.dialect.identifier_preparer
    for table in _metadata.sorted_tables:
        existing = {column["name"] for column in inspector.get_columns(table.name)}
        for column in table.columns:
            if column.name not in existing:
                kind = column.type.compile(connection.dialect)
                connection.execute(
                    sa.text(
                        f"ALTER TABLE {preparer.format_table(table)} "
                        f"ADD COLUMN {preparer.format_column(column)} {kind}"
                    )
                )
