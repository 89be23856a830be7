"""The Renode that is driven: a process of its own, or inside this one by pyrenode3."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Protocol

from renode_wifi.emulation.engines.renode import guard
from renode_wifi.emulation.errors import RenodeWifiError

DRIVE = Path(__file__).resolve().parent / "inside" / "drive.py"
END_TIMEOUT = 10.0
"""Seconds of real time."""

RUNTIME_SETTINGS = {
    "DOTNET_EnableDiagnostics": "0",
    "DOTNET_TieredPGO": "0",
    "DOTNET_TC_CallCountingDelayMs": "0",
    "DOTNET_EnableWriteXorExecute": "0",
}
"""Environment of a .NET that runs Renode; what the user's environment sets comes first.

Without the first .NET leaves sockets in the temporary folder when it is killed. With the next two
it compiles what is called often sooner, and but once more: no time goes into measuring it first.
The last one has it write compiled code where that is executed, not into a second mapping of it."""


class Renode(Protocol):
    """A Renode that was started."""

    def ended(self) -> str | None:
        """Why it ended; None while it runs."""

    def kill(self) -> None:
        """End it where its driver does not."""

    def close(self) -> None: ...


class Guard:
    """Outlives this process, and leaves nothing behind of a Renode that belongs to it."""

    def __init__(self, renode: int) -> None:
        self._renode = renode
        self._process: subprocess.Popen[bytes] | None = None
        if os.name == "posix":  # Elsewhere a process can't be asked for by its number.
            # In a session of its own, where no signal from a terminal finds it.
            self._process = subprocess.Popen(
                [sys.executable, guard.__file__, str(renode), str(os.getpid())],
                stdin=subprocess.PIPE,
                start_new_session=True,
            )

    def close(self) -> None:
        """Renode has ended."""
        if self._process is not None:
            self._process.communicate()
        else:
            guard.remove_leftovers(self._renode)


class RenodeProcess:
    """Renode as a process. Its driver ends it when the connection to us ends."""

    def __init__(self, command: Path, environment: dict[str, str]) -> None:
        # It is open for as long as Renode runs.
        self._log = tempfile.TemporaryFile()  # noqa: SIM115
        # Renode has both ends of its input, so that this has no end. Else its shell would dispose
        # of the machine when we die, while the driver may still be building it, and Renode crash.
        read, write = os.pipe()
        os.set_inheritable(write, True)
        try:
            self.process = subprocess.Popen(
                [
                    command,
                    "--disable-xwt",
                    "--plain",
                    "--console",
                    "-e",
                    f"include {monitor_path(DRIVE)}",
                ],
                stdin=read,
                stdout=self._log,
                stderr=subprocess.STDOUT,
                env={**RUNTIME_SETTINGS, **os.environ, **environment},
                close_fds=False,
                # Ctrl-C at a terminal is for us; it would end Renode, which ends with us anyway.
                start_new_session=True,
            )
        finally:
            os.close(read)
            os.close(write)
        self._guard = Guard(self.process.pid)

    def ended(self) -> str | None:
        code = self.process.poll()
        if code is None:
            return None
        self._log.seek(0)
        lines = self._log.read().decode("utf-8", "replace").splitlines()[-15:]
        return f"exit code {code}; its last lines:\n" + "\n".join(f"    {line}" for line in lines)

    def kill(self) -> None:
        self.process.kill()

    def close(self) -> None:
        """Wait for its end, which follows that of the connection."""
        try:
            self.process.wait(END_TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._log.close()
        self._guard.close()


class InProcessRenode:
    """Renode inside this process, by pyrenode3."""

    def __init__(self, environment: dict[str, str]) -> None:
        for name, value in RUNTIME_SETTINGS.items():
            os.environ.setdefault(name, value)
        try:
            wrappers: Any = importlib.import_module("pyrenode3.wrappers")
            loader: Any = importlib.import_module("pyrenode3.loader").RenodeLoader()
            system: Any = importlib.import_module("System")
        except (ImportError, RuntimeError) as error:
            raise RenodeWifiError(
                f"pyrenode3 cannot load Renode: {error}",
                cure="check the PYRENODE_* variables, or unset them and name Renode in RENODE_PATH",
            ) from error
        guard_this_process()
        for name, value in environment.items():
            system.Environment.SetEnvironmentVariable(name, value)
        self._monitor = wrappers.Monitor()
        self._add_library(loader)
        _, trouble = self._monitor.execute(f"include {monitor_path(DRIVE)}")
        if trouble.strip():
            raise RenodeWifiError(f"pyrenode3's Renode refuses our driver: {trouble.strip()}")

    def _add_library(self, loader: Any) -> None:
        """Put IronPython's standard library on its path: it looks beside the program, ours."""
        for folder in (loader.binaries / "Lib", loader.root / "bin" / "Lib", loader.root / "Lib"):
            if folder.is_dir():
                path = folder.as_posix().replace("'", "\\'")
                self._monitor.execute(f"python \"import sys; sys.path.append('{path}')\"")
                return

    def ended(self) -> str | None:
        return None

    def kill(self) -> None:
        """It stays in this process."""

    def close(self) -> None:
        self._monitor.execute("Clear")


@functools.cache
def guard_this_process() -> Guard:
    """Renode is loaded once, and ends with us."""
    return Guard(os.getpid())


def wants_pyrenode3() -> bool:
    """Its variables are set and it is there."""
    named = any(
        os.environ.get(name) for name in ("PYRENODE_PKG", "PYRENODE_BIN", "PYRENODE_BUILD_DIR")
    )
    return named and importlib.util.find_spec("pyrenode3") is not None


def monitor_path(path: Path) -> str:
    """A path as the monitor reads it."""
    return "@" + path.absolute().as_posix().replace(" ", "\\ ")
