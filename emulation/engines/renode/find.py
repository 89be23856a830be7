"""Where Renode is on this machine, and whether it will do."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from renode_wifi.emulation.engines.renode.process import RUNTIME_SETTINGS
from renode_wifi.emulation.errors import RenodeWifiError

MIN_VERSION = (1, 16, 0)
VERSION_TIMEOUT = 60.0
INSTALL_HINT = (
    "install it with `renode-wifi renode install`, or name an installed one in RENODE_PATH"
)


@dataclass(frozen=True)
class Installation:
    """A Renode that can be started. origin: what led to it. runtime: what it says that it runs on,
    such as ".NET 8.0.4"; "" where it says nothing."""

    command: Path
    origin: str
    version: tuple[int, int, int]
    runtime: str = ""

    @property
    def name(self) -> str:
        version = ".".join(map(str, self.version))
        runtime = f" on {self.runtime}" if self.runtime else ""
        return f"Renode {version}{runtime} ({self.command}, by {self.origin})"


def data_folder() -> Path:
    """The user's folder for what this package installs."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "renode-wifi"


def candidates() -> list[tuple[Path, str]]:
    """Where to look, in order, each with what names it."""
    found: list[tuple[Path, str]] = []
    for variable in ("PYRENODE_BIN", "PYRENODE_BUILD_DIR", "RENODE_PATH"):
        if os.environ.get(variable):
            found.append((Path(os.environ[variable]), variable))
    on_path = shutil.which("renode")
    if on_path is not None:
        found.append((Path(on_path), "PATH"))
    for folder in sorted((data_folder() / "renode").glob("*"), reverse=True):
        if folder.is_dir() and not folder.name.startswith("."):
            found.append((folder, "renode-wifi renode install"))
    return found


def find() -> Installation:
    """The first Renode there is. A named one that is broken or too old is not passed over."""
    for path, origin in candidates():
        return _examined(_command(path, origin), origin)
    raise RenodeWifiError("no Renode was found", cure=INSTALL_HINT)


def _command(path: Path, origin: str) -> Path:
    """The program in a folder, or the program itself."""
    names = ("renode.exe", "Renode.exe", "renode") if os.name == "nt" else ("renode",)
    if path.is_dir():
        for folder in (path, path / "bin"):
            for name in names:
                if (folder / name).is_file():
                    return folder / name
        raise RenodeWifiError(
            f"{origin} names a folder without Renode in it", where=str(path), cure=INSTALL_HINT
        )
    if not path.is_file():
        raise RenodeWifiError(
            f"{origin} names a file that isn't there", where=str(path), cure=INSTALL_HINT
        )
    return path


@cache
def _examined(command: Path, origin: str) -> Installation:
    try:
        result = subprocess.run(
            [command, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=VERSION_TIMEOUT,
            # A kill of ours may come meanwhile.
            env={**RUNTIME_SETTINGS, **os.environ},
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RenodeWifiError(
            f"the Renode that {origin} names does not run: {error}",
            where=str(command),
            cure=INSTALL_HINT,
        ) from error
    output = result.stdout + result.stderr
    match = re.search(r"Renode[^0-9]*(\d+)\.(\d+)\.(\d+)", output)
    if match is None:
        said = output.strip().splitlines()
        raise RenodeWifiError(
            f"the Renode that {origin} names does not print its version"
            f" (exit code {result.returncode}: {said[-1] if said else 'no output'})",
            where=str(command),
            cure=INSTALL_HINT,
        )
    version = (int(match[1]), int(match[2]), int(match[3]))
    if version < MIN_VERSION:
        raise RenodeWifiError(
            f"Renode {'.'.join(map(str, version))} is too old:"
            f" {'.'.join(map(str, MIN_VERSION))} or newer is needed",
            where=str(command),
            cure=INSTALL_HINT,
        )
    runtime = re.search(r"^ *runtime: *(.*\S)", output, re.MULTILINE)
    return Installation(command, origin, version, runtime[1] if runtime else "")
