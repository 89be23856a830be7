# ironpython: executed by Renode
"""The module's pins and SPI framing (Inventek eS-WiFi data sheet, SPI pages).

One exchange in order: RDY is high, the host lowers NSS and shifts a command out, and raises NSS.
RDY falls with that edge, the command is executed, RDY rises, the host lowers NSS and shifts words
in for as long as RDY is high; RDY falls with the last word. The host raises NSS and RDY rises for
the next command. If it raises NSS before the last word, RDY stays high and the next window goes on
where this one ended: the first driver of Amazon FreeRTOS (v1.0.0 to v1.2.7, es_wifi.c,
ReceiveLongDataLen) reads each `R0` so, in three windows. Nothing here knows what a command means:
bytes go to a `processor` and come back.

A 16-bit frame carries two characters, the earlier one in its low byte.
"""

import struct

from renode_wifi.peripherals.base.line import Line
from renode_wifi.peripherals.base.stream import WordStream

MYPY = False
if MYPY:
    import typing  # noqa: F401

# Inputs of `on_gpio`.
NSS = 0
RESET = 1
WAKEUP = 2

# Outputs in `lines`.
DATA_READY = 0

CURSOR = b"\x15\x15\r\n> "
PAD_WORD = 0x1515

# Phases.
IN_RESET = "reset"
BOOTING = "booting"
COMMAND = "command"
BUSY = "busy"
DATA = "data"

# What can go wrong between the module's processor and its pins; `fail` takes one of them.
EDGE_LOST = "edge-lost"
STUCK_LOW = "stuck-low"
STUCK_HIGH = "stuck-high"
HIGH_AFTER_REPLY = "high-after-reply"
OUT_OF_STEP = "out-of-step"

# Nothing a driver sends is longer than a header and 1460 bytes; more is not kept.
MAX_COMMAND = 4096


class Link(object):
    """An SPI device: NSS and RESET in, frames both ways, RDY out.

    `processor.reset(asserted)` is called for the RESET pin, `processor.execute(request)` for a
    finished command window. The processor answers with `booted(prompt)` and `reply(data)`, in its
    own time and never from within these calls.

    stream: the words of the open window, which an engine may exchange by itself.
    """

    # Amazon's driver moves every word in interrupts: 0.9 us of the CPU for each it sends, 7.3 us
    # for each it receives. The wire would add 1 us, and cost the host more than all the rest.
    exchanges_at_once = True

    def __init__(self, machine, name, processor=None):
        # type: (typing.Any, str, typing.Any) -> None
        self.machine = machine
        self.name = name
        self.processor = processor
        self.lines = {DATA_READY: Line()}
        self.phase = IN_RESET
        self._ready = self.lines[DATA_READY]
        self._reset = True
        # Pins of a processor that has not configured them yet read low.
        self._selected = True
        # What no window has sent yet.
        self._reply = ()  # type: typing.Sequence[int]
        self.stream = WordStream(PAD_WORD, self._all_read)
        self._collecting = False
        self._half = -1
        self._failure = ""
        self._late_word = PAD_WORD

    def exchange(self, frame, bits):
        # type: (int, int) -> int
        """Shift one frame of 8 or 16 bits both ways."""
        return self.stream.exchange(frame) if bits == 16 else self._exchange_byte(frame)

    def _exchange_byte(self, frame):
        # type: (int) -> int
        """Half a word: on the wire the later character goes first."""
        if self._half < 0:
            word = self.stream.next()
            self._half = word & 0xFF | (frame & 0xFF) << 8
            return word >> 8
        earlier = self._half & 0xFF
        self.exchange(self._half & 0xFF00 | frame & 0xFF, 16)
        self._half = -1
        return earlier

    def on_gpio(self, number, level):
        # type: (int, bool) -> None
        if number == NSS:
            if level == self._selected:
                self._selected = not level
                if level:
                    self._deselect()
                else:
                    self._open_window()
        elif number == RESET and level == self._reset:
            self._reset = not level
            if level:
                self.phase = BOOTING
                self.processor.reset(False)
            else:
                self.phase = IN_RESET
                self._failure = ""
                self._late_word = PAD_WORD
                self._collecting = False
                self.stream.send(())
                self.stream.receive(0)
                self._ready.set(False)
                self.processor.reset(True)

    def booted(self, prompt=CURSOR):
        # type: (bytes) -> None
        """The processor is up: offer the prompt, which the host reads without a command."""
        self._offer(prompt)

    def reply(self, data):
        # type: (bytes) -> None
        """The answer to the command given to `processor.execute`."""
        if self.phase == BUSY:
            self._offer(data)

    def fail(self, failure):
        # type: (str) -> None
        """Break the handshake. All but EDGE_LOST and HIGH_AFTER_REPLY last until RESET."""
        self._failure = failure
        if failure == STUCK_LOW:
            self._ready.set(False)
        elif failure == STUCK_HIGH:
            self._ready.set(True)

    def _offer(self, data):
        # type: (bytes) -> None
        self.phase = DATA
        if self._failure == OUT_OF_STEP:
            # One word behind: each window starts with the word that the one before owed.
            late = struct.pack("<H", self._late_word)
            padded = _padded(data)
            self._late_word = struct.unpack("<H", padded[-2:])[0]
            data = late + padded[:-2]
        data = _padded(data)
        self._reply = struct.unpack("<%dH" % (len(data) // 2), data)
        self._set_ready(True)
        if self._selected:
            self._open_window()

    def _open_window(self):
        # type: () -> None
        self._half = -1
        if self.phase == DATA:
            self.stream.send(self._reply)
        elif self.phase == COMMAND:
            self.stream.receive(MAX_COMMAND)
            self._collecting = True

    def _all_read(self):
        # type: () -> None
        if self._failure == HIGH_AFTER_REPLY:
            self._failure = ""
        else:
            self._set_ready(False)

    def _deselect(self):
        # type: () -> None
        if self.phase == COMMAND and self._collecting:
            command = self.stream.taken()
            self.stream.receive(0)
            self._collecting = False
            if command:
                self.phase = BUSY
                self.processor.execute(struct.pack("<%dH" % len(command), *command))
                if self._failure == EDGE_LOST:
                    self._failure = ""
                else:
                    self._set_ready(False)
        elif self.phase == DATA:
            self._reply = self.stream.unsent()
            self.stream.send(())
            if not self._reply:
                self.phase = COMMAND
                self._set_ready(True)

    def _set_ready(self, level):
        # type: (bool) -> None
        if self._failure != STUCK_LOW and self._failure != STUCK_HIGH:
            self._ready.set(level)


def _padded(data):
    # type: (bytes) -> bytes
    return data + b"\x15" if len(data) % 2 else data
