"""A debugger for tests: sends packets to a session, or to a server's port, and reads answers."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from renode_wifi.emulation.engines.embedded.engine import EmbeddedEngine
from renode_wifi.emulation.frontends.gdb.packets import Packet, PacketDecoder, encode
from tests.emulation.guest import CHIP, counter_image

LOOP = 0x0800_000C
"""adds r0, #1; str r0, [r1]; b LOOP"""
COUNTER = 0x2000_0000
IMAGE = counter_image()


def counting_engine(folder: Path) -> EmbeddedEngine:
    """An engine whose machine counts in a word of memory."""
    engine = EmbeddedEngine.empty()
    image = folder / "counter.bin"
    image.write_bytes(IMAGE)
    engine.execute("using sysbus")
    engine.execute("mach create")
    engine.execute(f'machine LoadPlatformDescriptionFromString """{CHIP}"""')
    engine.execute(f"sysbus LoadBinary @{image} 0x08000000")
    return engine


class Client:
    """Speaks with a server over its socket. The test lets the machine run in another thread."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=120)
        self._decoder = PacketDecoder()
        self._packets: list[bytes] = []

    def send(self, text: str | bytes) -> None:
        self.socket.sendall(encode(text.encode() if isinstance(text, str) else text))

    def interrupt(self) -> None:
        self.socket.sendall(b"\x03")

    def receive(self) -> str:
        """The next packet; "" when the server has closed the connection."""
        while not self._packets:
            data = self.socket.recv(4096)
            if not data:
                return ""
            self._packets += [
                item.data for item in self._decoder.feed(data) if isinstance(item, Packet)
            ]
        return self._packets.pop(0).decode("latin-1")

    def ask(self, text: str | bytes) -> str:
        self.send(text)
        return self.receive()

    def register(self, number: int) -> int:
        return int.from_bytes(bytes.fromhex(self.ask(f"p{number:x}")), "little")

    def monitor(self, command: str) -> str:
        answer = self.ask("qRcmd," + command.encode().hex())
        return "" if answer == "OK" else bytes.fromhex(answer).decode().rstrip("\n")

    def close(self) -> None:
        self.socket.close()


@contextmanager
def connected(port: int) -> Iterator[Client]:
    client = Client(port)
    try:
        yield client
    finally:
        client.close()


def stop_pc(reply: str) -> int:
    """The PC of a stop reply."""
    match = re.search(r"(?:^T..|;)f:([0-9a-f]{8});", reply)
    assert match is not None, reply
    return int.from_bytes(bytes.fromhex(match.group(1)), "little")
