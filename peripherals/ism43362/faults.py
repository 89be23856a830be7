"""Faults of the real module that driver authors met, as a vocabulary for tests."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from renode_wifi.peripherals.base.clock import MICROSECOND
from renode_wifi.peripherals.ism43362 import link
from renode_wifi.peripherals.ism43362.messages.reply import OK_TAIL, PROMPT
from renode_wifi.peripherals.network.faults.radio import RadioFault, RadioFaultPlan, amounts
from renode_wifi.peripherals.network.worldfile.fault_kinds import ISM43362


class FaultKind(Enum):
    """What goes wrong. Those marked R last until RESET."""

    HANG = "hang"
    """R. No command is answered any more."""
    OUT_OF_STEP = "out-of-step"
    """R. Replies come one word late, so that each one starts with the end of the one before."""
    STUCK_LOW = "stuck-low"
    """R. RDY stays low (seen after a failed join: nanoFramework nf-interpreter, 3511)."""
    STUCK_HIGH = "stuck-high"
    """R. RDY stays high."""
    EDGE_LOST = "edge-lost"
    """RDY does not fall at the end of a command, so that its reply brings no edge (Mbed)."""
    HIGH_AFTER_REPLY = "high-after-reply"
    """RDY stays high after the last word of a reply (CMSIS-Driver)."""
    LEADING_PADS = "leading-pads"
    """`amount` bytes 0x15 ahead of the reply (wifi-ism43362, issue 89)."""
    PADS_WITHOUT_DATA = "pads-without-data"
    """The reply is padding and the OK tail, its data is lost (CMSIS-Driver)."""
    TRUNCATED = "truncated"
    """The reply ends after `amount` bytes."""
    OVERSIZED = "oversized"
    """The reply is filled up to `amount` bytes."""
    GARBLED = "garbled"
    """`amount` bytes in the middle of the reply are wrong."""
    WORD_LOST = "word-lost"
    """A word in the middle of the reply is lost."""
    WORD_EXTRA = "word-extra"
    """A word in the middle of the reply comes twice."""
    RESET = "reset"
    """The module starts anew by itself, as after a brown-out."""
    ERROR = "error"
    """The command is answered with an error and not executed."""
    SHORT_CLOSED_FORM = "short-closed-form"
    """The 8-byte form of a dead connection, which ST's driver takes for an I/O error."""
    SLOW = "slow"
    """The reply takes `amount` µs longer."""
    CONNECTION_DROPPED = "connection-dropped"
    """The connection of socket `amount` is gone, before the command is executed."""
    CONNECT_FAILS = "connect-fails"
    """The next connect fails although the peer is there (CMSIS-Driver)."""
    STALE_DNS = "stale-dns"
    """An unknown name gets the address of the last known one (CMSIS-Driver)."""
    ACCEPT_SILENT = "accept-silent"
    """A connection to a server is not announced (CMSIS-Driver)."""


PAD = b"\x15"
WORD = 2
"""Bytes of a word on SPI."""
WRONG_BITS = 0x55
"""Of a garbled byte."""

LINK_FAULTS = {
    FaultKind.OUT_OF_STEP: link.OUT_OF_STEP,
    FaultKind.STUCK_LOW: link.STUCK_LOW,
    FaultKind.STUCK_HIGH: link.STUCK_HIGH,
    FaultKind.EDGE_LOST: link.EDGE_LOST,
    FaultKind.HIGH_AFTER_REPLY: link.HIGH_AFTER_REPLY,
}


BOOT_PROMPT = "prompt"
"""For `command`: the prompt after RESET, which no command asks for."""
PROMPT_FAULTS = {
    FaultKind.HANG,
    FaultKind.OUT_OF_STEP,
    FaultKind.STUCK_LOW,
    FaultKind.STUCK_HIGH,
    FaultKind.HIGH_AFTER_REPLY,
    FaultKind.LEADING_PADS,
    FaultKind.TRUNCATED,
    FaultKind.OVERSIZED,
    FaultKind.GARBLED,
    FaultKind.WORD_LOST,
    FaultKind.WORD_EXTRA,
    FaultKind.SLOW,
}
"""What can go wrong with it. ST's driver reads it into 6 bytes for as long as the ready line is
high (STM32CubeL4, issues 82 and 83)."""


class Fault(RadioFault[FaultKind]):
    """`command` is the letters of an AT command, or BOOT_PROMPT.

    `amount` of a dropped connection: its socket.
    """

    KINDS = FaultKind
    AMOUNTS = amounts(FaultKind)
    RADIO = ISM43362


class FaultPlan(RadioFaultPlan[Fault]):
    """The faults waiting to strike commands, or the prompt after RESET."""

    def striking_prompt(self) -> list[Fault]:
        """The faults that hit the prompt that is offered now."""
        hits = [
            fault
            for fault in self.waiting
            if fault.kind in PROMPT_FAULTS and fault.strikes(self.clock.now, BOOT_PROMPT)
        ]
        for fault in hits:
            self._use(fault)
        return hits


def _middle_word(data: bytes) -> int:
    return len(data) // 2 // WORD * WORD


def spoiled(data: bytes, faults: Iterable[Fault]) -> bytes:
    """A reply, or the prompt, as the faults that hit it leave it."""
    for fault in faults:
        if fault.kind is FaultKind.LEADING_PADS:
            data = PAD * fault.size + data
        elif fault.kind is FaultKind.PADS_WITHOUT_DATA:
            data = PAD * fault.size + OK_TAIL
        elif fault.kind is FaultKind.TRUNCATED:
            data = data[: fault.size]
        elif fault.kind is FaultKind.OVERSIZED:
            data = data.ljust(fault.size, b"#")
        elif fault.kind is FaultKind.GARBLED:
            middle = max(0, (len(data) - fault.size) // 2)
            wrong = bytes(byte ^ WRONG_BITS for byte in data[middle : middle + fault.size])
            data = data[:middle] + wrong + data[middle + fault.size :]
        elif fault.kind is FaultKind.WORD_LOST:
            middle = _middle_word(data)
            data = data[:middle] + data[middle + WORD :]
        elif fault.kind is FaultKind.WORD_EXTRA:
            middle = _middle_word(data)
            data = data[:middle] + data[middle : middle + WORD] + data[middle:]
        elif fault.kind is FaultKind.SHORT_CLOSED_FORM:
            data = b"\r\n-1" + PROMPT
    return data


def slowness(faults: Iterable[Fault]) -> int:
    """ns by which faults delay a reply."""
    return sum(fault.size * MICROSECOND for fault in faults if fault.kind is FaultKind.SLOW)
