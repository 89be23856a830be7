from __future__ import annotations

import stat
from pathlib import Path

import pytest

from renode_wifi.emulation.engines.renode import install
from renode_wifi.emulation.frontends import cli
from tests.emulation.engines.renode.test_install import GOOD, archive_of


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for variable in ("PYRENODE_BIN", "PYRENODE_BUILD_DIR", "RENODE_PATH"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr("shutil.which", lambda name: None)


def test_an_archive_at_hand_is_installed_and_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = archive_of(GOOD)
    monkeypatch.setattr(install, "choose", lambda version, archives: entry)
    file = tmp_path / "renode.tar.gz"
    file.write_bytes(GOOD)
    assert cli.main(["renode", "install", "--version", "9.9.9", "--archive", str(file)]) == 0
    out = capsys.readouterr().out
    assert "installed in" in out
    assert "Renode 9.9.9" in out


def test_a_damaged_archive_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    monkeypatch.setattr("platform.system", lambda: "Linux")
    file = tmp_path / "renode.tar.gz"
    file.write_bytes(GOOD)
    assert cli.main(["renode", "install", "--archive", str(file)]) == 2
    assert "damaged" in capsys.readouterr().err


def test_what_is_used_is_shown_or_missed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["renode", "show"]) == 2
    assert "renode-wifi renode install" in capsys.readouterr().err
    program = tmp_path / "renode"
    program.write_text("#!/bin/sh\necho Renode v1.17.0\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("RENODE_PATH", str(program))
    assert cli.main(["renode", "show"]) == 0
    assert "Renode 1.17.0" in capsys.readouterr().out
