"""Tables and statements, derived from how the records are declared.

Written in SQLAlchemy Core, compiled once per dialect, and run on the driver's own connection: Core's
`execute` would cost as much as the query itself.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple, get_type_hints

import sqlalchemy as sa
from sqlalchemy.schema import CreateIndex, CreateTable

from localyun.model import LAYOUTS, AuditEntry, Image, Record, Share
from localyun.store.dialects import addition, upsert

METADATA = sa.MetaData()

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
"""Text that sorts by its code points everywhere."""

_COLUMN_TYPES: dict[Any, Any] = {str: _TEXT, int: sa.BigInteger, bool: sa.Boolean}


def _type(kind: type[Record], name: str) -> Any:
    """Return the type of a column: that of a field, or of what a property returns."""
    field = getattr(kind, name)
    hints = (
        get_type_hints(field.fget)["return"] if isinstance(field, property) else get_type_hints(kind)[name]
    )
    return _COLUMN_TYPES[hints]


def _table(kind: type[Record]) -> sa.Table:
    layout = LAYOUTS[kind]
    return sa.Table(
        layout.table,
        METADATA,
        *(
            sa.Column(name, _type(kind, name), primary_key=name in layout.key, nullable=False)
            for name in layout.columns
        ),
        sa.Column("body", sa.LargeBinary, nullable=False),
        *(sa.Index("_".join(("by", layout.table, *index)), *index) for index in layout.indexes),
    )


TABLES: dict[type[Record], sa.Table] = {kind: _table(kind) for kind in LAYOUTS}

NONCES = sa.Table(
    "nonce",
    METADATA,
    sa.Column("access_key", _TEXT, primary_key=True),
    sa.Column("nonce", _TEXT, primary_key=True),
    sa.Column("expires_at", sa.BigInteger, nullable=False, index=True),
    sqlite_with_rowid=False,
)
TALLY = sa.Table(
    "tally",
    METADATA,
    sa.Column("counted", _TEXT, primary_key=True),
    sa.Column("slot", sa.Integer, primary_key=True),
    sa.Column("n", sa.BigInteger, nullable=False),
)
"""How many records have the same values in fields that are counted, all of which the text names.

A record is counted in a slot that its key decides: calls that count at once seldom meet in the same row.
"""
SLOTS = 32
RATES = sa.Table(
    "rate",
    METADATA,
    sa.Column("counted", _TEXT, primary_key=True),
    sa.Column("period", sa.BigInteger, nullable=False),
    sa.Column("n", sa.BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""How many calls there were of what is counted, in the last period in which there were any."""
SCHEMA = sa.Table("schema", METADATA, sa.Column("version", sa.Integer), sa.Column("layout", sa.Text))


class Statement(NamedTuple):
    """SQL text, and the names of its values in the order of its placeholders."""

    sql: str
    names: tuple[str, ...]

    def values(self, given: dict[str, Any]) -> Sequence[Any]:
        """Return the given values in the placeholders' order."""
        return [given[name] for name in self.names]


def _compiled(statement: Any, dialect: sa.Dialect) -> Statement:
    """Compile a Core statement to a dialect's text with positional placeholders."""
    text = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    return Statement(str(text), tuple(text.positiontup or ()))


@cache
def definition(table: sa.Table, dialect: sa.Dialect) -> list[str]:
    """The statements that create a table and its indexes, in this order, unless they exist."""
    return [
        str(CreateTable(table, if_not_exists=True).compile(dialect=dialect)),
        *(
            str(CreateIndex(i, if_not_exists=True).compile(dialect=dialect))
            for i in sorted(table.indexes, key=str)
        ),
    ]


@cache
def fingerprint() -> str:
    """A text that changes whenever a table of ours does."""
    return repr(
        [
            (
                table.name,
                [(column.name, str(column.type), column.primary_key) for column in table.columns],
                sorted([column.name for column in index.columns] for index in table.indexes),
                LAYOUTS[kind].counted,
            )
            for kind, table in TABLES.items()
        ]
        + [RATES.name]
    )


@cache
def select(
    dialect: sa.Dialect,
    kind: type[Record],
    equal: tuple[str, ...],
    order: str = "",
    descending: bool = False,
    paged: bool = False,
    above: str = "",
) -> Statement:
    """Select the bodies of the records whose named fields equal the values given.

    `above` names a field that has to be more than `above_`.
    """
    table, key = TABLES[kind], LAYOUTS[kind].key
    query = sa.select(table.c.body).where(*_equal(table, equal))
    if above:
        query = query.where(table.c[above] > sa.bindparam("above_"))
    if order or paged or not set(key) <= set(equal):
        sorting = [table.c[name] for name in dict.fromkeys((order, *key) if order else key)]
        query = query.order_by(*([column.desc() for column in sorting] if descending else sorting))
    if paged:
        query = query.limit(sa.bindparam("limit_")).offset(sa.bindparam("offset_"))
    return _compiled(query, dialect)


@cache
def count(dialect: sa.Dialect, kind: type[Record], equal: tuple[str, ...]) -> Statement:
    """Count the records whose named fields equal the values given."""
    table = TABLES[kind]
    query = sa.select(sa.func.count()).select_from(table).where(*_equal(table, equal))
    return _compiled(query, dialect)


@cache
def tallied(dialect: sa.Dialect) -> Statement:
    """Select how many were counted."""
    return _compiled(sa.select(sa.func.sum(TALLY.c.n)).where(*_equal(TALLY, ("counted",))), dialect)


@cache
def add_to_tally(dialect: sa.Dialect) -> Statement:
    """Count some more, or fewer."""
    return _compiled(addition(dialect, TALLY, ("counted", "slot"), "n"), dialect)


@cache
def count_call(dialect: sa.Dialect) -> str:
    """Count a call in a period, and return how many there were; the values are what is counted, and when.

    Clocks of several machines differ a little: the period that is just over counts as the one that began.
    """
    insert = "INSERT INTO rate (counted, period, n) VALUES (?, ?, 1)"
    if dialect.name == "postgresql":  # the commit isn't waited for at the disk
        off = "SELECT set_config('synchronous_commit', 'off', true)"
        values = "SELECT $1::text, $2::bigint, 1 FROM off"
        insert = f"WITH off AS ({off}) INSERT INTO rate (counted, period, n) {values}"
    same = "excluded.period BETWEEN rate.period - 1 AND rate.period"
    return (
        f"{insert} ON CONFLICT (counted) DO UPDATE SET "
        f"n = CASE WHEN {same} THEN rate.n + 1 ELSE 1 END, "
        f"period = CASE WHEN {same} THEN rate.period ELSE excluded.period END RETURNING n"
    )


@cache
def values_counted(dialect: sa.Dialect, kind: type[Record]) -> Statement:
    """Select those fields of the record with the key given by which it was counted."""
    table, layout = TABLES[kind], LAYOUTS[kind]
    columns = [table.c[name] for names in layout.counted for name in names]
    return _compiled(sa.select(*columns).where(*_equal(table, layout.key)), dialect)


@cache
def groups(dialect: sa.Dialect, kind: type[Record], counted: tuple[str, ...]) -> Statement:
    """Select how many records have the same values in some fields, for all values that there are."""
    columns = [TABLES[kind].c[name] for name in counted]
    return _compiled(sa.select(*columns, sa.func.count()).group_by(*columns), dialect)


@cache
def put(dialect: sa.Dialect, kind: type[Record]) -> Statement:
    """Insert a record, or put it in place of the one with the same key."""
    return _compiled(upsert(dialect, TABLES[kind], LAYOUTS[kind].key), dialect)


@cache
def delete(dialect: sa.Dialect, kind: type[Record]) -> Statement:
    """Delete the record with the key given."""
    table = TABLES[kind]
    return _compiled(sa.delete(table).where(*_equal(table, LAYOUTS[kind].key)), dialect)


@cache
def bodies(dialect: sa.Dialect, kind: type[Record]) -> Statement:
    """Select the bodies of all records of a kind."""
    return _compiled(sa.select(TABLES[kind].c.body), dialect)


@cache
def change_body(dialect: sa.Dialect, kind: type[Record]) -> Statement:
    """Change the body of a record, and nothing else; the names of its key's values end in `_`."""
    table = TABLES[kind]
    ours = [table.c[name] == sa.bindparam(f"{name}_") for name in LAYOUTS[kind].key]
    return _compiled(sa.update(table).where(*ours).values(body=sa.bindparam("body")), dialect)


@cache
def select_all(dialect: sa.Dialect, table: sa.Table) -> Statement:
    """Select every row of a table."""
    return _compiled(sa.select(table), dialect)


@cache
def delete_all(dialect: sa.Dialect, table: sa.Table) -> Statement:
    """Delete every row of a table."""
    return _compiled(sa.delete(table), dialect)


@cache
def insert(dialect: sa.Dialect, table: sa.Table) -> Statement:
    """Insert a row; that fails if there is one with the same key."""
    return _compiled(sa.insert(table), dialect)


@cache
def images_shared_with(dialect: sa.Dialect) -> Statement:
    """Select a region's images that are shared with an account, and the shares, last shared first."""
    image, share = TABLES[Image], TABLES[Share]
    query = (
        sa.select(image.c.body, share.c.body)
        .select_from(share.join(image, image.c.id == share.c.image))
        .where(*_equal(share, ("account", "region")))
        .order_by(share.c.since.desc(), share.c.image)
    )
    return _compiled(query, dialect)


@cache
def images_listed_for(dialect: sa.Dialect, *, after: bool = False) -> Statement:
    """Select a page of those that are listed, `after` a share that was `since_` of `image_`, or all.

    The page is found by the index alone: only its own images and shares are looked at.
    """
    image, share = TABLES[Image], TABLES[Share]
    page = (
        sa.select(share.c.image, share.c.account, share.c.since)
        .where(*_equal(share, ("account", "region")), share.c.listed == sa.true())
        .order_by(share.c.since.desc(), share.c.image)
        .limit(sa.bindparam("limit_"))
        .offset(sa.bindparam("offset_"))
    )
    if after:
        since, last = sa.bindparam("since_", type_=sa.BigInteger), sa.bindparam("image_", type_=_TEXT)
        page = page.where(share.c.since <= since, sa.or_(share.c.since < since, share.c.image > last))
    keys = page.subquery()
    query = (
        sa.select(image.c.body, share.c.body)
        .select_from(keys)
        .join(share, sa.and_(share.c.image == keys.c.image, share.c.account == keys.c.account))
        .join(image, image.c.id == keys.c.image)
        .order_by(keys.c.since.desc(), keys.c.image)
    )
    return _compiled(query, dialect)


@cache
def nonce(dialect: sa.Dialect) -> Statement:
    """Select a nonce of a key."""
    return _compiled(sa.select(NONCES.c.expires_at).where(*_equal(NONCES, ("access_key", "nonce"))), dialect)


@cache
def expired_nonces(dialect: sa.Dialect) -> Statement:
    """Delete the nonces that expired before an instant."""
    return _compiled(sa.delete(NONCES).where(NONCES.c.expires_at < sa.bindparam("instant")), dialect)


@cache
def outdated_entries(dialect: sa.Dialect) -> Statement:
    """Delete the entries of the audit trail from before an instant."""
    table = TABLES[AuditEntry]
    return _compiled(sa.delete(table).where(table.c.at < sa.bindparam("instant")), dialect)


def _equal(table: sa.Table, names: Iterable[str]) -> list[sa.ColumnElement[bool]]:
    return [table.c[name] == sa.bindparam(name, type_=table.c[name].type) for name in names]
