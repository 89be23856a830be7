"""A host processor's side of the module's wires, and the drivers known to be used on it.

Each driver class plays the framing of one real driver against the model: when it moves NSS, what it
waits for, how much it reads. What it concludes from a reply is the driver's own rule too. No source
is copied; the rules are those that the drivers' sources show.
"""

from __future__ import annotations

from tests.peripherals.ism43362.wires import OK_TAIL, Reset, Status, TimedOut, Wires, even


class StDriver:
    """es_wifi of Amazon FreeRTOS 1.4.9 and STM32CubeL4."""

    STUFFED = 1400
    TIMEOUT_MS = 30_000

    def __init__(self, wires: Wires) -> None:
        self.wires = wires
        self.log: list[bytes] = []
        self.resets = 0

    def start(self) -> bool:
        self.wires.deselect()
        return self.reset() and self.execute(b"I?\r\n")[0] is Status.OK

    def reset(self) -> bool:
        wires = self.wires
        self.resets += 1
        wires.reset(True)
        wires.wait_ms(10)
        wires.reset(False)
        wires.wait_ms(500)
        wires.select()
        wires.wait_us(15)
        prompt = b""
        while wires.ready:
            prompt += wires.read(1, 0x5AA5)
            assert len(prompt) <= 6, "the driver's 6 bytes of stack are overrun"
        wires.deselect()
        return prompt == b"\x15\x15\r\n> "

    def send(self, data: bytes) -> None:
        wires = self.wires
        wires.wait_ready(self.TIMEOUT_MS)
        wires.on_rising = False
        wires.select()
        wires.wait_us(15)
        wires.write(even(data))

    def receive(self, limit: int) -> bytes | None:
        """None: the driver has reset the module because the reply did not end."""
        wires = self.wires
        wires.deselect()
        wires.wait_us(3)
        wires.wait_edge(self.TIMEOUT_MS)
        wires.select()
        wires.wait_us(15)
        data = b""
        while wires.ready and (not limit or len(data) < limit):
            data += wires.read(1, 0x5AA5)
            if len(data) >= self.STUFFED:
                wires.deselect()
                self.reset()
                return None
        wires.deselect()
        return data

    def execute(self, command: bytes) -> tuple[Status, bytes]:
        self.log.append(command)
        try:
            self.send(command)
            reply = self.receive(self.STUFFED)
        except TimedOut:
            return Status.IO_ERROR, b""
        return self._judged(reply, Status.IO_ERROR)

    @staticmethod
    def _judged(reply: bytes | None, otherwise: Status) -> tuple[Status, bytes]:
        if reply is None:
            return Status.MODULE_CRASH, b""
        text = reply.split(b"\0")[0]
        if OK_TAIL in text:
            return Status.OK, reply
        if b"\r\nERROR" in text:
            return Status.UNEXPECTED_CLOSED_SOCKET, reply
        return otherwise, reply

    def send_data(self, command: bytes, payload: bytes) -> tuple[Status, bytes]:
        assert len(command) % 2 == 0
        self.log.append(command)
        try:
            self.send(command)
        except TimedOut:
            return Status.IO_ERROR, b""
        try:
            self.send(payload)
            reply = self.receive(0)
        except TimedOut:
            return Status.ERROR, b""
        return self._judged(reply, Status.ERROR)

    def receive_data(self) -> tuple[Status, bytes]:
        self.log.append(b"R0\r")
        try:
            self.send(b"R0\r")
            reply = self.receive(0)
        except TimedOut:
            return Status.IO_ERROR, b""
        if reply is None or reply[:2] != b"\r\n" or len(reply) - 2 < len(OK_TAIL):
            return Status.IO_ERROR, b""
        body = reply[2:].rstrip(b"\x15")
        if body.endswith(OK_TAIL):
            return Status.OK, body[: -len(OK_TAIL)]
        return Status.UNEXPECTED_CLOSED_SOCKET, b""

    def ok(self, *commands: bytes) -> bytes:
        """Execute until one fails; the last reply without frame and padding."""
        reply = b""
        for command in commands:
            status, reply = self.execute(command)
            assert status is Status.OK, (command, status, reply)
        return reply.rstrip(b"\x15")[2 : -len(OK_TAIL)]

    def scan(self) -> list[bytes]:
        """One access point to a reply until one says OK."""
        lines = []
        self.send(b"F0=2\r")
        while True:
            reply = self.receive(self.STUFFED)
            assert reply is not None
            if OK_TAIL in reply:
                return lines
            assert b"\r\nERROR" not in reply
            lines.append(reply)
            self.send(b"MR\r")


class StPort(StDriver):
    """The Wi-Fi and Secure Sockets calls of ST's Amazon FreeRTOS port, as far as the module sees
    them."""

    def connect_ap(self, ssid: bytes, passphrase: bytes, security: int = 3) -> bool:
        if self.execute(b"CS\r")[1][2:3] == b"1":
            self.execute(b"CD\r")
        for _ in range(3):
            steps = (b"C1=%s\r" % ssid, b"C2=%s\r" % passphrase, b"C3=%d\r" % security, b"C0\r")
            if all(self.execute(step)[0] is Status.OK for step in (*steps, b"C?\r")):
                return True
        return False

    def disconnect(self) -> bool:
        return all(self.execute(step)[0] is Status.OK for step in (b"CD\r", b"C?\r"))

    def connected(self) -> bool:
        return self.execute(b"CS\r")[1][2:3] == b"1"

    def host_by_name(self, name: bytes) -> bytes | None:
        status, reply = self.execute(b"D0=%s\r" % name)
        return reply[2:].split(b"\r")[0] if status is Status.OK else None

    def store(self, kind: int, pem: bytes) -> bool:
        if self.execute(b"PF=0,3\r")[0] is not Status.OK:
            return False
        return self.send_data(b"PG=3,%d,%04d\r" % (kind, len(pem)), pem)[0] is Status.OK

    def connect(self, number: int, address: bytes, port: int, ca: bytes | None = None) -> bool:
        if ca is not None and not self.store(0, ca + b"\0"):
            return False
        steps = [
            b"P0=%d\r" % number,
            b"P1=%d\r" % (0 if ca is None else 3),
            b"P2=0\r",
            b"P4=%d\r" % port,
            b"P3=%s\r" % address,
        ]
        if ca is not None:
            steps.append(b"P9=2\r")
        steps.append(b"P6=1\r")
        return all(self.execute(step)[0] is Status.OK for step in steps)

    def send_some(self, number: int, data: bytes, timeout: int = 10_000) -> int:
        """SOCKETS_Send: the bytes taken, or -1; `Reset` for SOCKETS_PERIPHERAL_RESET."""
        data = data[:1200]
        status = Status.OK
        for step in (b"P0=%d\r" % number, b"S2=%d\r" % timeout):
            if status is Status.OK:
                status = self.execute(step)[0]
        if status is Status.OK:
            status, reply = self.send_data(b"S3=%04d\r" % len(data), data)
            if status is Status.OK and b"-1\r\n" in reply:
                status = Status.ERROR
        return len(data) if self._judge(status) else -1

    def receive_some(self, number: int, limit: int, timeout: int = 10_000) -> bytes | None:
        """SOCKETS_Recv: data, b"" after the time-out, None for SOCKETS_SOCKET_ERROR."""
        entered = self.wires.now_us
        while True:
            status = Status.OK
            steps = (b"P0=%d\r" % number, b"R1=%d\r" % min(limit, 1200), b"R2=1\r")
            for step in steps:
                if status is Status.OK:
                    status = self.execute(step)[0]
            data = b""
            if status is Status.OK:
                status, data = self.receive_data()
            if not self._judge(status):
                return None
            if data or self.wires.now_us - entered >= timeout * 1000:
                return data
            self.wires.wait_ms(5)

    def _judge(self, status: Status) -> bool:
        if status is Status.IO_ERROR:
            self.reset()
            raise Reset
        return status is Status.OK

    def close(self, number: int) -> bool:
        steps = (b"P0=%d\r" % number, b"P6=0\r")
        return all(self.execute(step)[0] is Status.OK for step in steps)


class FirstStDriver(StDriver):
    """es_wifi of Amazon FreeRTOS 1.0.0 to 1.2.7: waits for levels, reads in portions."""

    def receive(self, limit: int) -> bytes:
        wires = self.wires
        wires.deselect()
        wires.wait_ready(self.TIMEOUT_MS)
        wires.select()
        data = b""
        while wires.ready and len(data) < limit:
            data += wires.read(1, 0x5AA5)
        wires.deselect()
        return data


class MbedDriver:
    """wifi-ism43362 of Mbed OS: one buffered write, then words while RDY is high."""

    def __init__(self, wires: Wires, buffer_size: int = 1500) -> None:
        self.wires = wires
        self.buffer_size = buffer_size
        wires.deselect()

    def start(self) -> bytes:
        self.wires.reset(True)
        self.wires.wait_ms(10)
        self.wires.on_rising = False
        self.wires.reset(False)
        self.wires.wait_ms(500)
        return self.read()

    def send(self, data: bytes) -> None:
        wires = self.wires
        wires.wait_ready(1000)
        wires.on_rising = False
        wires.select()
        wires.wait_us(15)
        wires.write(even(data))
        wires.deselect()
        wires.wait_us(15)

    def read(self) -> bytes:
        wires = self.wires
        wires.wait_edge(50_000)
        wires.select()
        wires.wait_us(15)
        data, first = b"", True
        while wires.ready and len(data) < self.buffer_size - 2:
            word = wires.read(1, 0x00AA)
            if data or word != b"\r\n" or not first:
                data += word
            else:
                first = False
        wires.deselect()
        wires.wait_us(15)
        return data

    def execute(self, data: bytes) -> bytes:
        self.send(data)
        return self.read()


class ZephyrDriver:
    """eswifi of Zephyr: reads in blocks of 32 bytes and past the end."""

    CHUNK = 32

    def __init__(self, wires: Wires) -> None:
        self.wires = wires
        wires.deselect()

    def start(self) -> bytes:
        self.wires.reset(True)
        self.wires.wait_ms(10)
        self.wires.reset(False)
        self.wires.wait_ms(500)
        return self.fetch()

    def request(self, data: bytes) -> bytes:
        wires = self.wires
        wires.wait_ms(1)
        wires.wait_ready(60_000)
        wires.select()
        wires.write(even(data))
        wires.deselect()
        return self.fetch()

    def fetch(self) -> bytes:
        wires = self.wires
        wires.wait_ms(1)
        wires.wait_ready(60_000)
        wires.select()
        data = b""
        while wires.ready:
            data += wires.read(self.CHUNK // 2, 0)
        wires.deselect()
        return data

    def send(self, payload: bytes) -> bytes:
        """The length counts the terminating NUL of the buffer too: one byte too many."""
        return self.request(b"S3=%d\r" % len(payload) + payload + b"\0")


class ArmDriver:
    """WiFi_ISM43362 of CMSIS-Driver. polling: RDY is read as a level, else its edges are events."""

    BLOCK = 32

    def __init__(self, wires: Wires, polling: bool = False) -> None:
        self.wires = wires
        self.polling = polling
        wires.deselect()

    def start(self) -> bytes:
        """Reset, the cursor unseen, and the first `I?` in one go of 64 words."""
        wires = self.wires
        wires.reset(True)
        wires.wait_ms(50)
        wires.reset(False)
        wires.wait_ms(750)
        wires.select()
        wires.wait_us(15)
        cursor = wires.read(3)
        wires.deselect()
        wires.wait_us(3)
        wires.wait_ready(1000)
        wires.wait_us(4)
        wires.select()
        wires.wait_us(15)
        wires.write(b"I?\r\n")
        wires.deselect()
        wires.wait_us(3)
        wires.on_rising = False
        wires.wait_ready(1000)
        wires.on_rising = False
        wires.wait_us(4)
        wires.select()
        wires.wait_us(15)
        identification = wires.read(64)
        wires.deselect()
        wires.wait_us(3)
        return cursor + identification

    def execute(self, data: bytes) -> tuple[int, bytes]:
        """Response code and reply."""
        wires = self.wires
        self._wait_ready()
        wires.wait_us(4)
        wires.select()
        wires.wait_us(15)
        wires.write(even(data))
        wires.deselect()
        wires.wait_us(3)
        if self.polling:
            polls = 0
            while wires.ready:
                wires.wait_us(32)
                polls += 1
                assert polls < 16, "the low phase of RDY was missed"
        self._wait_ready()
        wires.wait_us(4)
        wires.select()
        wires.wait_us(15)
        reply = wires.read(self.BLOCK // 2)
        while wires.ready:
            reply += wires.read(self.BLOCK // 2)
        reply = reply.rstrip(b"\x15").lstrip(b"\x15")
        wires.deselect()
        wires.wait_us(3)
        return self._code(reply), reply

    def _wait_ready(self) -> None:
        if self.polling:
            self.wires.wait_ready(30_000)
        else:
            self.wires.wait_edge(30_000)
            self.wires.on_rising = False

    @staticmethod
    def _code(reply: bytes) -> int:
        if reply.endswith(OK_TAIL):
            return 0
        first = reply.partition(b"\r\n")[2].partition(b"\r\n")[0]
        return int(first) if first.lstrip(b"-").isdigit() else -2


class ArduinoDriver:
    """WiFi-ISM43362-M3G-L44 of stm32duino: level of RDY only, 10 ms at every move of NSS."""

    def __init__(self, wires: Wires) -> None:
        self.wires = wires
        wires.deselect()

    def start(self) -> bytes:
        wires = self.wires
        wires.reset(True)
        wires.wait_ms(10)
        wires.reset(False)
        wires.wait_ms(500)
        self._select()
        cursor = wires.read(3)
        wires._wait(100, lambda: not wires.ready)
        self._deselect()
        return cursor

    def execute(self, data: bytes) -> bytes:
        wires = self.wires
        wires.wait_ready(30_000)
        self._select()
        wires.write(even(data))
        self._deselect()
        wires.wait_ready(30_000)
        self._select()
        reply = b""
        while wires.ready:
            word = wires.read(1)
            if word[1] == 0x15:
                wires.wait_ms(1)
            if not wires.ready and word[1] == 0x15:
                reply += word[:1] if word[0] != 0x15 else b""
                break
            reply += word
        self._deselect()
        return reply

    def _select(self) -> None:
        self.wires.select()
        self.wires.wait_ms(10)

    def _deselect(self) -> None:
        self.wires.deselect()
        self.wires.wait_ms(10)
