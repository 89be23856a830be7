# ironpython: executed by Renode
"""The serial link between the host core and the network processor, as 32-bit words on LSPI.

The host writes messages: a synchronisation word, then header, descriptor and payload, each in
transfers of their own. To read, it writes the clear-to-read word and clocks words until it has the
message that the interrupt announced. (Host driver of the SimpleLink SDK: source/driver.c and
source/protocol.h; the link carries one direction at a time.)
"""

import struct

from renode_wifi.peripherals.base.line import Line
from renode_wifi.peripherals.simplelink.boot_image import STARTS, BootImage

HOST_SYNC = 0x12344321
"""First word of a message from the host."""
CLEAR_TO_READ = 0x56788765
"""The host will read next."""
FILLER = 0xFFFFFFFF
"""What is clocked out while there is nothing to say."""
MAX_MESSAGE = 8192
"""Bytes behind the header; a longer length is a header out of step."""

WRITE, READ = 0, 1
MAX_WAITING = 64
"""Messages kept for a host that doesn't read."""


class Link(object):
    """Words in, whole messages out, and the other way round.

    processor: has `receive(message)` for a message (bytes: header, descriptor, payload),
    `on_power(level)`, and `on_garbage(word)` for a word that belongs to no message.
    lines[0]: request of an interrupt, high while a message waits to be read.
    """

    def __init__(self, processor, machine=None, name="nwp"):
        # type: (typing.Any, typing.Any, str) -> None
        self.processor = processor
        self.machine = machine
        self.name = name
        self.lines = {0: Line()}
        self.powered = False
        self._boot = BootImage(machine)
        self._state = WRITE
        self._queue = []  # type: list[tuple[int, ...]]
        self._outgoing = ()  # type: tuple[int, ...]
        self._position = 0
        self._incoming = []  # type: list[int]
        self._missing = 0
        self._in_message = False

    # The wires

    def on_gpio(self, number, level):
        # type: (int, bool) -> None
        """Input 0: power of the network processor."""
        if number == 0:
            if level:
                self.power_on()
            else:
                self.power_off()

    def reset(self):
        # type: () -> None
        """The chip is reset. Where it starts anew, its boot loader looks into the serial flash
        before any program does, so that an update which nobody has committed is rolled back."""
        cause = self.machine.reset_cause
        if cause in STARTS:
            self.power_off()
            if self._boot.updated:
                self.processor.on_power(True)
                self.processor.on_power(False)
        self._boot.start(cause)

    def power_on(self):
        # type: () -> None
        if not self.powered:
            self.powered = True
            self.processor.on_power(True)

    def power_off(self):
        # type: () -> None
        """Everything on its way is lost."""
        if self.powered:
            self.powered = False
            del self._queue[:]
            self._restart()
            self.lines[0].set(False)
            self.processor.on_power(False)

    def exchange(self, word, bits=32):
        # type: (int, int) -> int
        """One word each way."""
        if self._state == READ:
            return self._read(word)
        if self._in_message:
            self._collect(word)
        else:
            self._listen(word)
        return FILLER

    def exchange_all(self, words, bits=32):
        # type: (typing.Sequence[int], int) -> list[int]
        """Words each way, as `exchange` does one by one."""
        answers = []  # type: list[int]
        while len(answers) < len(words):
            answers += self._exchange_run(words[len(answers) :]) or [
                self.exchange(words[len(answers)])
            ]
        return answers

    # The processor's side

    def send(self, message, interrupt=True):
        # type: (bytes, bool) -> bool
        """Queue a message for the host; its length is a multiple of 4. False: no room for it.

        interrupt False: don't announce it (a fault).
        """
        if not self.powered or len(self._queue) >= MAX_WAITING:
            return False
        self._queue.append(struct.unpack("<%dI" % (len(message) // 4), message))
        if interrupt:
            self.lines[0].set(True)
        return True

    def stage(self, image):
        # type: (bytes) -> None
        """What the chip boots when it starts next; empty: what it booted first."""
        self._boot.stage(image)

    @property
    def waiting(self):
        # type: () -> int
        """Messages that the host has not read yet."""
        return len(self._queue)

    # Inner

    def _restart(self):
        # type: () -> None
        self._state = WRITE
        self._in_message = False
        self._missing = 0
        self._incoming = []

    def _read(self, word):
        # type: (int) -> int
        if word == HOST_SYNC:
            # The host gave up reading: the message is gone, as it is in hardware.
            self._finish_reading()
            self._listen(word)
            return FILLER
        if word == CLEAR_TO_READ and self._position:
            # The host took less of the message than there was and goes on to the next one.
            self._finish_reading()
            self._listen(word)
            return FILLER
        value = self._outgoing[self._position]
        self._position += 1
        if self._position == len(self._outgoing):
            self._finish_reading()
        return value

    def _exchange_run(self, words):
        # type: (typing.Sequence[int]) -> list[int]
        """As many of the words as do nothing but go on with a message, short of its last one."""
        if self._state == READ:
            words = words[: len(self._outgoing) - self._position - 1]
            if HOST_SYNC in words or CLEAR_TO_READ in words:
                return []
            start = self._position
            self._position += len(words)
            return list(self._outgoing[start : self._position])
        if not self._missing:
            return []
        words = words[: self._missing - 1]
        self._incoming += words
        self._missing -= len(words)
        return [FILLER] * len(words)

    def _finish_reading(self):
        # type: () -> None
        self._state = WRITE
        del self._queue[0]
        self.lines[0].set(False)
        if self._queue:
            self.lines[0].set(True)

    def _listen(self, word):
        # type: (int) -> None
        """A word between messages."""
        if word == HOST_SYNC:
            self._in_message = True
            self._incoming = []
            self._missing = 0
        elif word == CLEAR_TO_READ:
            if self._queue:
                self._outgoing = self._queue[0]
                self._position = 0
                self._state = READ
        elif word not in (0, FILLER):
            # Zeros and ones are what a host clocks out while it reads past a message's end.
            self.processor.on_garbage(word)

    def _collect(self, word):
        # type: (int) -> None
        incoming = self._incoming
        if incoming:
            self._missing -= 1
        else:
            length = word >> 16
            if length > MAX_MESSAGE:
                self._restart()
                self.processor.on_garbage(word)
                return
            self._missing = (length + 3) // 4
        incoming.append(word)
        if self._missing == 0:
            message = struct.pack("<%dI" % len(incoming), *incoming)
            self._restart()
            self.processor.receive(message)


MYPY = False
if MYPY:
    import typing  # noqa: F401
