"""How rows get into a database in bulk, by each engine's own means: thousands of rows a statement."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy
from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql

from core.search.models import SearchToken
from seed.recipe import Document, Filled, Text, is_word, marked, template

Values = Mapping[str, Any]
KIBIBYTES, PAGES = 1_500_000, 50_000
TOKENS: Table = SearchToken.__table__  # type: ignore[assignment]


class Line(Protocol):
    """One row of a pattern, ready to be filled in."""

    def fill(self, values: Values) -> Any:
        """Return the row of a copy, as the engine takes it."""


class Engine(Protocol):
    """An engine's own means."""

    def hurry(self, engine: sqlalchemy.Engine) -> None:
        """Give up, for as long as this process fills, what would keep a commit through a power cut."""

    def use(self, connection: Connection) -> None:
        """Write through this connection from now on."""

    def line(self, cells: Mapping[str, Any]) -> Line:
        """Make a row ready."""

    def put(self, table: Table, rows: list[Any]) -> None:
        """Write rows that lines have filled."""

    def put_tokens(self, office_id: int, found: Mapping[str, list[int]]) -> None:
        """Write the words of the search: for each word the texts in which it stands, both in order."""


def engine_of(name: str) -> Engine:
    """Return the means of an engine."""
    return Postgres() if name == "postgresql" else Sqlite()


@dataclass
class _Cells:
    """A row as a list: what stays, and what is put where."""

    row: list[Any]
    filled: list[tuple[int, str]]
    texts: list[tuple[int, str]]

    def fill(self, values: Values) -> list[Any]:
        row = self.row.copy()
        for at, name in self.filled:
            row[at] = values[name]
        for at, text in self.texts:
            row[at] = text % values
        return row


class Sqlite:
    """SQLite takes lists; its cache must hold the ends of all indices, or each portion reads them anew."""

    driver: Any

    def hurry(self, engine: sqlalchemy.Engine) -> None:
        with closing(engine.raw_connection()) as raw:
            for pragma in ("synchronous=off", f"cache_size=-{KIBIBYTES}", f"wal_autocheckpoint={PAGES}"):
                raw.cursor().execute(f"pragma {pragma}")

    def use(self, connection: Connection) -> None:
        self.driver = connection.connection.driver_connection

    def line(self, cells: Mapping[str, Any]) -> Line:
        found = _Cells([], [], [])
        for at, cell in enumerate(cells.values()):
            found.row.append(None)
            if isinstance(cell, Filled):
                found.filled.append((at, f"{cell.name}.s" if cell.name.startswith("m.") else cell.name))
            elif isinstance(cell, Text):
                found.texts.append((at, template(cell.marked, "", is_word)))
            elif isinstance(cell, Document):
                found.texts.append((at, template(json.dumps(cell.marked), ".a", is_word)))
            else:
                found.row[at] = marked(cell)
        return found

    def put(self, table: Table, rows: list[Any]) -> None:
        columns = [one.name for one in table.columns]
        into = f"insert into {table.name} ({_named(columns)}) values ({', '.join('?' for _one in columns)})"
        self._many(into, rows)

    def put_tokens(self, office_id: int, found: Mapping[str, list[int]]) -> None:
        into = f"insert into {TOKENS.name} (office_id, token, text_id) values ({office_id}, ?, ?)"
        self._many(into, ((word, one) for word, ids in found.items() for one in ids))

    def _many(self, statement: str, rows: Iterable[Any]) -> None:
        self.driver.executemany(statement, rows)


@dataclass
class _Json:
    """A row as the text of a JSON object."""

    text: str

    def fill(self, values: Values) -> str:
        return self.text % values


class Postgres:
    """PostgreSQL takes one JSON text for many rows: COPY is not allowed behind row-level security."""

    connection: Connection

    def hurry(self, engine: sqlalchemy.Engine) -> None:
        pass

    def use(self, connection: Connection) -> None:
        connection.exec_driver_sql("set local synchronous_commit = off")
        self.connection = connection

    def line(self, cells: Mapping[str, Any]) -> Line:
        row = {name: marked(cell) for name, cell in cells.items() if cell is not None}
        return _Json(template(json.dumps(row), ".a", is_word))

    def put(self, table: Table, rows: list[Any]) -> None:
        dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
        typed = ", ".join(f'"{one.name}" {one.type.compile(dialect)}' for one in table.columns)
        names = _named(one.name for one in table.columns)
        into = f"insert into {table.name} ({names}) select {names} from json_to_recordset(%s::json) as of_it ({typed})"
        self._run(into, (f"[{','.join(rows)}]",))

    def put_tokens(self, office_id: int, found: Mapping[str, list[int]]) -> None:
        said = json.dumps(found, ensure_ascii=False)
        into = (
            f"insert into {TOKENS.name} (office_id, token, text_id) select %s, words.key, ids.value::int "
            "from json_each(%s::json) as words, json_array_elements_text(words.value) as ids"
        )
        self._run(into, (office_id, said))

    def _run(self, statement: str, values: tuple[Any, ...]) -> None:
        self.connection.exec_driver_sql(statement, values)


def _named(columns: Iterable[str]) -> str:
    return ", ".join(f'"{one}"' for one in columns)
