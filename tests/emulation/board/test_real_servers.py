"""Guests of both boards and servers that nobody here wrote, behind the bridge."""

from __future__ import annotations

import getpass
import http.client
import re
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from renode_wifi import Board
from renode_wifi.peripherals.network.tls.pki import Authority

FIRMWARE = Path(__file__).resolve().parents[3] / "firmware"
ST, TI = "b_l475e_iot01a", "cc3220sf_launchxl"
SSID, PASSPHRASE, HOST = "lab", "lab-secret", "10.10.0.9"
ANSWER = r"^(ok|error) .*in \d+ ms$"
MAX_RUN = 60
"""Seconds."""
PROGRAMS = ("mosquitto", "nginx", "openssl", "python")
DEVICE = "device"
"""The host's port that leads to the board's own web server."""

WORLD = """
mode: bridged
access_points: [{ssid: lab, passphrase: lab-secret}]
radio:
  credentials: [{slot: 3, ca: root.pem, certificate: client.pem, key: client.key}]
  files:
    /certs/RootCA.crt: root.pem
    /certs/ClientCert.crt: client.pem
    /certs/PrivateKey.key: client.key
    www/index.html: page.html
forwards:
"""


class Host:
    """The servers of this machine, each at a port of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running: dict[str, subprocess.Popen[str]] = {}
        self.ends: list[threading.Timer] = []
        names = (*PROGRAMS, DEVICE)
        with _free(len(names)) as sockets:
            self.ports = {
                name: peer.getsockname()[1] for name, peer in zip(names, sockets, strict=True)
            }
        (folder / "page.html").write_text("<p>__SL_G_S.B</p>" + "x" * 20_000, encoding="utf-8")
        authority = Authority("servers of the host")
        (folder / "root.pem").write_bytes(authority.certificate)
        for name, (certificate, key) in (
            ("server", authority.server((HOST, "host.test"), "rsa")),
            ("client", authority.client("board", "rsa")),
        ):
            (folder / f"{name}.pem").write_bytes(certificate)
            (folder / f"{name}.key").write_bytes(key)
        forwards = "".join(
            f'  - {{from: "{HOST}:{port}", to: "127.0.0.1:{port}"}}\n'
            for port in (self.ports[program] for program in PROGRAMS)
        )
        exposed = f'expose: [{{listen: "127.0.0.1:{self.ports[DEVICE]}", port: 80}}]\n'
        self.world = folder / "world.yaml"
        self.world.write_text(WORLD + forwards + exposed, encoding="utf-8")

    def start(self, program: str, *arguments: str, ready: str) -> subprocess.Popen[str]:
        """Start it once, and return when a line of its output says that it listens."""
        if program not in self.running:
            executable = shutil.which(program) or shutil.which(program, path="/usr/sbin")
            if executable is None:
                pytest.skip(f"needs {program}: apt-get install {program}")
            process = subprocess.Popen(
                [executable, *arguments],
                cwd=self.folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            self.running[program] = process
            # Output that never comes ends the wait for it.
            self.ends.append(threading.Timer(MAX_RUN, process.kill))
            self.ends[-1].start()
            self.expect(program, ready)
        return self.running[program]

    def expect(self, program: str, pattern: str) -> str:
        """The next line of its output that matches."""
        output = self.running[program].stdout
        assert output is not None
        seen = []
        for line in output:
            seen.append(line)
            if re.search(pattern, line):
                return line
        raise AssertionError(f"{program} ended without {pattern!r}: {''.join(seen)}")

    def close(self) -> None:
        for end in self.ends:
            end.cancel()
        for process in self.running.values():
            process.terminate()
            process.communicate()


class _free:
    """Sockets at ports that nobody has, held until all are known."""

    def __init__(self, count: int) -> None:
        self.sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]

    def __enter__(self) -> list[socket.socket]:
        return self.sockets

    def __exit__(self, *problem: object) -> None:
        for peer in self.sockets:
            peer.close()


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    host = Host(tmp_path_factory.mktemp("host"))
    yield host
    host.close()


class Shell:
    """Types into a board's shell."""

    def __init__(self, board: Board) -> None:
        self.board = board

    def ask(self, command: str) -> list[str]:
        self.board.wait_for_prompt(">", 10)
        self.board.write(command + "\r")
        words = self.board.wait_for_line(ANSWER, 60).text.split()
        assert words[0] == "ok", (command, words)
        return words[1:-3]

    def open(self, kind: str, port: int) -> str:
        return self.ask(f"open {kind} {HOST} {port}")[0]

    def send(self, handle: str, data: bytes) -> None:
        assert self.ask(f"sendhex {handle} {data.hex()}") == [str(len(data))]

    def receive(self, handle: str, size: int) -> bytes:
        """So many bytes at least."""
        data = b""
        while len(data) < size:
            count, *text = self.ask(f"receivehex {handle} 700 5000")
            assert count != "0", data
            data += bytes.fromhex(text[0])
        return data


@pytest.fixture(scope="module", params=[ST, TI])
def shell(request: pytest.FixtureRequest, host: Host) -> Iterator[Shell]:
    name: str = request.param
    with Board(name, FIRMWARE / "shell" / f"{name}.elf", host.world, engine="embedded") as board:
        shell = Shell(board)
        shell.ask("start")
        shell.ask(f"join {SSID} {PASSPHRASE}")
        yield shell


def packet(kind: int, body: bytes) -> bytes:
    """An MQTT packet shorter than 128 bytes."""
    return bytes((kind, len(body))) + body


def text(value: str) -> bytes:
    return len(value).to_bytes(2, "big") + value.encode()


CONNECT = packet(0x10, text("MQTT") + bytes((4, 2, 0, 60)) + text("board"))
PING = packet(0xC0, b"")


def test_publishes_to_mosquitto_and_receives(shell: Shell, host: Host) -> None:
    port = host.ports["mosquitto"]
    (host.folder / "mosquitto.conf").write_text(
        f"listener {port} 127.0.0.1\ncafile root.pem\ncertfile server.pem\nkeyfile server.key\n"
        "require_certificate true\nuse_identity_as_username true\nallow_anonymous false\n"
        f"log_dest stderr\nlog_type all\nuser {getpass.getuser()}\n",
        encoding="utf-8",
    )
    host.start("mosquitto", "-c", "mosquitto.conf", ready="mosquitto version .* running")
    handle = shell.open("mutual", port)
    shell.send(handle, CONNECT)
    assert shell.receive(handle, 4) == bytes.fromhex("20020000")
    shell.send(handle, packet(0x82, b"\0\1" + text("lamp/#") + b"\1"))
    assert shell.receive(handle, 5) == bytes.fromhex("9003000101")
    shell.send(handle, packet(0x32, text("lamp/set") + b"\0\2on"))
    message = packet(0x32, text("lamp/set") + b"\0\1on")
    acknowledgement = bytes.fromhex("40020002")
    received = shell.receive(handle, len(message) + len(acknowledgement))
    assert received in (message + acknowledgement, acknowledgement + message)
    shell.send(handle, packet(0x40, b"\0\1"))
    # A stay without traffic longer than the grace of the bridge.
    assert shell.ask(f"receivehex {handle} 10 700")[0] == "0"
    shell.send(handle, PING)
    assert shell.receive(handle, 2) == bytes.fromhex("d000")
    shell.send(handle, packet(0xE0, b""))
    shell.ask(f"close {handle}")
    assert "u'board'" in host.expect("mosquitto", "New client connected")


def test_fetches_pages_from_nginx(shell: Shell, host: Host) -> None:
    port = host.ports["nginx"]
    (host.folder / "large.txt").write_text("0123456789abcdef" * 1024, encoding="utf-8")
    (host.folder / "nginx.conf").write_text(
        "daemon off; master_process off; pid nginx.pid; error_log stderr notice; events {}\n"
        "http { access_log /dev/stdout; server_tokens off;\n"
        + "".join(f"{kind}_temp_path temp;" for kind in ("client_body", "proxy", "fastcgi"))
        + "uwsgi_temp_path temp; scgi_temp_path temp;\n"
        f"server {{ listen 127.0.0.1:{port} ssl; root .; ssl_certificate server.pem;\n"
        "ssl_certificate_key server.key; ssl_client_certificate root.pem; ssl_verify_client on;\n"
        "ssl_ciphers DEFAULT; } }\n",
        encoding="utf-8",
    )
    prefix = f"{host.folder}/"
    host.start("nginx", "-p", prefix, "-c", "nginx.conf", ready="epoll|kqueue|event method")
    handle = shell.open("mutual", port)
    shell.send(handle, b"HEAD /large.txt HTTP/1.1\r\nHost: h\r\n\r\n")
    head = shell.receive(handle, 4)
    while not head.endswith(b"\r\n\r\n"):
        head += shell.receive(handle, 1)
    assert head.startswith(b"HTTP/1.1 200 OK")
    assert b"Content-Length: 16384" in head
    # The same connection again: the whole page is several records, and more than any buffer.
    shell.send(handle, b"GET /large.txt HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    page = b""
    while len(page.partition(b"\r\n\r\n")[2]) < 16_384:
        page += shell.receive(handle, 1)
    assert page.partition(b"\r\n\r\n")[2] == (host.folder / "large.txt").read_bytes()
    shell.ask(f"close {handle}")


def test_talks_to_s_server(shell: Shell, host: Host) -> None:
    arguments = "-cert server.pem -key server.key -CAfile root.pem -Verify 1 -verify_return_error"
    host.start(
        "openssl",
        *("s_server", "-accept", f"127.0.0.1:{host.ports['openssl']}", "-tls1_2", "-rev"),
        *arguments.split(),
        ready="ACCEPT",
    )
    handle = shell.open("mutual", host.ports["openssl"])
    shell.send(handle, b"drawer\n")
    assert shell.receive(handle, 7) == b"reward\n"
    shell.ask(f"close {handle}")
    assert "CN = board" in host.expect("openssl", "Peer certificate")


def test_a_server_of_python_sees_certificate_version_and_protocol(shell: Shell, host: Host) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(host.folder / "server.pem", host.folder / "server.key")
    context.load_verify_locations(host.folder / "root.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    context.set_alpn_protocols(["http/1.1"])
    context.set_ciphers("DEFAULT")
    seen: list[object] = []

    def serve() -> None:
        with socket.create_server(("127.0.0.1", host.ports["python"])) as listener:
            listening.set()
            client, _ = listener.accept()
            with context.wrap_socket(client, server_side=True) as peer:
                seen.append(peer.version())
                seen.append(peer.selected_alpn_protocol())
                certificate = peer.getpeercert()
                assert certificate is not None
                seen.append(certificate["subject"])
                while data := peer.recv(1000):
                    peer.sendall(data[::-1])

    listening = threading.Event()
    server = threading.Thread(target=serve, daemon=True)
    server.start()
    listening.wait()
    with_alpn = shell.board.name == TI
    if with_alpn:
        shell.ask("offer 1")
    handle = shell.open("mutual", host.ports["python"])
    shell.send(handle, b"stressed")
    assert shell.receive(handle, 8) == b"desserts"
    shell.ask(f"close {handle}")
    server.join()
    if with_alpn:
        shell.ask("offer 0")
    assert seen == ["TLSv1.2", "http/1.1" if with_alpn else None, ((("commonName", "board"),),)]


def test_a_browser_of_the_host_gets_the_page_of_the_network_processor(
    shell: Shell, host: Host
) -> None:
    if shell.board.name != TI:
        pytest.skip("the ISM43362 has no web server of its own")
    answers: list[tuple[int, bytes]] = []

    def browse() -> None:
        for path in ("/", "/__SL_G_S.D"):
            connection = http.client.HTTPConnection("127.0.0.1", host.ports[DEVICE], timeout=30)
            connection.request("GET", path)
            answer = connection.getresponse()
            answers.append((answer.status, answer.read()))

    browser = threading.Thread(target=browse, daemon=True)
    browser.start()
    while browser.is_alive():
        shell.board.run(0.02)
    assert answers == [(200, b"<p>mysimplelink</p>" + b"x" * 20_000), (200, b"Station")]
