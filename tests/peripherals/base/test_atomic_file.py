"""Files that are replaced as a whole."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from renode_wifi.peripherals.base.atomic_file import READER_LOOKS, is_draft, replace_file

ROOT = Path(__file__).resolve().parents[3]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("durable", [True, False])
def test_the_content_is_replaced_and_nothing_else_is_left(tmp_path: Path, durable: bool) -> None:
    path = tmp_path / "file"
    for content in (b"old", b"", b"new" * 100_000):
        replace_file(path, content, durable)
        assert path.read_bytes() == content
    assert names(tmp_path) == ["file"]


def test_a_new_file_has_the_permissions_of_any_other_and_an_old_one_keeps_its_own(
    tmp_path: Path,
) -> None:
    path, other = tmp_path / "file", tmp_path / "other"
    other.write_bytes(b"")
    replace_file(path, b"1")
    assert path.stat().st_mode == other.stat().st_mode
    path.chmod(0o600)
    replace_file(path, b"2")
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_link_is_replaced_and_what_it_leads_to_stays(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"kept")
    link.symlink_to(target)
    replace_file(link, b"new")
    assert target.read_bytes() == b"kept"
    assert not link.is_symlink()
    assert link.read_bytes() == b"new"


@pytest.mark.parametrize("at", ["write", "fsync", "replace"])
def test_a_disk_without_room_leaves_the_old_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    calls = []

    def fail(*arguments: object) -> int:
        calls.append(arguments)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, at, fail)
    with pytest.raises(OSError, match="No space"):
        replace_file(path, b"new")
    monkeypatch.undo()
    assert calls
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["file"]


def test_a_write_that_takes_part_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, data: write(file, bytes(data[:3])))
    replace_file(tmp_path / "file", b"0123456789")
    assert (tmp_path / "file").read_bytes() == b"0123456789"


KILLED = """
import os, signal, sys
from renode_wifi.peripherals.base.atomic_file import replace_file
at, path = sys.argv[1:]
call = getattr(os, at)
def kill(*arguments):
    if at == "write":
        call(arguments[0], bytes(arguments[1][:1]))
    os.kill(os.getpid(), signal.SIGKILL)
setattr(os, at, kill)
replace_file(path, b"new" * 1000)
"""


@pytest.mark.parametrize("at", ["write", "fsync", "replace"])
def test_a_kill_leaves_the_old_content(tmp_path: Path, at: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run([sys.executable, "-c", KILLED, at, str(path)], env=environment)
    assert done.returncode == -9
    assert path.read_bytes() == b"old"
    assert all(is_draft(name) for name in names(tmp_path) if name != "file")


def test_a_device_stays_a_device() -> None:
    replace_file("/dev/null", b"gone")
    assert Path("/dev/null").is_char_device()


def test_a_pipe_waits_for_its_reader_but_not_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    waits: list[float] = []
    readers: list[int] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == READER_LOOKS + 2:
            readers.append(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK))

    monkeypatch.setattr(time, "sleep", sleep)
    with pytest.raises(OSError, match="No such device"):
        replace_file(pipe, b"content")
    assert len(waits) == READER_LOOKS
    replace_file(pipe, b"content")
    assert os.read(readers[0], 100) == b"content"
    os.close(readers[0])


@pytest.mark.parametrize("link", [True, False])
def test_what_has_a_drafts_name_already_is_not_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, link: bool
) -> None:
    """Another user of a shared folder who guessed it, say."""
    monkeypatch.setattr(os, "urandom", bytes)
    path, other = tmp_path / "file", tmp_path / "other"
    path.write_bytes(b"old")
    other.write_bytes(b"other")
    draft = tmp_path / f".file.{'00' * 8}.part"
    if link:
        draft.symlink_to(other)
    else:
        os.link(other, draft)
    with pytest.raises(OSError, match="exists"):
        replace_file(path, b"new")
    assert (path.read_bytes(), other.read_bytes()) == (b"old", b"other")
