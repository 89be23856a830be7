"""The suites of robot/secure_sockets notice a broken promise: for each sentence the model gets one
wrong behaviour, and the test of that sentence fails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import robot

from renode_wifi.peripherals.ism43362 import link
from renode_wifi.peripherals.ism43362.messages.argument import Milliseconds
from renode_wifi.peripherals.ism43362.messages.reply import DONE, Error
from renode_wifi.peripherals.ism43362.processor import Processor
from renode_wifi.peripherals.ism43362.sockets.socket import Socket
from renode_wifi.peripherals.network.servers.base import TcpServer
from renode_wifi.peripherals.simplelink.opcodes import Error as NwpError
from renode_wifi.peripherals.simplelink.opcodes import Opcode
from renode_wifi.peripherals.simplelink.sockets import handshakes, options
from renode_wifi.peripherals.simplelink.sockets.client import Clients
from renode_wifi.peripherals.simplelink.sockets.handshakes import (
    EVENT_SECURED,
    EVENT_WRONG_ROOT,
    Handshakes,
)
from renode_wifi.peripherals.simplelink.sockets.stream import StreamSocket
from renode_wifi.peripherals.simplelink.sockets.table import SocketTable

SUITES = Path(__file__).parent.parent / "robot/secure_sockets"
ST, TI = "b_l475e_iot01a", "cc3220sf_launchxl"
Break = Callable[[pytest.MonkeyPatch], None]


def run(board: str, test: str, folder: Path) -> int:
    """How many tests failed."""
    return int(
        robot.run(str(SUITES / f"{board}.robot"), test=test, outputdir=str(folder), console="none")
    )


def wrapped(owner: type, name: str, mutant: Callable[..., object]) -> Break:
    """mutant: gets the method that it replaces, then its arguments."""
    kept = getattr(owner, name)
    return lambda patch: patch.setattr(owner, name, lambda *values: mutant(kept, *values))


def constant(owner: object, name: str, value: object) -> Break:
    return lambda patch: patch.setattr(owner, name, value)


def elsewhere(connect: Callable[..., object], socket: Socket, *rest: object) -> object:
    socket.remote_port += 1
    return connect(socket, *rest)


def other_port(begin: Callable[..., object], clients: Clients, socket: object, to: object) -> None:
    assert isinstance(to, tuple)
    begin(clients, socket, (to[0], to[1] + 1))


def unconnected(begin: Callable[..., object], clients: Clients, socket: object, to: object) -> None:
    assert isinstance(socket, StreamSocket)
    socket.connecting = True
    clients.done(socket, 0)


def closed_at_once(
    failed: Callable[..., object], clients: Clients, socket: StreamSocket, status: int
) -> None:
    failed(clients, socket, status)
    clients.table.forget(socket)


def unharmed(strike: Callable[..., bool], module: Processor, transaction: object) -> bool:
    strike(module, transaction)
    module.hung = False
    return False


MUTANTS: dict[tuple[str, str], Break] = {
    (ST, "The Port Supports Up To Four Sockets"): wrapped(
        Socket,
        "connect",
        lambda kept, socket, *rest: (
            Error("no socket") if socket.number == 3 else kept(socket, *rest)
        ),
    ),
    (ST, "A Module That Is Out Of Step Is Reset And Says So"): constant(
        link, "OUT_OF_STEP", "never"
    ),
    (ST, "A Module That Stops Responding Is Reset And Says So"): wrapped(
        Processor, "_strike", unharmed
    ),
    (ST, "After A Reset The Network Is Joined Again"): wrapped(
        Socket,
        "connect",
        lambda kept, socket, *rest: (
            kept(socket, *rest) if socket.environment.access.joined else DONE
        ),
    ),
    (ST, "An Address Counts By Its Port And Address Only"): wrapped(Socket, "connect", elsewhere),
    (ST, "Connect Supports IPv4 Only"): constant(
        Socket, "connect", lambda socket, transaction: Error("no address of that family")
    ),
    (ST, "A Successful Connect Does Not Prove That Anybody Is There"): constant(
        TcpServer, "hang", lambda server, hanging: None
    ),
    (ST, "Time Outs Are Taken Below Thirty Seconds"): constant(Milliseconds, "MAXIMUM", 20_000),
    (ST, "A Receive Ends With Its Time Out"): wrapped(
        Socket, "_wait", lambda kept, socket, time, then: kept(socket, time + 1300, then)
    ),
    (ST, "Shutdown Sends No Fin And Ends Send And Receive"): constant(
        Socket, "close", lambda socket: None
    ),
    (TI, "The Port Supports Up To Sixteen Sockets"): wrapped(
        SocketTable,
        "free",
        lambda kept, table, secure: (
            kept(table, secure) if table.places.count(None) > 4 else NwpError.NO_SOCKETS
        ),
    ),
    (TI, "The Sockets Can Be Secured With TLS"): lambda patch: patch.setattr(
        handshakes.tls, "error_of", lambda verdict: NwpError.GENERAL
    ),
    (TI, "An Address Counts By Its Port And Address Only"): wrapped(Clients, "_begin", other_port),
    (TI, "Connect Supports IPv4 Only"): wrapped(Clients, "_begin", unconnected),
    (TI, "A Failed Connect Leaves The Socket Open Until It Is Closed"): wrapped(
        Clients, "failed", closed_at_once
    ),
    (TI, "A Connection May Be Made Though The Handshake Failed"): constant(
        Handshakes, "failed", lambda self, socket, *rest: self.notify(socket, EVENT_SECURED, 0)
    ),
    (TI, "A Handshake Error Comes As An Event"): wrapped(
        Handshakes,
        "notify",
        lambda kept, self, socket, kind, *rest: (
            None if kind == EVENT_WRONG_ROOT else kept(self, socket, kind, *rest)
        ),
    ),
    (TI, "Receive Time Outs Have Steps Of Ten Milliseconds"): constant(
        options, "in_steps", lambda duration: duration
    ),
    (TI, "Send Time Outs Are Not Used"): constant(StreamSocket, "send", lambda socket, data: None),
    (TI, "A Transmission Error Comes As An Event"): wrapped(
        SocketTable,
        "notify",
        lambda kept, table, opcode, *rest: (
            None if opcode is Opcode.TX_FAILED else kept(table, opcode, *rest)
        ),
    ),
    (TI, "Shutdown Sends No Fin And Ends Send And Receive"): constant(
        StreamSocket, "release", lambda socket: None
    ),
}


@pytest.mark.parametrize(("board", "test"), MUTANTS)
def test_a_broken_promise_is_noticed(
    board: str, test: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    MUTANTS[board, test](monkeypatch)
    assert run(board, test, tmp_path) == 1


@pytest.mark.parametrize("board", [ST, TI])
def test_each_sentence_is_broken_once(board: str) -> None:
    text = (SUITES / f"{board}.robot").read_text(encoding="utf-8")
    cases = text.partition("*** Test Cases ***")[2].partition("*** Keywords ***")[0]
    names = {line for line in cases.splitlines() if line and not line.startswith(" ")}
    assert names == {test for other, test in MUTANTS if other == board}
