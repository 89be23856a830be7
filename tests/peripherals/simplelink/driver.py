"""A host driver as small as can be: messages over the link's words, as TI's driver moves them."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Any

from renode_wifi.peripherals.base.clock import MILLISECOND, SECOND
from renode_wifi.peripherals.base.line import Receiver
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.simplelink.link import CLEAR_TO_READ, FILLER, HOST_SYNC
from renode_wifi.peripherals.simplelink.messages.header import DEVICE_SYNC
from renode_wifi.peripherals.simplelink.module import CC3220_NWP
from renode_wifi.peripherals.simplelink.opcodes import Opcode

STEP = 1 * MILLISECOND


@dataclass
class Message:
    """One message from the network processor."""

    opcode: int
    pool: int
    device: int
    failing: int
    non_blocking: int
    body: bytes
    time: int

    def unpack(self, layout: str) -> tuple[Any, ...]:
        return struct.unpack_from("<" + layout, self.body)


class HostDriver(Receiver):
    """Reads whatever the interrupt announces; `events` holds what nobody has asked for yet."""

    def __init__(self, machine: BenchMachine, nwp: CC3220_NWP) -> None:
        self.machine = machine
        self.nwp = nwp
        self.events: list[Message] = []
        self.last: Message | None = None
        nwp.lines[0].connect(self, 0)
        self._asked = False

    # The wires

    def on_gpio(self, number: int, level: bool) -> None:
        if level:
            self._asked = True

    def write(self, message: bytes) -> None:
        for (word,) in struct.iter_unpack("<I", message):
            self.nwp.exchange(word)

    def read(self) -> Message:
        self._asked = False
        self.nwp.exchange(CLEAR_TO_READ)
        words = [self.nwp.exchange(FILLER) for _ in range(4)]
        assert words[0] == DEVICE_SYNC
        opcode, length = words[1] & 0xFFFF, words[1] >> 16
        assert length >= 8
        data = b"".join(
            struct.pack("<I", self.nwp.exchange(FILLER)) for _ in range((length - 8 + 3) // 4)
        )
        pool, device, failing, non_blocking = struct.unpack(
            "<BB2xHH", struct.pack("<2I", *words[2:])
        )
        body, now = data[: length - 8], self.machine.clock.now
        self.last = Message(opcode, pool, device, failing, non_blocking, body, now)
        return self.last

    def run(self, duration: int) -> None:
        """Let time go by and read what comes."""
        end = self.machine.clock.now + duration
        while True:
            while self.nwp.lines[0].level:
                self.events.append(self.read())
            due = self.machine.clock.next_time
            if due is None or due > end:
                break
            self.machine.clock.advance(max(0, due - self.machine.clock.now))
        self.machine.clock.advance(max(0, end - self.machine.clock.now))

    # Messages

    def post(self, opcode: int, body: bytes = b"") -> None:
        body += bytes(-len(body) % 4)
        self.write(struct.pack("<IHH", HOST_SYNC, opcode, len(body)) + body)

    def command(self, opcode: Opcode, body: bytes = b"", wait: int = 10 * SECOND) -> Message:
        """The synchronous answer to a command."""
        self.post(opcode, body)
        answer = self.event(opcode & ~0x8000 | 0x0400, wait)
        assert answer is not None, f"{opcode.name} is not answered"
        return answer

    def status(self, opcode: Opcode, body: bytes = b"") -> int:
        (status,) = self.command(opcode, body).unpack("h")
        return int(status)

    def event(self, opcode: int, wait: int = 10 * SECOND) -> Message | None:
        """The next message of a kind, waiting for it; None if it doesn't come."""
        end = self.machine.clock.now + wait
        while True:
            for message in self.events:
                if message.opcode == opcode:
                    self.events.remove(message)
                    return message
            due = self.machine.clock.next_time
            if self.nwp.lines[0].level:
                self.run(0)
            elif due is None or due > end:
                self.run(max(0, end - self.machine.clock.now))
                return None
            else:
                self.run(due - self.machine.clock.now)

    # The API

    def start(self) -> int:
        """The status of InitComplete."""
        self.nwp.on_gpio(0, True)
        message = self.event(Opcode.INIT_COMPLETE)
        assert message is not None
        return int(message.unpack("i")[0])

    def stop(self) -> None:
        assert self.status(Opcode.STOP, struct.pack("<HH", 200, 0)) == 0
        assert self.event(Opcode.STOP_ASYNC) is not None
        self.off()

    def off(self) -> None:
        self.nwp.on_gpio(0, False)
        self.events.clear()

    def connect_ap(self, ssid: bytes, key: bytes = b"", security: int = 2) -> int:
        """The status of the command; what becomes of it is reported by events."""
        body = struct.pack("<BB6sB", security, len(ssid), bytes(6), len(key)) + ssid + key
        return self.status(Opcode.WLAN_CONNECT, body)

    def joined(self, ssid: bytes = b"fwemu-ap", key: bytes = b"fwemu-pass") -> None:
        assert self.connect_ap(ssid, key) == 0
        assert self.event(Opcode.WLAN_CONNECTED) is not None
        assert self.event(Opcode.IP_ACQUIRED) is not None

    def resolve(self, name: bytes) -> tuple[int, IPv4Address]:
        assert self.status(Opcode.DNS_BY_NAME, struct.pack("<HBB", len(name), 2, 0) + name) == 0
        message = self.event(Opcode.DNS_ASYNC)
        assert message is not None
        status, number = message.unpack("h2xI")
        return status, IPv4Address(number)

    def socket(self, kind: int = 1, protocol: int = 0, domain: int = 2) -> int:
        status, number = self.command(Opcode.SOCKET, bytes((domain, kind, protocol, 0xA5))).unpack(
            "hB"
        )
        return int(status) if status < 0 else int(number)

    def close(self, number: int) -> int:
        status, same = self.command(Opcode.CLOSE, bytes((number, 1, 2, 3))).unpack("hB")
        assert same == number
        if status == 0:
            message = self.event(Opcode.CLOSE_ASYNC, 70 * SECOND)
            assert message is not None
            status, same = message.unpack("hB")
            assert same == number
        return int(status)

    @staticmethod
    def address(number: int, port: int, address: str, length: int = 0) -> bytes:
        head = struct.pack("<hBB", length, number, 0x20)
        return head + port.to_bytes(2, "big") + bytes(2) + IPv4Address(address).packed

    def connect(self, number: int, port: int, address: str = "10.10.0.1") -> int:
        status, same = self.command(Opcode.CONNECT, self.address(number, port, address)).unpack(
            "hB"
        )
        assert same == number
        if status == 0:
            message = self.event(Opcode.CONNECT_ASYNC, 90 * SECOND)
            assert message is not None
            status, same = message.unpack("hB")
            assert same == number
        return int(status)

    def bind(self, number: int, port: int, address: str = "0.0.0.0") -> int:
        return self.status(Opcode.BIND, self.address(number, port, address))

    def listen(self, number: int, backlog: int = 4) -> int:
        return self.status(Opcode.LISTEN, bytes((number, backlog, 0, 0)))

    def accept(self, number: int, wait: int = 10 * SECOND) -> int | None:
        """The new socket, an error, or None if nothing comes."""
        status, same = self.command(Opcode.ACCEPT, bytes((number, 2, 0, 0))).unpack("hB")
        assert same == number
        if status == 0:
            message = self.event(Opcode.ACCEPT_ASYNC, wait)
            if message is None:
                return None
            status, same = message.unpack("hB")
            assert same == number
        return int(status)

    def set_option(self, number: int, option: int, value: bytes, level: int = 1) -> int:
        return self.status(
            Opcode.SETSOCKOPT, struct.pack("<BBBB", number, level, option, len(value)) + value
        )

    def get_option(
        self, number: int, option: int, length: int = 100, level: int = 1
    ) -> tuple[int, bytes]:
        answer = self.command(
            Opcode.GETSOCKOPT, struct.pack("<BBBB", number, level, option, length)
        )
        status, same, size = answer.unpack("hBB")
        assert same == number
        return status, answer.body[4 : 4 + size]

    def send(self, number: int, data: bytes) -> None:
        self.post(Opcode.SEND, struct.pack("<HBB", len(data), number, 0) + data)

    def send_to(self, number: int, data: bytes, port: int, address: str) -> None:
        self.post(Opcode.SENDTO, self.address(number, port, address, len(data)) + data)

    def receive(
        self, number: int, length: int = 1460, flags: int = 0, wait: int = 10 * SECOND
    ) -> tuple[int, bytes] | None:
        self.post(Opcode.RECV, struct.pack("<HBB", length, number, flags))
        message = self.event(Opcode.RECV_ASYNC, wait)
        if message is None:
            return None
        status, same = message.unpack("hB")
        assert same == number
        return status, message.body[4:]

    def receive_from(
        self, number: int, length: int = 1460, wait: int = 10 * SECOND
    ) -> tuple[int, bytes, tuple[IPv4Address, int]] | None:
        self.post(Opcode.RECVFROM, struct.pack("<HBB", length, number, 0x20))
        message = self.event(Opcode.RECVFROM_ASYNC, wait)
        if message is None:
            return None
        status, same = message.unpack("hB")
        assert same == number
        port = int.from_bytes(message.body[4:6], "big")
        return status, message.body[12:], (IPv4Address(message.body[8:12]), port)

    def receive_all(self, number: int, length: int) -> bytes:
        data = b""
        while len(data) < length:
            got = self.receive(number)
            assert got is not None
            assert got[0] > 0, got[0]
            data += got[1]
        return data

    def select(
        self, reads: int, writes: int, timeout_ms: int | None, wait: int = 10 * SECOND
    ) -> tuple[int, int, int] | None:
        seconds, units = 0xFFFF, 0xFFFF
        if timeout_ms is not None:
            seconds, units = timeout_ms // 1000, (timeout_ms % 1000 * 1000) >> 10
        body = struct.pack("<BBBBHHHH", 16, 0, 0, 0, reads, writes, units, seconds)
        status = self.status(Opcode.SELECT, body)
        if status < 0:
            return status, 0, 0
        message = self.event(Opcode.SELECT_ASYNC, wait)
        if message is None:
            return None
        ready, _, _, read_set, write_set = message.unpack("hBBHH")
        return ready, read_set, write_set

    # Files

    def open(self, name: bytes, mode: int, token: int = 0) -> tuple[int, int]:
        body = struct.pack("<II", mode, token) + name + b"\0"
        handle, shown = self.command(Opcode.FILE_OPEN, body).unpack("iI")
        return handle, shown

    def close_file(self, handle: int, certificate: bytes = b"", signature: bytes = b"") -> int:
        name = certificate + bytes(4 - len(certificate) % 4) if certificate else b""
        body = struct.pack("<III", handle, len(name), len(signature)) + name + signature
        return self.status(Opcode.FILE_CLOSE, body)

    def write_file(self, handle: int, data: bytes, offset: int = 0) -> int:
        while data:
            piece, data = data[:1456], data[1456:]
            body = struct.pack("<IIHH", handle, offset, len(piece), 0) + piece
            status = self.status(Opcode.FILE_WRITE, body)
            if status < 0:
                return status
            offset += status
        return offset

    def read_file(self, handle: int, length: int = 1456, offset: int = 0) -> tuple[int, bytes]:
        answer = self.command(Opcode.FILE_READ, struct.pack("<IIHH", handle, offset, length, 0))
        return answer.unpack("h")[0], answer.body[4:]

    def store(self, name: bytes, data: bytes, mode: int = 0x0004_3008) -> None:
        handle, _ = self.open(name, mode)
        assert handle > 0, handle
        assert self.write_file(handle, data) == len(data)
        assert self.close_file(handle) == 0

    def load(self, name: bytes) -> bytes:
        handle, _ = self.open(name, 0)
        assert handle > 0, handle
        data = b""
        while True:
            status, piece = self.read_file(handle, offset=len(data))
            if status < 0:
                break
            data += piece
        assert self.close_file(handle) == 0
        return data
