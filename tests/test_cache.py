from __future__ import annotations

import multiprocessing
import os
import sqlite3
import sys
from pathlib import Path

import pytest

from loglint import cache
from loglint.cache import Cache, digest, opened
from loglint.rulebook import load_rules, read_rules


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch) -> None:
    monkeypatch.setattr(cache, "MET", [])


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("LOGLINT_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def keep(**values: bytes) -> None:
    with opened() as kept:
        kept.put({key.encode(): value for key, value in values.items()})


def kept(*keys: str) -> list[bytes | None]:
    with opened() as store:
        return [store.get(key.encode()) for key in keys]


def test_what_was_kept_is_there_the_next_time(folder):
    keep(a=b"one", b=b"")
    assert kept("a", "b", "c") == [b"one", b"", None]
    keep(a=b"two")
    assert kept("a") == [b"two"]


def test_it_lies_in_the_platforms_folder_or_nowhere(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("HOME", "/home/somebody")
    monkeypatch.delenv("LOGLINT_CACHE_DIR")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert cache.folder() == Path("/home/somebody/.cache/loglint")
    monkeypatch.setenv("XDG_CACHE_HOME", "/scratch/cache")
    assert cache.folder() == Path("/scratch/cache/loglint")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache.folder() == Path("/home/somebody/.cache/loglint")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert cache.folder() == Path("/home/somebody/Library/Caches/loglint")
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", "C:/Users/somebody/AppData/Local")
    assert cache.folder() == Path("C:/Users/somebody/AppData/Local/loglint/cache")
    monkeypatch.setenv("LOGLINT_CACHE_DIR", "")
    assert cache.folder() is None
    assert kept("a") == [None]


@pytest.mark.parametrize("damage", [b"no database at all" * 400, b""], ids=["rubbish", "nothing"])
def test_a_damaged_file_is_begun_anew_and_that_is_said(folder, damage):
    keep(a=b"one")
    for beside in folder.iterdir():
        beside.unlink()
    (folder / cache.NAME).write_bytes(damage)
    with opened() as store:
        assert store.get(b"a") is None
        store.put({b"a": b"two"})
        assert any("damaged" in what for what in store.said) is bool(damage)
    assert kept("a") == [b"two"]


def test_a_file_that_is_damaged_inside_is_begun_anew(folder):
    keep(**{f"k{i}": os.urandom(2000) for i in range(200)})
    path = folder / cache.NAME
    raw = bytearray(path.read_bytes())
    raw[4096:] = os.urandom(len(raw) - 4096)
    path.write_bytes(raw)
    with opened() as store:
        found = [store.get(f"k{i}".encode()) for i in range(200)]
        store.put({b"a": b"one"})
        assert found == [None] * 200
        assert any("damaged" in what for what in store.said)
    keep(a=b"two")
    assert kept("a") == [b"two"]


def test_a_changed_value_is_none(folder):
    keep(a=b"0123456789" * 10)
    with sqlite3.connect(folder / cache.NAME) as database:
        (value,) = database.execute("SELECT value FROM kept").fetchone()
        database.execute("UPDATE kept SET value = ?", (value[:-1] + b"x",))
    assert kept("a") == [None]


def test_a_folder_that_cannot_be_used_is_said_and_changes_nothing(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("LOGLINT_CACHE_DIR", str(tmp_path / "file" / "below"))
    with opened() as store:
        store.put({b"a": b"one"})
        assert store.get(b"a") is None
        assert "cannot be used" in store.said[0]


def test_what_was_longest_not_asked_for_goes_when_there_is_too_much(folder, monkeypatch):
    with opened() as store:
        store.put({f"old{i}".encode(): os.urandom(20_000) for i in range(40)})
        store.database.execute("UPDATE kept SET used = 5")
        store.database.commit()
        store.put({f"new{i}".encode(): os.urandom(20_000) for i in range(10)})
        assert store.get(b"old7") is not None
        monkeypatch.setattr(cache, "MOST_BYTES", 600_000)
    monkeypatch.setattr(cache, "MOST_BYTES", 1 << 30)
    names = [*(f"old{i}" for i in range(40)), *(f"new{i}" for i in range(10))]
    left = dict(zip(names, kept(*names), strict=True))
    assert left["old7"] is not None
    assert all(left[f"new{i}"] is not None for i in range(10))
    assert sum(len(value) for value in left.values() if value is not None) <= 600_000


def _write(folder: str, name: str) -> None:
    os.environ["LOGLINT_CACHE_DIR"] = folder
    for i in range(40):
        with opened() as store:
            store.put({f"{name}{i}".encode(): name.encode() * 100})
            assert store.get(f"{name}{i}".encode()) == name.encode() * 100
            assert not store.said


def test_processes_use_it_at_once(folder):
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write, args=(str(folder), name)) for name in "xyz"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    assert kept(*(f"{name}{i}" for name in "xyz" for i in range(40))) == [name.encode() * 100 for name in "xyz" for _ in range(40)]


def test_a_key_stands_for_its_parts_and_for_the_code(monkeypatch):
    keys = [digest(b"a", b"b"), digest(b"ab"), digest(b"ab", b""), digest(b"b", b"a")]
    assert len(set(keys)) == 4
    monkeypatch.setattr(cache, "_code", lambda: b"another version")
    assert digest(b"a", b"b") != keys[0]


def test_rules_from_the_cache_are_those_of_the_files(folder, monkeypatch):
    from loglint import rulebook

    monkeypatch.setattr(rulebook, "_read_folders", rulebook._read_folders.__wrapped__)
    parsed = load_rules()
    monkeypatch.setattr(rulebook, "_parsed", lambda _: pytest.fail("the rules were read again"))
    assert list(map(repr, load_rules())) == list(map(repr, parsed))


def test_a_changed_rule_file_is_seen(folder, tmp_path, monkeypatch):
    from loglint import rulebook

    monkeypatch.setattr(rulebook, "_read_folders", rulebook._read_folders.__wrapped__)
    own = tmp_path / "rules"
    own.mkdir()
    name = "STA001-divergence.toml"
    text = (rulebook.find_rules() / name).read_text("utf-8")
    (own / name).write_text(text, "utf-8")
    assert read_rules([own])[0].severity == "error"
    (own / name).write_text(text.replace('severity = "error"', 'severity = "info"', 1), "utf-8")
    assert read_rules([own])[0].severity == "info"


def test_nothing_is_opened_where_there_is_no_cache():
    assert Cache().get(b"a") is None
    Cache().put({b"a": b"b"})
