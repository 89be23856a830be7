"""Keywords for the emulation as a whole (Renode 1.16, RenodeKeywords.cs)."""

from __future__ import annotations

import shutil
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from robot.api import logger

from renode_wifi.emulation.board.session import GuestCrash
from renode_wifi.emulation.engines.embedded.engine import EmbeddedEngine
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.frontends.gdb import wait_for_debugger
from renode_wifi.emulation.frontends.robot.decorator import Recorded, Replay, keyword
from renode_wifi.emulation.frontends.robot.errors import KeywordException
from renode_wifi.emulation.frontends.robot.keywords.base import PREFIX, Keywords
from renode_wifi.emulation.platform.core import Stop
from renode_wifi.emulation.script.commands.python import evaluate
from renode_wifi.emulation.script.saving import can_start_anew

HOT_SPOTS = ("None", "Pause", "Serialize")


@dataclass(frozen=True)
class Provided:
    """A state for `Requires`. file: of `Save`, None where all is done again."""

    events: tuple[Recorded, ...]
    file: Path | None


DOTNET_NAMES = {
    "AttributeError": "MissingMemberException",
    "ImportError": "ImportException",
    "IndexError": "IndexOutOfRangeException",
    "KeyError": "KeyNotFoundException",
    "ModuleNotFoundError": "ImportException",
    "NameError": "UnboundNameException",
    "ZeroDivisionError": "DivideByZeroException",
}
"""Python's exceptions as IronPython names them, where it doesn't put Exception behind."""


def _python_error(error: RenodeWifiError) -> KeywordException:
    """What `Execute Python` fails with, named after the Python exception as in Renode."""
    cause = error.__cause__ or error.__context__
    if cause is None:
        return KeywordException(f"Could not execute Python: {error}")
    name = type(cause).__name__
    kind = type(DOTNET_NAMES.get(name, f"{name}Exception"), (KeywordException,), {})
    failure: KeywordException = kind(str(cause), error.cure)
    return failure


class ControlKeywords(Keywords):
    """Commands, machines, states."""

    def __init__(self, engine: str = "auto") -> None:
        super().__init__(engine)
        self._provided: dict[str, Provided] = {}
        self._files: list[Path] = []
        self._folders: list[Path] = []

    def remove_files(self) -> None:
        """The suite is over."""
        for path in self._files:
            path.unlink(missing_ok=True)
        self._files.clear()
        for folder in self._folders:
            shutil.rmtree(folder, ignore_errors=True)
        self._folders.clear()
        self._provided.clear()

    @keyword()
    def execute_command(self, command: str | list[str], machine: str | None = None) -> str:
        """Run a monitor command; returns what it prints. A list is joined with blanks."""
        text = command if isinstance(command, str) else " ".join(command)
        self.select(machine)
        try:
            output = self.session.execute(text)
        except GuestCrash:
            self.know_crash()
            raise
        except RenodeWifiError as error:
            raise KeywordException(
                f"There was an error when executing command '{text}': {error}"
            ) from error
        if text.split()[:1] == ["Load"]:
            self.know_crash()
        return output

    @keyword()
    def execute_script(self, path: str) -> str:
        """Run a `.resc` script; returns what it prints."""
        name = Path(path.removeprefix("@")).as_posix()
        engine = self.session.engine
        if isinstance(engine, EmbeddedEngine) and engine.script.find_file(name) is None:
            raise KeywordException(f"Could not find file '{name}'", "give the path of a .resc file")
        try:
            return self.session.execute(f"include @{name}")
        except RenodeWifiError as error:
            raise KeywordException(f"Could not execute script: {error}") from error

    @keyword()
    def execute_python(self, command: str, machine: str | None = None) -> object:
        """Run Python as the monitor's `python` command does.

        Returns the value of an expression, and what statements print.
        """
        self.select(machine)
        engine = self.session.engine
        text = command.replace("\\", "\\\\").replace('"', '\\"')
        try:
            if isinstance(engine, EmbeddedEngine):
                return evaluate(engine.script, command)
            return self.session.execute(f'python "{text}"')
        except RenodeWifiError as error:
            raise _python_error(error) from error

    @keyword()
    def create_machine(self, name: str | None = None) -> str:
        """A machine without anything in it, and select it; returns its name."""
        self.session.execute(f'mach create "{name}"' if name else "mach create")
        return self.session.engine.machines[-1]

    @keyword(Replay.ALWAYS)
    def start_emulation(self) -> None:
        """Renode's `start`. Here virtual time passes while a keyword waits for something."""
        self.session.execute("start")

    @keyword(Replay.NEVER)
    def reset_emulation(self) -> None:
        """Drop all machines."""
        self.end_session()
        self.events.clear()

    @keyword(Replay.NEVER)
    def clear_emulation(self) -> None:
        """The same as `Reset Emulation`."""
        self.end_session()
        self.events.clear()

    @keyword()
    def wait_for_pause(self, timeout: float) -> None:
        """Run until a hook or a script pauses the emulation; seconds of virtual time."""
        if self.wait_for_stop(timeout) is Stop.TIME:
            raise KeywordException(
                f"Emulation did not pause in expected time of {timeout:g} seconds."
            )

    @keyword(Replay.NEVER)
    def wait_for_gdb_connection(
        self,
        port: int,
        machine: str | None = None,
        pauseToWait: bool = True,
        acceptRunningServer: bool = True,
    ) -> None:
        """Wait, in real time, until a debugger has come to the machine's server on that port.

        acceptRunningServer: one that is there already is enough. Time stands still between
        keywords, so that pauseToWait is as good as given.
        """
        name = self.machine_name(machine)
        logger.console(f"Awaiting GDB connection on port {port}")
        try:
            wait_for_debugger(self.session.engine, name, port, acceptRunningServer)
        except RenodeWifiError as error:
            raise KeywordException(error.message, error.cure) from error

    # -- states -------------------------------------------------------------------------------

    @keyword(Replay.NEVER)
    def save_state(self, path: str) -> None:
        """Write the whole emulation to a file."""
        self.session.execute(f"Save @{Path(path).absolute().as_posix()}")

    @keyword(Replay.NEVER)
    def load_state(self, path: str) -> None:
        """Go on from what `Save State` wrote. Testers are to be created anew."""
        self.end_session()
        self.session.execute(f"Load @{Path(path).absolute().as_posix()}")
        self.know_crash()

    @keyword(Replay.NEVER)
    def provides(self, state: str, type: str = "Serialization") -> None:
        """Keep this moment for `Requires` in tests of this suite.

        type: Serialization saves the emulation; Reexecution does all keywords of this test again,
        which leads to the same moment. Machines that the test put together are always made so.
        """
        kind = type.capitalize()
        if kind not in ("Serialization", "Reexecution"):
            raise KeywordException(f"{type!r} is no provider", "give Serialization or Reexecution")
        file = None
        engine = self.session.engine
        if isinstance(engine, EmbeddedEngine) and not can_start_anew(engine.script):
            kind = "Reexecution"
        if kind == "Serialization":
            file = self._temporary_file()
            self.session.execute(f"Save @{file.as_posix()}")
        self._provided[state] = Provided(tuple(self.events), file)

    @keyword(Replay.NEVER)
    def requires(self, state: str) -> None:
        """Go on from where a test said `Provides`."""
        if state not in self._provided:
            raise KeywordException(
                f"Required state {state} not found.",
                "run the test that says `Provides` before, in the same suite",
            )
        provided = self._provided[state]
        self.end_session()
        if provided.file is not None:
            self.session.execute(f"Load @{provided.file.as_posix()}")
        self.events = list(provided.events)
        self.recording = False
        try:
            for name, values, replay in provided.events:
                if provided.file is None or replay is Replay.ALWAYS:
                    getattr(self, name)(**values)
        finally:
            self.recording = True

    @keyword()
    def handle_hot_spot(self, action: str) -> None:
        """What is done to the emulation in the midst of a test: None, Pause or Serialize."""
        if action not in HOT_SPOTS:
            raise KeywordException(
                f"Hot spot action {action} is not currently supported",
                f"give {', '.join(HOT_SPOTS)}",
            )
        if action == "Serialize":
            self.session.restore(self.session.snapshot())

    # -- files --------------------------------------------------------------------------------

    @keyword(Replay.ALWAYS)
    def allocate_temporary_file(self) -> str:
        """Name of a new file, which is removed at the end of the suite."""
        return str(self._temporary_file())

    @keyword(Replay.ALWAYS)
    def allocate_temporary_directory(self, dirName: str) -> str:
        """Name of a new folder for files of the test, which is removed at the end of the suite."""
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        self._folders.append(folder)
        try:
            (folder / dirName).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise KeywordException(f"Can't create temporary directory: {error}") from error
        return str(folder / dirName)

    @keyword()
    def download_file(self, uri: str) -> str:
        """Fetch a file by HTTP or from this machine (file:); returns its name."""
        if urllib.parse.urlsplit(uri).scheme not in ("http", "https", "file"):
            raise KeywordException(f"Wrong URI format: {uri}", "give http:, https: or file:")
        target = self._temporary_file()
        try:
            with urllib.request.urlopen(uri, timeout=60) as source:
                target.write_bytes(source.read())
        except (OSError, urllib.error.URLError) as error:
            raise KeywordException(f"Couldn't download file from: {uri}: {error}") from error
        return str(target)

    def _temporary_file(self) -> Path:
        with tempfile.NamedTemporaryFile(prefix=PREFIX, delete=False) as file:
            self._files.append(Path(file.name))
        return self._files[-1]

    # -- what Renode's own set-up calls -------------------------------------------------------

    @keyword(Replay.NEVER)
    def stop_remote_server(self) -> None:
        """Nothing: here is no server to stop."""
        self.end_session()
