"""Faults of the real module that driver authors met, as a vocabulary for tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.ism43362 import link


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


LINK_FAULTS = {
    FaultKind.OUT_OF_STEP: link.OUT_OF_STEP,
    FaultKind.STUCK_LOW: link.STUCK_LOW,
    FaultKind.STUCK_HIGH: link.STUCK_HIGH,
    FaultKind.EDGE_LOST: link.EDGE_LOST,
    FaultKind.HIGH_AFTER_REPLY: link.HIGH_AFTER_REPLY,
}

AMOUNTS = {
    FaultKind.LEADING_PADS: 2,
    FaultKind.PADS_WITHOUT_DATA: 2,
    FaultKind.TRUNCATED: 5,
    FaultKind.OVERSIZED: 1_500,
    FaultKind.SLOW: 1_000_000,
}

PASSIVE = {FaultKind.CONNECT_FAILS, FaultKind.STALE_DNS, FaultKind.ACCEPT_SILENT}
"""Wait for what they spoil to happen; the others strike a command."""


FIELDS = {"command": str, "at": str, "nth": int, "times": int, "amount": int}
"""Of a fault in a world file, beside its kind."""


@dataclass
class Fault:
    """One fault to come.

    It strikes the `nth` command (counted from 1) named `command` (None: any) that starts after
    `at` ns of virtual time (None: from now on), and `times` - 1 further ones (0: all of them).
    """

    kind: FaultKind
    command: str | None = None
    nth: int = 1
    at: int | None = None
    times: int = 1
    amount: int | None = None
    """None: what `AMOUNTS` says; of a dropped connection, that of the current socket."""

    @classmethod
    def from_entry(cls, entry: Mapping[str, Any]) -> Fault:
        """A fault as a world file writes it: `{kind: hang, command: R0, nth: 3, at: 5 s}`."""
        # The reader of world files is slow to load, and most modules have no faults.
        from renode_wifi.peripherals.network.world_file import duration

        kinds = {kind.value: kind for kind in FaultKind}
        values = dict(entry)
        kind = values.pop("kind", None)
        if kind not in kinds:
            raise RenodeWifiError(
                f"the ISM43362 has no fault {kind!r}", cure=f"it has {', '.join(kinds)}"
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
        """Count a command; True if it is hit."""
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

    def clear(self) -> None:
        self.waiting.clear()

    def striking(self, now: int, command: str) -> list[Fault]:
        """The faults that hit the command that starts now."""
        if not self.waiting:
            return []
        hits = [f for f in self.waiting if f.kind not in PASSIVE and f.strikes(now, command)]
        for fault in hits:
            self._use(fault)
        return hits

    def take(self, kind: FaultKind, now: int, command: str) -> bool:
        """Whether what happens in `command` is spoilt by a passive fault."""
        for fault in self.waiting:
            if fault.kind is kind and fault.strikes(now, command):
                self._use(fault)
                return True
        return False

    def _use(self, fault: Fault) -> None:
        if fault.times == 1:
            self.waiting.remove(fault)
        elif fault.times > 1:
            fault.times -= 1
