"""A radio's faults while they wait for their moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar, Generic, Self, TypeVar

from renode_wifi.peripherals.base.clock import Clock
from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.network.worldfile import faults
from renode_wifi.peripherals.network.worldfile.fault_kinds import KINDS, POOL_UNIT, radio_kinds

Kind = TypeVar("Kind", bound=Enum)


def amounts(kinds: type[Kind]) -> dict[Kind, int]:
    """What each of a radio's faults does by default, in the radio's units."""
    found: dict[Kind, int] = {}
    for kind in kinds:
        entry = KINDS[kind.value]
        if entry.duration is not None:
            found[kind] = entry.duration // POOL_UNIT
        elif entry.parameters and isinstance(default := entry.parameters[0].default, int):
            found[kind] = default // entry.parameters[0].unit
    return found


def waiting(kinds: type[Kind]) -> frozenset[Kind]:
    """Those that wait for what they spoil; the others strike a command as it starts."""
    return frozenset(kind for kind in kinds if KINDS[kind.value].waits)


@dataclass
class RadioFault(Generic[Kind]):
    """One fault to come.

    It strikes the `nth` command (counted from 1) named `command` (None: any) that starts after
    `at` ns of virtual time (None: from now on) and before `until` (None: without end), and
    `times` - 1 further ones (0: all of them).
    """

    KINDS: ClassVar[type[Enum]]
    AMOUNTS: ClassVar[Mapping[Enum, int]]
    RADIO: ClassVar[str]

    kind: Kind
    command: str | None = None
    nth: int = 1
    at: int | None = None
    times: int = 1
    amount: int | None = None
    """None: what `AMOUNTS` says."""
    until: int | None = None

    @classmethod
    def of(cls, fault: faults.FaultSettings, now: int) -> Self:
        """From the language of faults. Raises RenodeWifiError for another radio's fault."""
        kind = fault.kind
        if kind.name not in {entry.value for entry in cls.KINDS}:
            raise RenodeWifiError(
                f"{cls.RADIO} has no fault {kind.name!r}",
                where=fault.where or None,
                cure=f"it has {', '.join(radio_kinds(cls.RADIO))}",
            )
        start = now if fault.at is None else max(now, fault.at)
        amount, until = None, None
        if kind.duration is not None and fault.duration is not None:
            amount = fault.duration // POOL_UNIT
        elif fault.duration is not None:
            until = start + fault.duration
        if kind.parameters:
            parameter = kind.parameters[0]
            value = fault.number(parameter.name)
            amount = None if value is None else int(value // parameter.unit)
        return cls(
            cls.KINDS(kind.name),  # type: ignore[arg-type]
            fault.command,
            1 if fault.after is not None else fault.nth,
            fault.at,
            fault.times,
            amount,
            until,
        )

    @classmethod
    def from_entry(cls, entry: Mapping[str, object], now: int = 0) -> Self:
        """A fault as a world file writes it: `{do: hang, command: R0, nth: 3, at: 5 s}`."""
        keys = dict(entry)
        do = keys.pop("do", keys.pop("kind", None))
        return cls.of(faults.fault_of(str(do), keys), now)

    @property
    def size(self) -> int:
        return self.AMOUNTS.get(self.kind, 0) if self.amount is None else self.amount

    def strikes(self, now: int, command: str) -> bool:
        """Count a command; True if it is hit."""
        if (self.at is not None and now < self.at) or self.command not in (None, command):
            return False
        if self.is_over(now):
            return False
        if self.nth > 1:
            self.nth -= 1
            return False
        return True

    def is_over(self, now: int) -> bool:
        return self.until is not None and now >= self.until


Fault = TypeVar("Fault", bound=RadioFault[Any])


class RadioFaultPlan(Generic[Fault]):
    """The faults waiting to strike. kinds: all that the radio has."""

    def __init__(self, kinds: type[Enum], clock: Clock) -> None:
        self.clock = clock
        self.passive = waiting(kinds)
        self.waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self.waiting.append(fault)

    def clear(self) -> None:
        self.waiting.clear()

    def striking(self, now: int, command: str) -> list[Fault]:
        """The faults that hit the command that starts now."""
        if not self.waiting:
            return []
        self._drop_old(now)
        hits = [f for f in self.waiting if f.kind not in self.passive and f.strikes(now, command)]
        for fault in hits:
            self._use(fault)
        return hits

    def spoils(self, kind: Enum, command: str) -> Fault | None:
        """The passive fault that spoils what happens in `command` now, if there is one."""
        if not self.waiting:
            return None
        now = self.clock.now
        self._drop_old(now)
        for fault in self.waiting:
            if fault.kind is kind and fault.strikes(now, command):
                self._use(fault)
                return fault
        return None

    def _drop_old(self, now: int) -> None:
        if any(fault.until is not None for fault in self.waiting):
            self.waiting[:] = [fault for fault in self.waiting if not fault.is_over(now)]

    def _use(self, fault: Fault) -> None:
        if fault.times == 1:
            self.waiting.remove(fault)
        elif fault.times > 1:
            fault.times -= 1
