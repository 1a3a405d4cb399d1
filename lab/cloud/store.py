"""Objects of the account, kept in SQLite so that they outlive a restart of the lab."""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from lab.cloud.errors import ApiError

M = TypeVar("M", bound=BaseModel)

SCHEMA = "CREATE TABLE IF NOT EXISTS objects (kind TEXT, id TEXT, document TEXT, PRIMARY KEY (kind, id))"


class Store:
    """Documents by kind and id, in order of creation. Safe to use from any thread.

    admit: told the kind and the number of those that are there before one more is put; what it raises keeps it out.
    """

    def __init__(self, path: Path, admit: Callable[[str, int], None] = lambda kind, there: None) -> None:
        self._admit = admit
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._depth = 0
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        # A crash of the machine may lose the last change; a crash of the lab may not.
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.execute(SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, and nobody else in between; may be nested."""
        with self._lock:
            if self._depth == 0:
                # Immediate: to read first and want to write later fails at once if another process writes.
                self._database.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._database.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._database.execute("COMMIT")

    def put(self, kind: str, identity: str, document: dict[str, Any]) -> None:
        with self._lock:
            if self.get(kind, identity) is None:
                self._admit(kind, self._count(kind))
            self._database.execute(
                "INSERT INTO objects VALUES (?, ?, ?) "
                "ON CONFLICT (kind, id) DO UPDATE SET document = excluded.document",
                (kind, identity, json.dumps(document)),
            )

    def get(self, kind: str, identity: str) -> dict[str, Any] | None:
        with self._lock:
            row = self._database.execute(
                "SELECT document FROM objects WHERE kind = ? AND id = ?", (kind, identity)
            ).fetchone()
        return json.loads(row[0]) if row else None

    def _count(self, kind: str) -> int:
        (number,) = self._database.execute("SELECT count(*) FROM objects WHERE kind = ?", (kind,)).fetchone()
        return int(number)

    def all(self, kind: str) -> list[dict[str, Any]]:
        with self._lock:
            rows = self._database.execute(
                "SELECT document FROM objects WHERE kind = ? ORDER BY rowid", (kind,)
            ).fetchall()
        return [json.loads(document) for (document,) in rows]

    def remove(self, kind: str, identity: str) -> bool:
        """False if there was none."""
        with self._lock:
            done = self._database.execute("DELETE FROM objects WHERE kind = ? AND id = ?", (kind, identity))
        return done.rowcount > 0

    def identities(self) -> dict[str, list[str]]:
        """Ids of everything, by kind."""
        with self._lock:
            rows = self._database.execute("SELECT kind, id FROM objects ORDER BY kind, rowid").fetchall()
        found: dict[str, list[str]] = {}
        for kind, identity in rows:
            found.setdefault(kind, []).append(identity)
        return found

    def clear(self) -> None:
        with self._lock:
            self._database.execute("DELETE FROM objects")

    def close(self) -> None:
        with self._lock:
            self._database.close()


class Collection(Generic[M]):
    """The objects of one kind, as models.

    missing: error code of the real API for an id that does not exist.
    """

    def __init__(self, store: Store, kind: str, model: type[M], missing: str) -> None:
        self._store = store
        self._model = model
        self._missing = missing
        self.kind = kind

    def put(self, identity: str, item: M) -> M:
        self._store.put(self.kind, identity, item.model_dump(mode="json"))
        return item

    def find(self, identity: str) -> M | None:
        document = self._store.get(self.kind, identity)
        return None if document is None else self._model.model_validate(document)

    def get(self, identity: str) -> M:
        """Raises ApiError with status 404 if there is none."""
        item = self.find(identity)
        if item is None:
            raise ApiError(self._missing, f"{self.kind} {identity!r} does not exist in the emulated account", 404)
        return item

    def all(self) -> list[M]:
        return [self._model.model_validate(document) for document in self._store.all(self.kind)]

    def change(self, identity: str, **fields: object) -> M:
        """Set fields of an object that exists."""
        with self._store.transaction():
            document = self.get(identity).model_dump(mode="json")
            return self.put(identity, self._model.model_validate(document | fields))

    def remove(self, identity: str) -> None:
        """Fine if it is gone already."""
        self._store.remove(self.kind, identity)
