"""Starting Renode, with a program of the test's in its place."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.engines.renode import connections, driven, process, protocol
from renode_wifi.emulation.engines.renode.engine import RenodeEngine
from renode_wifi.emulation.errors import RenodeWifiError


@pytest.fixture(autouse=True)
def no_renode_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that another test has given back may."""
    monkeypatch.setattr(driven, "_idle", {})


def program(tmp_path: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "renode"
    path.write_text(
        f"#!/bin/sh\nif [ $1 = --version ]; then echo Renode v1.16.1; exit; fi\n{script}\n"
    )
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    for variable in ("PYRENODE_PKG", "PYRENODE_BIN", "PYRENODE_BUILD_DIR"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("RENODE_PATH", str(path))
    return path


def test_a_renode_that_does_not_start_shows_its_last_lines(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program(tmp_path, "echo No usable version of libssl was found; exit 134", monkeypatch)
    engine = RenodeEngine.empty()
    with pytest.raises(RenodeWifiError, match=r"(?s)exit code 134.*No usable version"):
        engine.execute("version")
    with pytest.raises(RenodeWifiError, match="it was closed"):
        engine.execute("version")
    engine.close()


def test_a_renode_that_does_not_answer_is_ended(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program(tmp_path, "exec sleep 100", monkeypatch)
    monkeypatch.setattr(driven, "START_TIMEOUT", 0.3)
    monkeypatch.setattr(process, "END_TIMEOUT", 0.1)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with pytest.raises(RenodeWifiError, match="did not answer"):
        RenodeEngine.empty().execute("version")
    assert [path.name for path in tmp_path.iterdir()] == ["renode"]


def test_an_image_is_read_while_renode_starts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program(tmp_path, f"touch {tmp_path}/started; exec sleep 100", monkeypatch)
    monkeypatch.setattr(process, "END_TIMEOUT", 0.1)
    with pytest.raises(RenodeWifiError, match="No such file"):
        Board("b_l475e_iot01a", tmp_path / "missing.elf", engine="renode")
    # What was started for nothing waits for the next engine, and ends with this process.
    (waiting,) = driven._idle.values()
    assert waiting.is_alive
    driven.end_idle()
    assert not waiting.is_alive


def test_nothing_is_prepared_where_there_is_no_renode(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RENODE_PATH", str(tmp_path))
    driven.prepare()
    assert driven._idle == {}


def test_its_temporary_files_go_with_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # Its input does not end with ours: it has both ends.
    path = program(tmp_path, "timeout 0.2 cat && exit 1; exit 7", monkeypatch)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    renode = process.RenodeProcess(path, {})
    (tmp_path / f"renode-{renode.process.pid}").mkdir()
    assert renode.ended() is None
    renode.close()
    assert renode.process.returncode == 7
    assert [entry.name for entry in tmp_path.iterdir()] == ["renode"]


def test_signals_of_a_terminal_do_not_reach_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    renode = process.RenodeProcess(program(tmp_path, "exec sleep 100", monkeypatch), {})
    assert os.getsid(renode.process.pid) != os.getsid(0)
    renode.process.kill()
    renode.close()


def test_unknown_clients_are_not_let_in() -> None:
    worlds = connections.Worlds(lambda *event: None)
    port = int(worlds.port.where.partition(":")[0])
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(f"{protocol.greeting('guess')}\n".encode())
        assert client.recv(10) == b""
    assert worlds.services == []
    worlds.close()


def test_pyrenode3_is_used_where_its_variables_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYRENODE_BUILD_DIR", "/somewhere")
    monkeypatch.setattr(process.importlib.util, "find_spec", lambda name: object())
    assert process.wants_pyrenode3()
    with pytest.raises(RenodeWifiError, match="pyrenode3 cannot load Renode"):
        RenodeEngine.empty()
