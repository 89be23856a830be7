"""Nothing is left of a Renode whose owner can't tidy up any more."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

import renode_wifi
from renode_wifi.emulation.engines.renode import guard, process

OWNER = """
import os, time
from renode_wifi.emulation.engines.renode.process import Guard
kept = Guard(os.getpid())
print("ready", flush=True)
time.sleep(100)
"""


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_renode_that_goes_on_is_ended(monkeypatch: pytest.MonkeyPatch, temporary: Path) -> None:
    monkeypatch.setattr(guard, "MAX_WAIT", 0.1)
    with subprocess.Popen(["sleep", "100"]) as renode:
        (temporary / f"renode-{renode.pid}" / "files").mkdir(parents=True)
        assert guard.runs(renode.pid)
        guard.tidy(renode.pid, os.getpid())
        assert renode.wait(10) != 0
    assert list(temporary.iterdir()) == []


def test_a_renode_that_ends_is_waited_for(temporary: Path) -> None:
    with subprocess.Popen(["sleep", "0.2"]) as renode:
        (temporary / f"renode-{renode.pid}").mkdir()
        (temporary / f"clr-debug-pipe-{renode.pid}-123-in").touch()
        (temporary / f"dotnet-diagnostic-{renode.pid}-123-socket").touch()
        other = temporary / f"clr-debug-pipe-{renode.pid}0-123-in"
        other.touch()
        guard.tidy(renode.pid, os.getpid())
        assert renode.wait(10) == 0
    assert list(temporary.iterdir()) == [other]


def test_the_end_of_the_owner_is_noticed_however_it_came_about(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "TMPDIR": str(tmp_path),
        "PYTHONPATH": str(Path(renode_wifi.__file__).resolve().parent.parent),
    }
    with subprocess.Popen(
        [sys.executable, "-c", OWNER], stdout=subprocess.PIPE, env=environment
    ) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == b"ready\n"
        (tmp_path / f"renode-{owner.pid}").mkdir()
        owner.kill()
    deadline = time.monotonic() + 60
    while list(tmp_path.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert list(tmp_path.iterdir()) == []


def test_without_a_guard_its_owner_tidies_up(
    monkeypatch: pytest.MonkeyPatch, temporary: Path
) -> None:
    monkeypatch.setattr(process.os, "name", "nt")
    kept = process.Guard(99999999)
    monkeypatch.undo()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    (temporary / "renode-99999999").mkdir()
    kept.close()
    assert list(temporary.iterdir()) == []


def test_it_needs_two_processes() -> None:
    with pytest.raises(ValueError, match="unpack"):
        guard.main(["1"])
