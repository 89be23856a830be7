"""Messages at random against the network processor: no exception, no hang, no growth.

Run it for long with `python -m tests.peripherals.simplelink.fuzz 1000000 [seed]`.
"""

from __future__ import annotations

import random
import struct
import sys

from renode_wifi.peripherals.base.clock import MILLISECOND, SECOND
from renode_wifi.peripherals.simplelink.link import (
    CLEAR_TO_READ,
    FILLER,
    HOST_SYNC,
    MAX_WAITING,
)
from renode_wifi.peripherals.simplelink.module import CC3220_NWP
from renode_wifi.peripherals.simplelink.opcodes import Opcode
from tests.peripherals.silent_machine import SilentMachine
from tests.peripherals.simplelink.rig import ECHO, TARPIT, TLS_ECHO, UDP_ECHO, make_world

COMMANDS = [opcode for opcode in Opcode if opcode & 0x8000]
NAMES = [b"/certs/RootCA.crt", b"a", b"b/c", b"x" * 179, b"x" * 200, b"", b"\xff%2e"]
SSIDS = [b"fwemu-ap", b"open", b"nowhere", b"", b"x" * 32]
PORTS = [ECHO, TLS_ECHO, UDP_ECHO, TARPIT, 9, 0, 12_302]
ADDRESSES = [bytes((10, 10, 0, 1)), bytes(4), bytes((127, 0, 0, 1)), bytes((255,) * 4)]
OPTIONS = [
    *(8, 9, 13, 20, 24, 25, 26, 30, 31, 32, 33, 35, 36, 37, 38, 39, 40, 42, 44),
    *(60, 61, 65, 66),
]
POWER_CYCLE_AFTER = 400
"""Messages, at most."""
MAX_EVENTS = 400
"""Of the clock, whatever the messages are."""


class Fuzzer:
    """Writes messages that are nearly right, wholly wrong, or cut off, and reads most answers."""

    def __init__(self, seed: int = 0) -> None:
        self.random = random.Random(seed)
        self.machine = SilentMachine()
        self.nwp = CC3220_NWP(self.machine, "nwp", userFiles=20)
        self.world = make_world(self.machine)
        self.nwp.connect_world(self.world)
        self.messages = 0
        self.answers = 0
        self.power_cycles = 0
        self._left = 0

    def run(self, count: int) -> None:
        for _ in range(count):
            silent = self.nwp.processor.aborted and self.random.random() < 0.5
            if self._left == 0 or silent:
                self._power_cycle()
            self._left -= 1
            self._message()
            self._time()
            if self.random.random() < 0.9:
                self._read()
            self._check()

    # One round

    def _power_cycle(self) -> None:
        self._left = self.random.randrange(1, POWER_CYCLE_AFTER)
        self.power_cycles += 1
        self.nwp.files.provision(NAMES[0].decode(), self.world.ca_pem)
        self.nwp.on_gpio(0, False)
        self.nwp.on_gpio(0, True)
        assert self.nwp.processor.powered
        self.machine.clock.advance(60 * MILLISECOND)
        assert self.nwp.lines[0].level, "no InitComplete after power-on"
        self._read()
        if self.random.random() < 0.7:
            ssid, key = b"fwemu-ap", b"fwemu-pass"
            body = struct.pack("<BB6sB", 2, len(ssid), bytes(6), len(key)) + ssid + key
            self._write(Opcode.WLAN_CONNECT, body)
            self.machine.clock.advance(5 * SECOND)

    def _message(self) -> None:
        self.messages += 1
        pick = self.random.random()
        opcode = int(self.random.choice(COMMANDS))
        if pick < 0.02:
            for _ in range(self.random.randrange(1, 20)):
                word = self.random.choice(
                    (self.random.getrandbits(32), HOST_SYNC, CLEAR_TO_READ, 0)
                )
                self.nwp.exchange(word)
            return
        if pick < 0.04:
            opcode = self.random.getrandbits(16)
        body = self._body(opcode)
        if pick < 0.10:
            body = self.random.randbytes(self.random.randrange(64))
        elif pick < 0.14:
            body = body[: self.random.randrange(len(body) + 1)]
        elif pick < 0.20 and body:
            changed = bytearray(body)
            changed[self.random.randrange(len(changed))] = self.random.getrandbits(8)
            body = bytes(changed)
        self._write(opcode, body, cut=pick > 0.995)

    def _write(self, opcode: int, body: bytes, cut: bool = False) -> None:
        body += bytes(-len(body) % 4)
        message = struct.pack("<IHH", HOST_SYNC, opcode, len(body)) + body
        words = [word for (word,) in struct.iter_unpack("<I", message)]
        if cut:
            del words[self.random.randrange(len(words)) :]
        for word in words:
            self.nwp.exchange(word)

    def _body(self, opcode: int) -> bytes:
        draw = self.random
        silo = opcode & 0x7800
        number = draw.randrange(16) if draw.random() < 0.9 else draw.getrandbits(8)
        if silo == 0x1000:
            return self._socket_body(opcode, number)
        if silo == 0x2000:
            name = draw.choice(NAMES)
            if opcode == Opcode.FILE_OPEN:
                mode = draw.choice((0, 0x43008, 0x3010, 0x1000, 0x2001, draw.getrandbits(27)))
                return struct.pack("<II", mode, draw.choice((0, draw.getrandbits(32)))) + name
            if opcode in (Opcode.FILE_READ, Opcode.FILE_WRITE, Opcode.FILE_CLOSE):
                handle = draw.choice(list(self.nwp.files.open) or [1])
                length = draw.randrange(300)
                offset = draw.choice((0, 0, 100, draw.getrandbits(32)))
                if opcode == Opcode.FILE_CLOSE:
                    return struct.pack("<III", handle, 0, 0)
                return struct.pack("<IIHH", handle, offset, length, 0) + bytes(length)
            if opcode == Opcode.FILE_LIST:
                return struct.pack("<iBBB", draw.randrange(-2, 30), 10, draw.getrandbits(8), 1)
            if opcode == Opcode.FILE_CONTROL:
                size = len(name)
                return struct.pack("<IB3xII", 0, draw.randrange(9), size, 8) + name + b"newname"
            return struct.pack("<I", 0) + name
        if opcode in (Opcode.WLAN_CONNECT, Opcode.WLAN_PROFILE_ADD):
            ssid, key = draw.choice(SSIDS), draw.choice((b"", b"fwemu-pass\0", b"x" * 70))
            if opcode == Opcode.WLAN_CONNECT:
                head = struct.pack("<BB6sB", draw.randrange(13), len(ssid), bytes(6), len(key))
            else:
                head = struct.pack(
                    "<hBB6sBB", draw.randrange(13), len(ssid), 1, bytes(6), len(key), 0
                )
            return head + ssid + key
        if opcode == Opcode.DNS_BY_NAME:
            name = draw.choice((b"broker.test", b"no.test", b"10.10.0.1", b"\xff.\0", b"a..b"))
            return struct.pack("<HBB", len(name), draw.choice((2, 3)), 0) + name
        if opcode == Opcode.PING_START:
            address = int.from_bytes(draw.choice(ADDRESSES), "big")
            return struct.pack("<IHHIIIIII", 10, 56, 100, draw.randrange(4), 0, address, 0, 0, 0)
        value = draw.randbytes(draw.randrange(40))
        identity, option = draw.randrange(13), draw.randrange(20)
        return struct.pack("<HHHH", 0, identity, option, len(value)) + value

    def _socket_body(self, opcode: int, number: int) -> bytes:
        draw = self.random
        if opcode == Opcode.SOCKET:
            return bytes((2, draw.choice((1, 1, 2)), draw.choice((0, 0, 100)), 7))
        if opcode in (Opcode.CONNECT, Opcode.BIND, Opcode.SENDTO):
            data = bytes(draw.randrange(60)) if opcode == Opcode.SENDTO else b""
            head = struct.pack("<HBB", len(data), number, 0x20)
            port = draw.choice(PORTS).to_bytes(2, "big")
            return head + port + bytes(2) + draw.choice(ADDRESSES) + data
        if opcode == Opcode.SELECT:
            open_ones = sum(
                1 << n for n, socket in enumerate(self.nwp.sockets.table) if socket is not None
            )
            sets = draw.getrandbits(16) & open_ones
            seconds = draw.choice((0, 1, 0xFFFF))
            return struct.pack("<BBBBHHHH", 16, 0, 0, 0, sets, open_ones, 5, seconds)
        if opcode in (Opcode.SETSOCKOPT, Opcode.GETSOCKOPT):
            group = bytes((224, 0, 1, draw.randrange(12))) + bytes(4)
            linger = struct.pack("<II", draw.randrange(2), draw.randrange(4))
            values = (bytes(4), b"\1\0\0\0", bytes(8), b"/certs/RootCA.crt", b"", group, linger)
            value = draw.choice(values)
            option = draw.choice(OPTIONS)
            return bytes((number, draw.choice((1, 1, 1, 2, 3)), option, len(value))) + value
        if opcode in (Opcode.SEND, Opcode.RECV, Opcode.RECVFROM):
            length = draw.choice((0, 1, 100, 1460, 3000))
            data = bytes(length) if opcode == Opcode.SEND else b""
            return struct.pack("<HBB", length, number, draw.choice((0x20, 0x28))) + data
        return bytes((number, 2, 0, 0))

    def _time(self) -> None:
        pick = self.random.random()
        if pick < 0.9:
            self.machine.clock.advance(MILLISECOND)
        elif pick < 0.999:
            self.machine.clock.advance(50 * MILLISECOND)
        else:
            self.machine.clock.advance(30 * SECOND)

    def _read(self) -> None:
        """As the host does: as long as the interrupt asks for it."""
        while self.nwp.lines[0].level:
            while self.nwp._in_message:  # left half written
                self.nwp.exchange(0)
            self.nwp.exchange(CLEAR_TO_READ)
            first = self.nwp.exchange(FILLER)
            if first == FILLER:
                return
            header = self.nwp.exchange(FILLER)
            for _ in range(((header >> 16) + 3) // 4):
                self.nwp.exchange(FILLER)
            self.answers += 1

    def _check(self) -> None:
        nwp = self.nwp
        assert nwp.waiting <= MAX_WAITING
        assert 0 <= nwp.processor.status.tx_pool <= nwp.profile.tx_pool
        assert len(nwp.files.volume.store.files) <= 22
        assert len(nwp.files.open) <= nwp.profile.open_files
        if self.messages % 1000 == 0:
            due = [event for _, _, event in self.machine.clock._heap if event.callback is not None]
            assert len(due) < MAX_EVENTS, f"{len(due)} events are due"
            assert sum(len(v) for v in nwp.wlan.settings.values.values()) < 200_000
            assert len(self.world.internet.hosts) < 10


def main(arguments: list[str]) -> None:
    count = int(arguments[0]) if arguments else 10_000
    fuzzer = Fuzzer(int(arguments[1]) if len(arguments) > 1 else 0)
    step = max(1, count // 20)
    for done in range(0, count, step):
        fuzzer.run(min(step, count - done))
        print(
            f"{fuzzer.messages} messages, {fuzzer.answers} answers,"
            f" {fuzzer.power_cycles} power cycles",
            flush=True,
        )


if __name__ == "__main__":
    main(sys.argv[1:])
