"""The cache on disk: bytes under keys that stand for everything they were made from. What is in it can always be made again.

One SQLite file in the platform's cache folder, in write-ahead mode, so that several processes may use it at once. A file that is
damaged is begun anew; where none can be kept (no home, a full disk) there is none, and nothing else changes. What goes in and what
the keys are made of is the business of `loglint.rulebook` and `loglint.known`.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from loglint import __version__

if TYPE_CHECKING:
    import sqlite3

T = TypeVar("T")
FOLDER = "LOGLINT_CACHE_DIR"  # where it lies; empty: there is none
NAME = "cache-2.sqlite"
MOST_BYTES = 1 << 30  # beyond this what was longest not asked for goes, down to three quarters
PATIENCE = 5.0  # seconds to wait for another process that is writing
CHECKED = 8  # bytes of a value's checksum, in front of it
FRESH = 86_400  # seconds within which being asked for again is not written down
MOST_ASKED = 5000  # that are not written down yet
ASKED = 500  # keys that one statement asks for
PAGE = 16_384  # bytes: several values to a page, and none spread over several
TABLE = "CREATE TABLE IF NOT EXISTS kept (key BLOB PRIMARY KEY, value BLOB NOT NULL, used INTEGER NOT NULL)"


MET: list[str] = []  # what was said of the cache in this process, each time it was open


def folder() -> Path | None:
    """The cache's folder: `LOGLINT_CACHE_DIR`, else loglint's in the platform's cache folder; None where there is to be none."""
    said = os.environ.get(FOLDER)
    if said is not None:
        return Path(said) if said else None
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
        return Path(base) / "loglint" / "cache" if base else None
    if sys.platform == "darwin":
        return _home("Library/Caches/loglint")
    base = os.environ.get("XDG_CACHE_HOME")
    return Path(base) / "loglint" if base and os.path.isabs(base) else _home(".cache/loglint")


def _home(below: str) -> Path | None:
    try:
        return Path.home() / below
    except RuntimeError:
        return None


class Cache(msgspec.Struct, eq=False):
    """The open cache, or none. Nothing here raises: what cannot be read is not there, what cannot be written is not kept.

    `said` is what there is to say of it: why there is none, that a damaged one is begun anew.
    """

    path: Path | None = None
    database: sqlite3.Connection | None = None
    said: list[str] = msgspec.field(default_factory=list)
    asked: set[bytes] = msgspec.field(default_factory=set)

    def get(self, key: bytes) -> bytes | None:
        """What is kept under a key."""
        return self.several((key,)).get(key)

    def several(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """What is kept under these keys, by key."""
        found: dict[bytes, bytes] = {}
        old = time.time() - FRESH
        for key, value, used in self._rows("key, value, used", keys):
            if _checksum(value[CHECKED:]) != value[:CHECKED]:
                continue
            if used < old:
                self.asked.add(key)
            found[key] = value[CHECKED:]
        if len(self.asked) > MOST_ASKED:
            self._touch()
        return found

    def held(self, keys: Sequence[bytes]) -> set[bytes]:
        """Those of the keys under which something is kept."""
        return {key for (key,) in self._rows("key", keys)}

    def _rows(self, what: str, keys: Sequence[bytes]) -> Iterator[tuple[Any, ...]]:
        for first in range(0, len(keys), ASKED):
            some = tuple(keys[first : first + ASKED])
            places = ", ".join("?" * len(some))
            yield from self._run(f"SELECT {what} FROM kept WHERE key IN ({places})", [some])  # noqa: S608  # both are our own

    def put(self, values: Mapping[bytes, bytes]) -> None:
        """Keep these values under their keys."""
        now = int(time.time())
        self._run("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", [(k, _checksum(v) + v, now) for k, v in values.items()])

    def close(self) -> None:
        """Write down what was asked for, let go of what is too much, and close."""
        self._touch()
        while self.database is not None and self._bytes() > MOST_BYTES:
            self._run(
                "DELETE FROM kept WHERE key IN (SELECT key FROM kept ORDER BY used LIMIT (SELECT 1 + count(*) / 4 FROM kept))", [()]
            )
        if self.database is not None:
            self.database.close()
            self.database = None

    def _touch(self) -> None:
        """Write down that these were asked for."""
        now = int(time.time())
        self._run("UPDATE kept SET used = ? WHERE key = ?", [(now, key) for key in self.asked])
        self.asked.clear()

    def _bytes(self) -> int:
        pages, free, size = (self._run(f"PRAGMA {what}", [()])[0][0] for what in ("page_count", "freelist_count", "page_size"))
        return int((pages - free) * size)

    def _run(self, statement: str, rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """One statement for each row in one transaction, and what the last gave; a file that turns out damaged is removed."""
        import sqlite3

        if self.database is None or not rows:
            return []
        try:
            if statement.startswith(("SELECT", "PRAGMA")):
                return self.database.execute(statement, rows[-1]).fetchall()
            with self.database:
                self.database.executemany(statement, rows)
        except sqlite3.OperationalError as error:
            self.said.append(f"the cache {self.path} cannot be used: {error}")
        except sqlite3.DatabaseError as error:
            self.said.append(f"the cache {self.path} was damaged ({error}) and is begun anew")
            self.database.close()
            self.database = None
            if self.path is not None:
                _remove(self.path)
        return []


@contextmanager
def opened() -> Iterator[Cache]:
    """The cache, for the work inside the `with` block."""
    place = folder()
    cache = Cache() if place is None else _open(place / NAME)
    try:
        yield cache
    finally:
        cache.close()
        MET.extend(cache.said)


def _open(path: Path) -> Cache:
    import sqlite3

    said: list[str] = []
    for _ in range(2):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            return Cache(path, _connected(path), said)
        except sqlite3.OperationalError as error:
            return Cache(path, said=[*said, f"the cache {path} cannot be used: {error}"])
        except OSError as error:
            return Cache(path, said=[*said, f"the cache {path} cannot be used: {error.strerror}"])
        except sqlite3.DatabaseError as error:
            said.append(f"the cache {path} was damaged ({error}) and is begun anew")
            _remove(path)
    return Cache(path, said=said)


def _connected(path: Path) -> sqlite3.Connection:
    import sqlite3

    database = sqlite3.connect(path, timeout=PATIENCE)
    try:
        database.execute(f"PRAGMA page_size = {PAGE}")
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        with database:
            database.execute(TABLE)
    except BaseException:
        database.close()
        raise
    return database


def _remove(path: Path) -> None:
    for name in (path.name, path.name + "-wal", path.name + "-shm"):
        with suppress(OSError):
            path.with_name(name).unlink(missing_ok=True)


def _checksum(value: bytes) -> bytes:
    return hashlib.blake2b(value, digest_size=CHECKED).digest()


def digest(*parts: bytes) -> bytes:
    """A key for values that are made from these parts and nothing else but loglint's own code."""
    made = hashlib.blake2b(_code(), digest_size=20)
    for part in parts:
        made.update(len(part).to_bytes(8, "little") + part)
    return made.digest()


def made(kind: type[T], texts: Sequence[bytes], make: Callable[[], T]) -> T:
    """What `make` makes of these texts: read from the cache where that has been done before, else kept there.

    `kind` is anything that msgspec can put into bytes and take out of them again; what cannot be kept is made each time.
    """
    key = digest(repr(kind).encode(), *texts)
    with opened() as kept:
        if (known := kept.get(key)) is not None:
            with suppress(msgspec.DecodeError):
                return msgspec.msgpack.decode(known, type=kind)
        value = make()
        with suppress(TypeError, ValueError):
            kept.put({key: msgspec.msgpack.encode(value)})
    return value


@cache
def _code() -> bytes:
    """What stands for loglint's own code: its version, and its files' names, sizes and times of change."""
    files = sorted((file.path, file.stat()) for file in _modules(os.path.dirname(__file__)))
    return repr([__version__, [(name, status.st_size, status.st_mtime_ns) for name, status in files]]).encode()


def _modules(folder: str) -> Iterator[os.DirEntry[str]]:
    for entry in os.scandir(folder):
        if entry.name.endswith(".py"):
            yield entry
        elif "." not in entry.name and entry.name != "__pycache__" and entry.is_dir():
            yield from _modules(entry.path)
