"""A project of TI's Image Creator (Uniflash) for the CC3220SF: the files that it would program.

A project is a folder with `NAME.json` and `NAME_userfiles.db`, an SQLite database whose table
`files` has names and contents. Its settings of the network processor are not read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from renode_wifi.emulation.image.content import Damaged

KIND = "project of Image Creator"
SUFFIX = "_userfiles.db"
MAX_SIZE = 64 << 20
"""Bytes of a database; the serial flash of a board has 4 MiB."""
MAX_STEPS = 1_000_000
"""Instructions of SQLite's machine for all files; a project takes some thousands."""


def database_of(folder: Path) -> Path | None:
    """The project's database; None where the folder is no project."""
    found = [
        path
        for path in sorted(folder.glob(f"*{SUFFIX}"))
        if path.with_name(path.name.removesuffix(SUFFIX) + ".json").is_file()
    ]
    return found[0] if len(found) == 1 else None


def _rows(connection: sqlite3.Connection) -> list[tuple[object, object]]:
    """A database can compute what it seems to hold, without end: not here. Raises sqlite3.Error."""
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_SIZE)
    connection.set_progress_handler(lambda: True, MAX_STEPS)
    rows: list[tuple[object, object]] = []
    size = 0
    for name, data in connection.execute("SELECT name, data FROM files"):
        size += len(data) if isinstance(data, bytes) else 0
        if size > MAX_SIZE:
            raise sqlite3.DataError("its files are bigger than the database")
        rows.append((name, data))
    return sorted(rows, key=lambda row: str(row[0]))


def read(database: Path) -> Mapping[str, bytes]:
    """Contents by the names of the files. Raises Damaged, and OSError."""
    if database.stat().st_size > MAX_SIZE:
        raise Damaged(f"{database.name} is bigger than any project's")
    address = f"{database.resolve().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as connection:
            rows = _rows(connection)
    except sqlite3.Error as error:
        raise Damaged(
            f"{database.name} is no database of files: {error}",
            cure="open and save the project with Image Creator",
        ) from error
    files = {}
    for name, data in rows:
        if not isinstance(name, str) or not isinstance(data, bytes):
            raise Damaged(f"{database.name} has a file without a name or without bytes")
        files[name] = data
    return files
