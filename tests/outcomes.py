"""What firmware sees of each fault, and what cures it; `python -m tests.outcomes` writes it down.

A console on Secure Sockets (firmware/sockets) echoes on a connection; the fault comes; the console
goes on, then tries what an application can try, from the cheapest on, until it echoes again.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.board.session import BoardTimeout, GuestCrash, Snapshot
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.explore.faults import ARGUMENTS, NEXT_CONNECTION
from renode_wifi.emulation.observers.calls.table import read_table
from renode_wifi.emulation.platform.trace import TraceFields
from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.network.worldfile.fault_kinds import (
    ISM43362,
    KINDS,
    NWP,
    Kind,
    Target,
)
from tests.docs import with_table

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "faults.md"
BOARDS = {"b_l475e_iot01a": ISM43362, "cc3220sf_launchxl": NWP}
NETWORK = "renode-wifi no-board-farm"
ECHO, SECURE = "10.10.0.1 7", "10.10.0.1 9012"
ANSWER = re.compile(r"= (-?\d+) (.*) in (\d+) ms")
MAX_WAIT = 150
"""Virtual seconds for an answer: a driver waits 65 s at most, and a call may wait twice."""
SLEEP = "board_sleep"
"""Where guests of this package wait."""
MAX_AWAKE = 3
"""Virtual seconds."""
TRIES = 6
"""New connections, a second apart, before something dearer is tried."""
LASTS = "5 s"
NO_EFFECT = "none"
NOTHING = "nothing"
RESTARTED = "the firmware starts anew"
ERRORS = read_table().values["secure_count"]
COLUMNS = "| fault | board | at the API | cured by | after |\n|---|---|---|---|---|\n"


class Failed(Exception):
    """A call of the API did not do what it is there for."""


@dataclass(frozen=True)
class Outcome:
    """after: virtual seconds from the fault to the next echo."""

    fault: str
    board: str
    error: str
    cure: str
    after: float


class Rig:
    """A board that has joined."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.board = Board(name, ROOT / "firmware" / "sockets" / f"{name}.elf")
        self.call("on")
        self.call(f"join {NETWORK}")
        self.start: Snapshot = self.board.snapshot()
        self.restarted = False
        self.board.engine.subscribe(self._on_reset, "reset")

    def _on_reset(self, time: int, source: str, event: str, fields: TraceFields) -> None:
        if "cause" in fields:  # The board's, not a connection's.
            self.restarted = True

    def call(self, command: str) -> int:
        """What the function returned."""
        self.board.wait_for_prompt("> ", timeout=MAX_WAIT)
        self.board.write(f"{command}\r")
        found = ANSWER.search(self._answer())
        assert found is not None
        return int(found[1])

    def _answer(self) -> str:
        """Raises BoardTimeout, and soon where a driver is in a loop: those that wait sleep."""
        waited = awake = 0
        while True:
            try:
                return self.board.wait_for_line(ANSWER.pattern, timeout=1).text
            except BoardTimeout:
                waited += 1
                awake = 0 if SLEEP in self.board.whereabouts() else awake + 1
                if waited >= MAX_WAIT or awake == MAX_AWAKE:
                    raise

    def demand(self, function: str, command: str, expected: Callable[[int], bool]) -> None:
        result = self.call(command)
        if not expected(result):
            raise Failed(f"`{function}` = {ERRORS.get(result, result)}")

    def connect(self, secure: bool) -> None:
        self.demand("SOCKETS_GetHostByName", "resolve echo.home.test", lambda result: result != 0)
        self.demand("SOCKETS_Socket", "socket", lambda result: result == 0)
        if secure:
            self.call("tls 0")
        to = SECURE if secure else ECHO
        self.demand("SOCKETS_Connect", f"connect 0 {to}", lambda result: result == 0)

    def echo(self) -> None:
        self.demand("SOCKETS_Send", "send 0 hello", lambda result: result == 5)
        self.demand("SOCKETS_Recv", "receive 0 5", lambda result: result == 5)


def outcome(rig: Rig, kind: Kind) -> Outcome:
    rig.board.restore(rig.start)
    return strike(rig, kind)


def strike(rig: Rig, kind: Kind) -> Outcome:
    """A board that has joined echoes on a new connection, meets the fault, and echoes again on
    handle 0 unless nothing cures it."""
    board = rig.board
    secure = kind.name.startswith((*NEXT_CONNECTION, "tls-"))
    rig.connect(secure)
    rig.echo()
    board.world.inject(kind.name, _lasts(kind), **_arguments(kind, secure))
    fault_at = board.now
    rig.restarted = False
    error, stuck = "", False
    try:
        rig.echo()
        rig.echo()
        rig.call("close 0")
        rig.connect(secure)
        rig.echo()
    except Failed as failure:
        error = str(failure)
    except (BoardTimeout, GuestCrash):
        error, stuck = "the call does not return", True
    if rig.restarted:
        error = RESTARTED
    if not error:
        return Outcome(kind.name, rig.name, NO_EFFECT, "", 0.0)
    for cure, step in _cures(rig, stuck):
        try:
            step()
            rig.call("close 0")
            rig.connect(secure)
            rig.echo()
        except (Failed, BoardTimeout, GuestCrash):
            continue
        return Outcome(kind.name, rig.name, error, cure, board.now - fault_at)
    return Outcome(kind.name, rig.name, error, NOTHING, board.now - fault_at)


def _cures(rig: Rig, stuck: bool) -> Iterator[tuple[str, Callable[[], object]]]:
    board = rig.board

    def restart() -> None:
        rig.call("on")
        rig.call(f"join {NETWORK}")

    def reset() -> None:
        board.engine.run(board.engine.now + TRIES * SECOND)  # The fault is over then.
        board.reset()
        restart()

    if stuck:  # Nothing can be called any more.
        yield "a reset of the board", reset
        return
    if rig.restarted:  # It begins as firmware does.
        yield "`WIFI_On`, `WIFI_ConnectAP`", restart
        yield "a reset of the board", reset
        return
    yield "a new connection", lambda: None
    for _ in range(TRIES):
        yield "a new connection", lambda: board.run(1)
    yield "`WIFI_ConnectAP`", lambda: rig.call(f"join {NETWORK}")
    yield "`WIFI_On`, `WIFI_ConnectAP`", restart
    yield "a reset of the board", reset


def _lasts(kind: Kind) -> str | None:
    return LASTS if kind.lasting and kind.target not in (Target.FLASH, Target.BOARD) else None


def _arguments(kind: Kind, secure: bool) -> dict[str, object]:
    arguments = dict(ARGUMENTS.get(kind.name, {}))
    if kind.target is Target.SERVER:
        arguments["server"] = "tls12-echo" if secure else "echo"
    if kind.target is Target.ACCESS_POINT:
        arguments["access_point"] = "renode-wifi"
    return arguments


def applicable(radio: str) -> list[Kind]:
    return [
        kind for kind in KINDS.values() if kind.target is not Target.RADIO or radio in kind.radios
    ]


def table(outcomes: list[Outcome]) -> str:
    text = COLUMNS
    for each in sorted(outcomes, key=lambda each: (each.fault, each.board)):
        after = f"{each.after:.1f} s" if each.cure else ""
        text += f"| `{each.fault}` | {each.board} | {each.error} | {each.cure} | {after} |\n"
    return text


def main() -> None:
    found = []
    for name, radio in BOARDS.items():
        rig = Rig(name)
        for kind in applicable(radio):
            try:
                result = outcome(rig, kind)
            except RenodeWifiError as error:
                print(f"{kind.name} on {name}: {error}", file=sys.stderr)
                continue
            print(result, file=sys.stderr, flush=True)
            found.append(result)
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(with_table(text, "outcomes", table(found)), encoding="utf-8")


if __name__ == "__main__":
    main()
