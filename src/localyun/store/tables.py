"""Tables and statements, derived from how the records are declared.

Written in SQLAlchemy Core, compiled once per dialect, and run on the driver's own connection: Core's
`execute` would cost as much as the query itself.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple, get_type_hints

import sqlalchemy as sa
from sqlalchemy.schema import CreateIndex, CreateTable

from localyun.model import LAYOUTS, Image, Record, Share

METADATA = sa.MetaData()

_COLUMN_TYPES: dict[Any, Any] = {str: sa.Text, int: sa.BigInteger, bool: sa.Boolean}


def _table(kind: type[Record]) -> sa.Table:
    layout, hints = LAYOUTS[kind], get_type_hints(kind)
    return sa.Table(
        layout.table,
        METADATA,
        *(
            sa.Column(name, _COLUMN_TYPES[hints[name]], primary_key=name in layout.key, nullable=False)
            for name in layout.columns
        ),
        sa.Column("body", sa.LargeBinary, nullable=False),
        *(sa.Index("_".join(("by", layout.table, *index)), *index) for index in layout.indexes),
    )


TABLES: dict[type[Record], sa.Table] = {kind: _table(kind) for kind in LAYOUTS}

NONCES = sa.Table(
    "nonce",
    METADATA,
    sa.Column("access_key", sa.Text, primary_key=True),
    sa.Column("nonce", sa.Text, primary_key=True),
    sa.Column("expires_at", sa.BigInteger, nullable=False, index=True),
)
SCHEMA = sa.Table("schema", METADATA, sa.Column("version", sa.Integer), sa.Column("layout", sa.Text))


class Statement(NamedTuple):
    """SQL text, and the names of its values in the order of its placeholders."""

    sql: str
    names: tuple[str, ...]

    def values(self, given: dict[str, Any]) -> Sequence[Any]:
        """Return the given values in the placeholders' order."""
        return [given[name] for name in self.names]


def compiled(statement: Any, dialect: sa.Dialect) -> Statement:
    """Compile a Core statement to a dialect's text with positional placeholders."""
    text = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    return Statement(str(text), tuple(text.positiontup or ()))


def definition(table: sa.Table, dialect: sa.Dialect) -> list[str]:
    """The statements that create a table and its indexes unless they exist."""
    return [
        str(CreateTable(table, if_not_exists=True).compile(dialect=dialect)),
        *(
            str(CreateIndex(i, if_not_exists=True).compile(dialect=dialect))
            for i in sorted(table.indexes, key=str)
        ),
    ]


def fingerprint() -> str:
    """A text that changes whenever a table of ours does."""
    return repr(
        [
            (t.name, [c.name for c in t.columns], sorted(i.name or "" for i in t.indexes))
            for t in TABLES.values()
        ]
    )


@cache
def select(
    kind: type[Record], equal: tuple[str, ...], order: str, descending: bool, paged: bool
) -> sa.Select[Any]:
    """Select the bodies of the records whose named fields equal the values given."""
    table = TABLES[kind]
    query = sa.select(table.c.body).where(*_equal(table, equal))
    sorting = [table.c[order].desc() if descending else table.c[order]] if order else []
    if order or paged or not set(LAYOUTS[kind].key) <= set(equal):
        query = query.order_by(*sorting, *(table.c[name] for name in LAYOUTS[kind].key if name != order))
    if paged:
        query = query.limit(sa.bindparam("limit_")).offset(sa.bindparam("offset_"))
    return query


@cache
def count(kind: type[Record], equal: tuple[str, ...]) -> sa.Select[Any]:
    """Count the records whose named fields equal the values given."""
    table = TABLES[kind]
    return sa.select(sa.func.count()).select_from(table).where(*_equal(table, equal))


def delete(kind: type[Record]) -> sa.Delete:
    """Delete the record with the key given."""
    table = TABLES[kind]
    return sa.delete(table).where(*_equal(table, LAYOUTS[kind].key))


def images_shared_with() -> sa.Select[Any]:
    """Select a region's images that are shared with an account, and the shares, last shared first."""
    image, share = TABLES[Image], TABLES[Share]
    return (
        sa.select(image.c.body, share.c.body)
        .select_from(share.join(image, image.c.id == share.c.image))
        .where(share.c.account == sa.bindparam("account"), share.c.region == sa.bindparam("region"))
        .order_by(share.c.since.desc(), share.c.image)
    )


def nonce_spent() -> sa.Select[Any]:
    """Select a nonce of a key."""
    return sa.select(NONCES.c.expires_at).where(*_equal(NONCES, ("access_key", "nonce")))


def expired_nonces() -> sa.Delete:
    """Delete the nonces that expired before an instant."""
    return sa.delete(NONCES).where(NONCES.c.expires_at < sa.bindparam("instant"))


def _equal(table: sa.Table, names: Sequence[str]) -> list[sa.ColumnElement[bool]]:
    return [table.c[name] == sa.bindparam(name, type_=table.c[name].type) for name in names]
