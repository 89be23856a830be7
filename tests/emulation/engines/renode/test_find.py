from __future__ import annotations

import stat
from pathlib import Path

import pytest

from renode_wifi.emulation.engines.renode import find
from renode_wifi.emulation.errors import RenodeWifiError


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without any Renode."""
    for variable in ("PYRENODE_BIN", "PYRENODE_BUILD_DIR", "RENODE_PATH"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr("shutil.which", lambda name: _which(tmp_path / "bin" / name))


def _which(path: Path) -> str | None:
    return str(path) if path.is_file() else None


def fake(path: Path, says: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_nothing_found_says_how_to_get_it() -> None:
    with pytest.raises(RenodeWifiError, match="renode-wifi renode install"):
        find.find()


def test_the_variable_comes_before_the_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake(tmp_path / "bin" / "renode", "Renode v1.16.1.15520")
    assert find.find().origin == "PATH"
    fake(tmp_path / "own" / "renode", "Renode v1.17.0.1")
    monkeypatch.setenv("RENODE_PATH", str(tmp_path / "own"))
    found = find.find()
    assert (found.version, found.origin) == ((1, 17, 0), "RENODE_PATH")
    assert "1.17.0" in found.name


def test_it_is_named_with_its_runtime(tmp_path: Path) -> None:
    path = fake(
        tmp_path / "bin" / "renode",
        "Renode v1.16.1.15520\n  build: fd8c8a-202602160000\n  runtime: .NET 8.0.4",
    )
    assert find.find().name == f"Renode 1.16.1 on .NET 8.0.4 ({path}, by PATH)"


@pytest.mark.parametrize(("own", "kept"), [(None, "0"), ("1", "1")])
def test_one_that_is_asked_for_its_version_leaves_nothing_when_it_is_killed(
    own: str | None, kept: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DOTNET_EnableDiagnostics", raising=False)
    if own is not None:
        monkeypatch.setenv("DOTNET_EnableDiagnostics", own)
    said = "Renode v1.16.1.15520\n  runtime: diagnostics "
    path = fake(tmp_path / "bin" / "renode", said)
    path.write_text(
        path.read_text().replace("diagnostics '", "diagnostics '$DOTNET_EnableDiagnostics")
    )
    assert find.find().runtime == f"diagnostics {kept}"


def test_an_installed_one_is_found(tmp_path: Path) -> None:
    fake(
        tmp_path / "data" / "renode-wifi" / "renode" / "1.17.0" / "renode", "Renode, version 1.17.0"
    )
    assert find.find().version == (1, 17, 0)


@pytest.mark.parametrize(
    ("says", "problem"),
    [
        ("Renode v1.15.3", "1.15.3 is too old: 1.16.0 or newer"),
        ("hello", "does not print its version"),
    ],
)
def test_an_unfit_one_is_not_passed_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, says: str, problem: str
) -> None:
    fake(tmp_path / "bin" / "renode", "Renode v1.16.1.15520")
    monkeypatch.setenv("RENODE_PATH", str(fake(tmp_path / says / "renode", says)))
    with pytest.raises(RenodeWifiError, match=problem):
        find.find()


def test_a_file_that_cannot_run_is_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "renode"
    broken.write_text("")
    monkeypatch.setenv("RENODE_PATH", str(broken))
    with pytest.raises(RenodeWifiError, match="does not run"):
        find.find()


def test_names_that_lead_nowhere_are_errors(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RENODE_PATH", str(tmp_path / "missing"))
    with pytest.raises(RenodeWifiError, match="a file that isn't there"):
        find.find()
    monkeypatch.setenv("RENODE_PATH", str(tmp_path))
    with pytest.raises(RenodeWifiError, match="a folder without Renode"):
        find.find()


@pytest.mark.parametrize("system", ["win32", "darwin", "linux"])
def test_the_data_folder_is_the_users(monkeypatch: pytest.MonkeyPatch, system: str) -> None:
    monkeypatch.setattr("sys.platform", system)
    assert find.data_folder().name == "renode-wifi"
