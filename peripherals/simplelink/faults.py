"""Faults of the network processor, as a vocabulary for tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from renode_wifi.peripherals.base.errors import RenodeWifiError


class FaultKind(Enum):
    """What goes wrong. Those marked P last until the next power-on."""

    HANG = "hang"
    """P. Nothing is answered any more."""
    ABORT = "abort"
    """P. The fatal-error event with code `amount`, and silence."""
    SLOW = "slow"
    """The command is executed `amount` µs later."""
    ERROR = "error"
    """The command is answered with the status -`amount` and not executed."""
    UNANSWERED = "unanswered"
    """The command is not executed and not answered."""
    LOST_INTERRUPT = "lost-interrupt"
    """A message to the host waits without an interrupt."""
    LOST_MESSAGE = "lost-message"
    """A message to the host is not sent."""
    MALFORMED_REPLY = "malformed-reply"
    """A message to the host comes without its synchronisation word."""
    POOL_EXHAUSTED = "pool-exhausted"
    """From this send on, no transmit buffer becomes free; lasts `amount` ms."""
    TX_FAILURE = "tx-failure"
    """The data of a send is lost, and the host is told so."""
    CONNECT_FAILS = "connect-fails"
    """A TCP connection is refused although the peer is there."""
    BOOT_FAILS = "boot-fails"
    """InitComplete tells of the status `amount` (8: the file system is corrupted)."""
    WRITE_FAILS = "write-fails"
    """The serial flash doesn't take what is written to a file."""


AMOUNTS = {
    FaultKind.ABORT: 0x11,
    FaultKind.SLOW: 1_000_000,
    FaultKind.ERROR: 1,
    FaultKind.POOL_EXHAUSTED: 5_000,
    FaultKind.BOOT_FAILS: 8,
}

STRIKING = {
    FaultKind.HANG,
    FaultKind.ABORT,
    FaultKind.SLOW,
    FaultKind.ERROR,
    FaultKind.UNANSWERED,
}
"""Strike a command as it starts; the others wait for what they spoil."""

FIELDS = {"command": str, "at": str, "nth": int, "times": int, "amount": int}
"""Of a fault in a world file, beside its kind."""


@dataclass
class Fault:
    """One fault to come.

    It strikes the `nth` message (counted from 1) called `command` (a name of `Opcode`; None: any)
    after `at` ns of virtual time (None: from now on), and `times` - 1 further ones (0: all).
    """

    kind: FaultKind
    command: str | None = None
    nth: int = 1
    at: int | None = None
    times: int = 1
    amount: int | None = None

    @classmethod
    def from_entry(cls, entry: Mapping[str, Any]) -> Fault:
        """A fault as a world file writes it: `{kind: hang, command: CONNECT, nth: 3, at: 5 s}`."""
        # The reader of world files is slow to load, and most boards have no faults.
        from renode_wifi.peripherals.network.world_file import duration

        kinds = {kind.value: kind for kind in FaultKind}
        values = dict(entry)
        kind = values.pop("kind", None)
        if kind not in kinds:
            raise RenodeWifiError(
                f"the network processor has no fault {kind!r}", cure=f"it has {', '.join(kinds)}"
            )
        for name, value in values.items():
            if name not in FIELDS or type(value) is not FIELDS[name]:
                raise RenodeWifiError(
                    f"fault {kind}: {name}: {value!r}",
                    cure="give command and at (such as 5 s) as text, nth, times, amount as numbers",
                )
        if "at" in values:
            try:
                values["at"] = duration(values["at"])
            except (KeyError, ValueError):
                raise RenodeWifiError(
                    f"fault {kind}: at: {values['at']!r}", cure="write it as 5 s or 20 ms"
                ) from None
        return cls(kinds[kind], **values)

    @property
    def size(self) -> int:
        return AMOUNTS.get(self.kind, 0) if self.amount is None else self.amount

    def strikes(self, now: int, command: str) -> bool:
        """Count a message; True if it is hit."""
        if (self.at is not None and now < self.at) or self.command not in (None, command):
            return False
        if self.nth > 1:
            self.nth -= 1
            return False
        return True


class FaultPlan:
    """The faults waiting to strike."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self.waiting.append(fault)

    def striking(self, now: int, command: str) -> list[Fault]:
        """The faults that hit the command that starts now."""
        hits = [f for f in self.waiting if f.kind in STRIKING and f.strikes(now, command)]
        for fault in hits:
            self._use(fault)
        return hits

    def take(self, kind: FaultKind, now: int, command: str) -> Fault | None:
        """The fault that spoils what happens in `command`, if there is one."""
        for fault in self.waiting:
            if fault.kind is kind and fault.strikes(now, command):
                self._use(fault)
                return fault
        return None

    def _use(self, fault: Fault) -> None:
        if fault.times == 1:
            self.waiting.remove(fault)
        elif fault.times > 1:
            fault.times -= 1
