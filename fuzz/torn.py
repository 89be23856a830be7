"""`python -m fuzz.torn`: programs that are killed, and disks that are full, while they write files.

Each kind of file is written once undisturbed, for comparison. Then its writer is killed (SIGKILL),
at a call to the system or at a moment at random, or finds a file system without room. What it wrote
is then as it was before, or as it is to be; what grows as a run goes on ends with a whole line.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import xml.etree.ElementTree as xml
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.frontends.cli import main as command_line
from renode_wifi.emulation.frontends.monitor.session import MonitorSession
from renode_wifi.emulation.frontends.robot.library import RenodeWifi
from renode_wifi.peripherals.base.atomic_file import is_draft
from renode_wifi.peripherals.simplelink.files.folder import FolderStore
from renode_wifi.peripherals.simplelink.files.store import StoredFile
from renode_wifi.peripherals.simplelink.profile import NwpProfile

ROOT = Path(__file__).resolve().parent.parent
FIRMWARE = ROOT / "firmware"
ST, TI = "b_l475e_iot01a", "cc3220sf_launchxl"
WORLD = """
access_points: [{ssid: renode-wifi, passphrase: no-board-farm}]
names: {echo.home.test: 10.10.0.1}
servers: {echo: {type: echo, port: 7}}
"""
CAMPAIGN = f"""
images: {{{TI}: [{FIRMWARE}/probe/{TI}.elf]}}
worlds: [world.yaml]
seeds: {{from: 1, to: 2}}
until: "tcp: ok"
fail_on: "FAILED"
time: 20 s
"""
TABLE = "before\n<!-- compatibility: begin -->\nold\n<!-- compatibility: end -->\nafter\n"
REPORT = {
    "end": "finished",
    "labels": {},
    "image": "a.elf",
    "virtual_seconds": 1.0,
    "tests": [{"group": "G", "name": "a", "outcome": "passed"}],
}
OLD = b"old\n"
Check = Callable[[bytes, bytes], bool]
"""Whether what was found is whole: (found, reference)."""


def same(found: bytes, reference: bytes) -> bool:
    return found == reference


def is_json(found: bytes, reference: bytes) -> bool:
    return isinstance(json.loads(found), (dict, list))


def is_xml(found: bytes, reference: bytes) -> bool:
    return xml.fromstring(found) is not None


def lines(found: bytes, reference: bytes) -> bool:
    """The first lines, each of them whole."""
    return reference.startswith(found) and found[-1:] in (b"", b"\n")


def json_lines(found: bytes, reference: bytes) -> bool:
    """As `lines`; the last may be cut off, and isn't read by who goes on with the file."""
    whole = found.rpartition(b"\n")[0]
    return all(isinstance(json.loads(line), dict) for line in whole.splitlines())


def is_saved(found: bytes, reference: bytes) -> bool:
    """Whether `Load` takes it."""
    with tempfile.NamedTemporaryFile(prefix="wifi-torn-") as file:
        file.write(found)
        file.flush()
        session = MonitorSession(lambda text: None)
        try:
            session.carry_out(f"Load @{file.name}")
        except RenodeWifiError:
            return False
        finally:
            session.close()
    return True


def prefix(found: bytes, reference: bytes) -> bool:
    return reference.startswith(found)


@dataclass(frozen=True)
class Kind:
    """write: in the folder where it is; returns an exit code. outputs: what it writes there."""

    name: str
    write: Callable[[], int]
    outputs: dict[str, Check]
    before: dict[str, str]
    """What is there beforehand."""


def _run() -> int:
    options = {"--json": "run.json", "--vcd": "run.vcd", "--perfetto": "run.perfetto"}
    options |= {"--pcap": "run.pcapng", "--report": "run.html", "--trace-file": "run.jsonl"}
    options |= {"--uart-log": "run.log", "--uart": "usart1=file:run.uart"}
    return _command("run", ST, "probe", "--until", "tcp: ok", *_flat(options))


def _contract(suffix: str) -> int:
    typed = os.open("typed.txt", os.O_RDONLY)
    os.dup2(typed, 0)
    options = {"--contract-report": f"run.{suffix}", "--uart": "usart1=stdio", "--until": "done"}
    return _command("run", ST, "contract", *_flat(options))


def _qualify() -> int:
    options = {"--json": "suite.json", "--junit": "suite.xml", "--uart-log": "suite.log"}
    return _command("qualify", ST, "unity", *_flat(options))


def _explore() -> int:
    options = ["--recover", "tcp: ok", "--length", "2.5", "--timeout", "4", "--limit", "2"]
    return _command("explore", TI, "probe", *options, "--out", ".")


def _command(command: str, board: str, program: str, *options: str) -> int:
    last = "-finishes" if program == "unity" else ""
    image = str(FIRMWARE / program / f"{board}{last}.elf")
    return command_line(
        [command, "--board", board, "--image", image, "--world", "world.yaml", *options]
    )


def _flat(options: dict[str, str]) -> list[str]:
    return [word for option in options.items() for word in option]


def _save() -> int:
    session = MonitorSession(lambda text: None)
    for command in (
        f"include @{ROOT}/platforms/{ST}.resc",
        "Save @board.save",
    ):
        session.carry_out(command)
    session.close()
    return 0


def _folder() -> int:
    """Files of a CC3220SF that is to keep them."""
    store = FolderStore(NwpProfile(file_folder="files"))
    for name in ("a", "b"):
        content = name.encode() * 50_000
        store.files[name] = StoredFile(content, len(content))
        store.changed(name)
    return 0


def _log() -> int:
    library = RenodeWifi("embedded")
    library.enable_logging_to_cache()
    library.create_board(ST, f"{FIRMWARE}/probe/{ST}.elf", "world.yaml")
    library.run_for(0.05)
    library.save_cached_log("cached.log")
    library.end_test(None, None)
    return 0


ENDS = (0, 1, 6)
"""Exit codes of an undisturbed writer: one runs a firmware that breaks its port's contract."""
WHOLE = (same, is_json, is_xml, is_saved)
"""Checks of files that are replaced."""
TYPED = {"world.yaml": WORLD, "typed.txt": "send-after-failure\n"}
KINDS = (
    Kind(
        "run",
        _run,
        {
            "run.json": is_json,
            **dict.fromkeys(("run.vcd", "run.pcapng", "run.jsonl", "run.perfetto"), same),
            "run.html": same,
            "run.log": lines,
            "run.uart": prefix,
        },
        {"world.yaml": WORLD},
    ),
    Kind("junit", lambda: _contract("xml"), {"run.xml": is_xml}, TYPED),
    Kind("sarif", lambda: _contract("sarif"), {"run.sarif": is_json}, TYPED),
    Kind("jsonl", lambda: _contract("jsonl"), {"run.jsonl": json_lines}, TYPED),
    Kind(
        "qualify",
        _qualify,
        {"suite.json": is_json, "suite.xml": is_xml, "suite.log": lines},
        {"world.yaml": WORLD},
    ),
    Kind(
        "explore",
        _explore,
        {"results.jsonl": json_lines, "junit.xml": is_xml, "map.html": same},
        {"world.yaml": WORLD},
    ),
    Kind(
        "campaign",
        lambda: command_line(["campaign", "campaign.yaml", "--out", "."]),
        {"results.jsonl": json_lines, "junit.xml": is_xml},
        {"world.yaml": WORLD, "campaign.yaml": CAMPAIGN},
    ),
    Kind(
        "compatibility",
        lambda: command_line(["compatibility", "suite.json", "--update", "table.md"]),
        {"table.md": same},
        {"suite.json": json.dumps(REPORT), "table.md": TABLE},
    ),
    Kind("save", _save, {"board.save": is_saved}, {}),
    Kind("fileFolder", _folder, {"files/a": same, "files/b": same}, {}),
    Kind("log", _log, {"cached.log": same}, {"world.yaml": WORLD}),
)


class Calls:
    """Calls to the system that change files of a folder; at number `last` the process is killed."""

    def __init__(self, folder: Path, last: int = 0) -> None:
        self.seen = 0
        self._folder, self._last = os.fspath(folder), last
        self._write, self._fsync = os.write, os.fsync
        sys.addaudithook(self._audit)
        os.write, os.fsync = self._writes, self._syncs  # type: ignore[assignment]

    def _audit(self, event: str, arguments: tuple[object, ...]) -> None:
        if event in ("open", "os.rename", "os.remove", "os.chmod", "os.mkdir"):
            path = arguments[0]
            if isinstance(path, (str, os.PathLike)):
                self._call(os.path.abspath(path).startswith(self._folder))

    def _writes(self, file: int, data: memoryview) -> int:
        if file > 2 and self._last == self.seen + 1:
            self._write(file, bytes(data[: len(data) // 2]))
        self._call(file > 2)
        return self._write(file, data)

    def _syncs(self, file: int) -> None:
        self._call()
        self._fsync(file)

    def _call(self, counts: bool = True) -> None:
        self.seen += counts
        if counts and self.seen == self._last:
            os.kill(os.getpid(), signal.SIGKILL)


class Writer:
    """Writes a kind of file in a folder, in a process that is forked from this one."""

    def __init__(self, kind: Kind, root: Path, last: int = 0, room: int | None = None) -> None:
        """last: as of `Calls`. room: bytes of the file system, or of a file without one."""
        self.folder = Path(tempfile.mkdtemp(dir=root))
        self.errors, self._count = root / "errors", root / "count"
        self._mounted = room is not None and _mount(self.folder)
        for name, check in kind.outputs.items():
            (self.folder / name).parent.mkdir(exist_ok=True)
            if check in WHOLE:
                (self.folder / name).write_bytes(OLD)
        for name, text in kind.before.items():
            (self.folder / name).write_text(text)
        if room is not None and self._mounted:
            taken = _used(self.folder)
            _mount(self.folder, taken + room)
        self.process = os.fork()
        if not self.process:
            self._write(kind, last, None if self._mounted else room)

    def _write(self, kind: Kind, last: int, room: int | None) -> NoReturn:
        code = 99
        try:
            os.setsid()  # What it starts can be ended with it.
            os.chdir(self.folder)
            for stream, path in ((1, Path(os.devnull)), (2, self.errors)):
                os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream)
            calls = Calls(self.folder, last)
            if room is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
            try:
                code = kind.write()
            except RenodeWifiError as error:
                print(error, file=sys.stderr)
                code = 2
            resource.setrlimit(resource.RLIMIT_FSIZE, (-1, -1))
            self._count.write_text(str(calls.seen))
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)

    def wait(self) -> int:
        """Its exit code; negative, of a signal."""
        _, status = os.waitpid(self.process, 0)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process, signal.SIGKILL)
        return os.waitstatus_to_exitcode(status)

    @property
    def calls(self) -> int:
        return int(self._count.read_text())

    def drafts(self) -> list[str]:
        return [path.name for path in self.folder.rglob("*") if is_draft(path.name)]

    def close(self) -> None:
        if self._mounted:
            subprocess.run(["umount", self.folder], check=True)
        shutil.rmtree(self.folder)


def _mount(folder: Path, size: int | None = None) -> bool:
    """A file system of its own, for those who may have one; with a size, change that of one."""
    if os.getuid():
        return False
    options = f"size={1 << 26}" if size is None else f"remount,size={max(size, 1)}"
    command = ["mount", "-t", "tmpfs", "-o", options, "none", str(folder)]
    return subprocess.run(command, capture_output=True).returncode == 0


def _used(folder: Path) -> int:
    """Bytes of a file system that are taken."""
    status = os.statvfs(folder)
    return (status.f_blocks - status.f_bfree) * status.f_frsize


class Bed:
    """A kind of file, with what an undisturbed writer leaves."""

    def __init__(self, kind: Kind, root: Path) -> None:
        self.kind, self.root = kind, root
        began = time.monotonic()
        writer = Writer(kind, root)
        code = writer.wait()
        self.duration = time.monotonic() - began
        if code not in ENDS:
            raise RuntimeError(f"{kind.name}: {writer.errors.read_text()}")
        self.code, self.calls = code, writer.calls
        self.references = {name: (writer.folder / name).read_bytes() for name in kind.outputs}
        for name in kind.outputs:
            assert self.problem(writer, name) is None, name
        writer.close()

    def kill(self, draw: random.Random, timed: bool) -> list[str]:
        """What is wrong after a kill at a random call, or at a random moment."""
        if timed:
            writer = Writer(self.kind, self.root)
            time.sleep(draw.uniform(0, self.duration))
            os.kill(writer.process, signal.SIGKILL)
        else:
            writer = Writer(self.kind, self.root, draw.randint(1, self.calls))
        writer.wait()
        return self._wrong(writer)

    def fill(self, draw: random.Random) -> list[str]:
        """What is wrong after running out of room."""
        whole_size = sum(map(len, self.references.values()))
        writer = Writer(self.kind, self.root, room=draw.randrange(whole_size * 2 + 1))
        code = writer.wait()
        errors = writer.errors.read_text()
        wrong = [f"left {name}" for name in writer.drafts()]
        if "Traceback" in errors:
            wrong.append(errors)
        whole = all(
            (writer.folder / name).read_bytes() == self.references[name]
            for name, check in self.kind.outputs.items()
            if check is same
        )
        if code == self.code and not whole:
            wrong.append(f"exit code {code} of a run that lost a file")
        return wrong + self._wrong(writer)

    def _wrong(self, writer: Writer) -> list[str]:
        found = [self.problem(writer, name) for name in self.kind.outputs]
        writer.close()
        return [problem for problem in found if problem is not None]

    def problem(self, writer: Writer, name: str) -> str | None:
        path = writer.folder / name
        if not path.exists():
            return None
        found, check = path.read_bytes(), self.kind.outputs[name]
        if found == self.kind.before.get(name, OLD.decode()).encode():
            return None
        with contextlib.suppress(ValueError, xml.ParseError):
            if check(found, self.references[name]):
                return None
        return f"{name}: {len(found)} bytes, {found[-80:]!r}"


def main(arguments: list[str] | None = None) -> int:
    """0: every file was whole, always."""
    names = [kind.name for kind in KINDS]
    options = argparse.ArgumentParser(prog="python -m fuzz.torn", description=__doc__)
    options.add_argument("kinds", nargs="*", metavar="KIND", help=", ".join(names))
    options.add_argument("--kills", type=int, default=200, help="in all")
    options.add_argument("--full", type=int, default=50, help="file systems without room, in all")
    options.add_argument("--seed", type=int, default=0)
    asked = options.parse_args(arguments)
    kinds = [kind for kind in KINDS if kind.name in (asked.kinds or names)]
    draw = random.Random(asked.seed)
    bad = 0
    with tempfile.TemporaryDirectory(prefix="wifi-torn-") as folder:
        for number, kind in enumerate(kinds):
            bed = Bed(kind, Path(folder))
            kills = range(number, asked.kills, len(kinds))
            full = range(number, asked.full, len(kinds))
            wrong = [bed.kill(draw, timed % 2 == 1) for timed, _ in enumerate(kills)]
            wrong += [bed.fill(draw) for _ in full]
            bad += sum(map(bool, wrong))
            print(
                f"{kind.name:>13}: {len(kills)} kills, {len(full)} full, {bed.calls} calls each,"
                f" {sum(map(bool, wrong))} torn",
                flush=True,
            )
            for problem in filter(None, wrong):
                print(f"{kind.name}: {'; '.join(problem)}", file=sys.stderr, flush=True)
    return min(bad, 1)


if __name__ == "__main__":
    sys.exit(main())
