"""Guests of both boards and servers of the host that mean harm: the guest's own result is all that
they change, whatever observes the run."""

from __future__ import annotations

import itertools
import shutil
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from renode_wifi import Board
from renode_wifi.emulation.frontends.recording import record
from tests.peripherals.network.bridge.hostile import AUTHORITY, CERTIFICATE, KEY, PEERS, Peer

FIRMWARE = Path(__file__).resolve().parents[3] / "firmware"
HOST, INSIDE = "10.10.0.9", "10.10.0.1"
ANSWER = r"^(ok|error) .*in \d+ ms$"
TCP_PORT, TLS_PORT, UDP_PORT, OPENSSL_PORT = PORTS = range(4001, 4005)
TAKEN = 6
"""Times that a guest takes what has come."""
MAX_SENT = 1 << 20
"""Bytes that a server sends to a guest that takes less."""

WORLD = """
mode: bridged
access_points: [{ssid: lab, passphrase: lab-secret}]
names: {inside.test: 10.10.0.1}
servers: {echo: {type: echo, port: 7}}
dns: {pass_through: true}
bridge: {grace: 20 ms}
radio: {tls: relaxed, credentials: [{slot: 3, ca: root.pem}], files: {/certs/RootCA.crt: root.pem}}
forwards:
"""


def dripped(data: bytes) -> Iterator[bytes]:
    """A byte at a time, each later than the guest waits for one."""
    for byte in data:
        time.sleep(0.01)
        yield bytes([byte])


HEAD = b"HTTP/1.1 200 OK\r\n"
DRIPS = {
    "HTTP, drop by drop": HEAD + b"Content-Length: 9\r\n\r\n",
    "MQTT, drop by drop": b"\x20\x02\0\0\x30\xff\xff\x03\0\1a" + bytes(30),
}
FLOODS: dict[str, Iterable[bytes]] = {
    "nothing": (),
    "headers without end": itertools.chain([HEAD], itertools.repeat(b"X-Junk: " + b"x" * 500)),
    "a header without end": itertools.chain([HEAD + b"X: "], itertools.repeat(b"x" * 1000)),
    "chunks without end": itertools.chain(
        [HEAD + b"Transfer-Encoding: chunked\r\n\r\n"], itertools.repeat(b"1\r\nx\r\n")
    ),
    "a chunk of 16 EiB": [HEAD + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nx"],
    "a negative length": [HEAD + b"Content-Length: -1\r\n\r\n" + bytes(100)],
    "redirects": [b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\n\r\n"],
    "MQTT lengths of five bytes": itertools.repeat(b"\x30\xff\xff\xff\xff\x7f"),
    "MQTT publications of 256 MiB": itertools.chain([b"\x20\x02\0\0\x30\xff\xff\xff\x7f\0\1a"]),
    "MQTT types that are reserved": [bytes((kind << 4 | 15, 0)) for kind in range(16)] * 100,
    "MQTT topics of NUL": [b"\x20\x02\0\0", b"\x30\x06\0\3\0\xff\xfex"] * 50,
    "escapes for terminals": [b"\x1b]0;owned\x07\x1b[2J\xe2\x80\xae\xc2\x9b31m<script>" * 20],
}


class HostileServer:
    """Listens for TCP, TLS and datagrams, and does to each client what `behaviour` says."""

    def __init__(self) -> None:
        self.flood: Iterable[bytes] = ()
        self.peer: Callable[[], Peer] = PEERS["nothing"]
        self.sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
        self.sockets.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        self.sockets[2].bind(("127.0.0.1", 0))
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.spare: int = listener.getsockname()[1]
        for serve, listener in zip(
            (self._floods, self._peers, self._datagrams), self.sockets, strict=True
        ):
            threading.Thread(target=serve, args=(listener,), daemon=True).start()

    def forwards(self) -> str:
        ports = [listener.getsockname()[1] for listener in self.sockets] + [self.spare]
        lines = [
            f'  - {{from: "{HOST}:{port}", to: "127.0.0.1:{real}"{more}}}\n'
            for port, real, more in zip(PORTS, ports, ("", "", ", udp: true", ""), strict=True)
        ]
        return "".join(lines)

    def _floods(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                with client, suppress(OSError):
                    sent = 0
                    for data in self.flood:
                        client.sendall(data)
                        sent += len(data)
                        if sent > MAX_SENT:
                            break
                    # A reset, unless the client goes first.
                    client.settimeout(0.2)
                    client.recv(1)
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _peers(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                client.settimeout(0.01)
                peer, sent, silent = self.peer(), 0, 0
                with client, suppress(OSError):
                    while sent < MAX_SENT and silent < 20:
                        try:
                            data = client.recv(10_000)
                            if not data:
                                break
                        except TimeoutError:
                            data = b""
                        answer = peer(data)
                        silent = 0 if data or answer else silent + 1
                        client.sendall(answer)
                        sent += len(answer)

    def _datagrams(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                _, sender = listener.recvfrom(2_000)
                for size in (0, 1, 1472, 8_000, 60_000):
                    listener.sendto(bytes(size), sender)

    def close(self) -> None:
        for listener in self.sockets:
            listener.close()


class Shell:
    """Types into a board's shell, which answers what became of it."""

    def __init__(self, board: Board) -> None:
        self.board = board

    def ask(self, command: str) -> list[str]:
        self.board.wait_for_prompt(">", 10)
        self.board.write(command + "\r")
        return self.board.wait_for_line(ANSWER, 120).text.split()[:-3]

    def talk(self, kind: str, port: int) -> list[str]:
        """Opens, says something, takes what comes, closes; returns what came of opening."""
        opened = self.ask(f"open {kind} {HOST} {port}")
        if opened[0] == "ok":
            self.ask(f"send {opened[1]} question")
            for _ in range(TAKEN):
                if self.ask(f"receivehex {opened[1]} 700 100")[0] == "error":
                    break
            assert self.ask(f"close {opened[1]}")[0] == "ok"
        return opened

    def check(self) -> None:
        """What is inside the world answers as before, and so does the radio."""
        assert self.ask("resolve inside.test")[0] == "ok"
        handle = self.ask(f"open tcp {INSIDE} 7")[1]
        assert self.ask(f"send {handle} inside") == ["ok", "6"]
        assert self.ask(f"receive {handle} 6 1000") == ["ok", "6", "inside"]
        assert self.ask(f"close {handle}")[0] == "ok"


@pytest.fixture(scope="module")
def server() -> Iterator[HostileServer]:
    server = HostileServer()
    yield server
    server.close()


@pytest.fixture(scope="module", params=["b_l475e_iot01a", "cc3220sf_launchxl"])
def shell(
    request: pytest.FixtureRequest,
    server: HostileServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Shell]:
    name: str = request.param
    folder = tmp_path_factory.mktemp("hostile")
    world = folder / "world.yaml"
    world.write_text(WORLD + server.forwards(), encoding="utf-8")
    (folder / "root.pem").write_bytes(AUTHORITY.certificate)
    with Board(name, FIRMWARE / "shell" / f"{name}.elf", world, engine="embedded") as board:
        for kind in ("report", "perfetto"):
            record(board, kind, folder / kind)
        shell = Shell(board)
        shell.ask("start")
        assert shell.ask("join lab lab-secret")[0] == "ok"
        yield shell
    assert b"<script>" not in (folder / "report").read_bytes().split(b"owned", 1)[-1][:60]


@pytest.mark.parametrize("name", [*FLOODS, *DRIPS])
def test_what_a_server_floods_reaches_the_guest_only(
    shell: Shell, server: HostileServer, name: str
) -> None:
    server.flood = FLOODS[name] if name in FLOODS else dripped(DRIPS[name])
    assert shell.talk("tcp", TCP_PORT)[0] == "ok"
    shell.check()


QUICK_PEERS = [name for name in PEERS if "byte by byte" not in name]
"""The others take seconds; the bridge has a test of them."""


@pytest.mark.parametrize("name", QUICK_PEERS)
def test_a_tls_server_of_the_host_reaches_the_guest_only(
    shell: Shell, server: HostileServer, name: str
) -> None:
    server.peer = PEERS[name]
    shell.talk("tls", TLS_PORT)
    shell.check()


def test_datagrams_of_any_size_reach_the_guest_only(shell: Shell) -> None:
    shell.talk("udp", UDP_PORT)
    shell.check()


def test_a_resolver_that_means_harm_gives_a_name_or_none(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thousands of addresses, none, those of the host, and those of IPv6, also as IPv4's."""
    answers: list[list[str] | type[OSError]] = [
        [f"93.184.{n >> 8}.{n & 255}" for n in range(5_000)],
        [],
        ["127.0.0.1", "169.254.169.254", "0.0.0.0", "255.255.255.255", "224.0.0.251"],
        ["::ffff:127.0.0.1", "::1", "fe80::1%eth0", "64:ff9b::7f00:1", "2001:db8::1"],
        socket.gaierror,
        UnicodeError,  # type: ignore[list-item]
    ] + [socket.gaierror] * 20  # fmt: skip
    given = iter(answers)

    def resolve(host: str, *arguments: object, **more: object) -> list[object]:
        answer = next(given)
        if not isinstance(answer, list):
            raise answer(-2, "Name or service not known")
        kinds = [(socket.AF_INET6 if ":" in text else socket.AF_INET, text) for text in answer]
        return [(kind, socket.SOCK_STREAM, 6, "", (text, 0)) for kind, text in kinds]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    found = [shell.ask(f"resolve n{number}.example.com")[0] for number in range(len(answers))]
    assert found[1:] == ["error"] * (len(answers) - 1)
    shell.check()


@pytest.mark.parametrize(
    ("version", "order"), [("-tls1_2", "r"), ("-tls1_2", "R"), ("-tls1_3", "k"), ("-tls1_3", "K")]
)
def test_handshakes_in_a_connection_reach_the_guest_only(
    shell: Shell, server: HostileServer, tmp_path: Path, version: str, order: str
) -> None:
    """Renegotiation, also with a client's certificate, and new keys, also asked for."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs openssl: apt-get install openssl")
    (tmp_path / "server.pem").write_bytes(CERTIFICATE + KEY)
    process = subprocess.Popen(
        [openssl, "s_server", "-accept", f"127.0.0.1:{server.spare}", version]
        + ["-cert", "server.pem", "-legacy_renegotiation"],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        bufsize=0,
    )
    # Output that never comes ends the wait for it.
    end = threading.Timer(60, process.kill)
    end.start()
    assert process.stdout is not None
    assert process.stdin is not None
    while b"ACCEPT" not in process.stdout.readline():
        assert process.poll() is None
    answer, handle = shell.ask(f"open tls {HOST} {OPENSSL_PORT}")
    assert answer == "ok"
    for _ in range(5):
        process.stdin.write(f"{order}\n".encode())
        shell.ask(f"receivehex {handle} 700 50")
    shell.ask(f"close {handle}")
    shell.check()
    end.cancel()
    process.kill()
    process.communicate()
