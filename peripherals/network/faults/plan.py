"""Faults of a radio that wait for their moment: what the radios' own vocabularies share."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar, Generic, Self, TypeVar

from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.network.worldfile.units import duration

Kind = TypeVar("Kind", bound=Enum)

FIELDS = {"command": str, "at": str, "nth": int, "times": int, "amount": int}
"""Of a fault in a world file, beside its kind."""


@dataclass
class RadioFault(Generic[Kind]):
    """One fault to come.

    It strikes the `nth` command (counted from 1) named `command` (None: any) that starts after
    `at` ns of virtual time (None: from now on), and `times` - 1 further ones (0: all of them).
    """

    KINDS: ClassVar[type[Enum]]
    AMOUNTS: ClassVar[Mapping[Any, int]]
    RADIO: ClassVar[str]

    kind: Kind
    command: str | None = None
    nth: int = 1
    at: int | None = None
    times: int = 1
    amount: int | None = None
    """None: what `AMOUNTS` says."""

    @classmethod
    def from_entry(cls, entry: Mapping[str, Any]) -> Self:
        """A fault as a world file writes it: `{kind: hang, command: R0, nth: 3, at: 5 s}`."""
        kinds = {kind.value: kind for kind in cls.KINDS}
        values = dict(entry)
        kind = values.pop("kind", None)
        if kind not in kinds:
            raise RenodeWifiError(
                f"{cls.RADIO} has no fault {kind!r}", cure=f"it has {', '.join(kinds)}"
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
        return cls(kinds[kind], **values)  # type: ignore[arg-type]

    @property
    def size(self) -> int:
        return self.AMOUNTS.get(self.kind, 0) if self.amount is None else self.amount

    def strikes(self, now: int, command: str) -> bool:
        """Count a command; True if it is hit."""
        if (self.at is not None and now < self.at) or self.command not in (None, command):
            return False
        if self.nth > 1:
            self.nth -= 1
            return False
        return True


Fault = TypeVar("Fault", bound=RadioFault[Any])


class RadioFaultPlan(Generic[Fault]):
    """The faults waiting to strike. passive: kinds that wait for what they spoil to happen."""

    def __init__(self, passive: Collection[Enum]) -> None:
        self.passive = passive
        self.waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self.waiting.append(fault)

    def clear(self) -> None:
        self.waiting.clear()

    def striking(self, now: int, command: str) -> list[Fault]:
        """The faults that hit the command that starts now."""
        if not self.waiting:
            return []
        hits = [f for f in self.waiting if f.kind not in self.passive and f.strikes(now, command)]
        for fault in hits:
            self._use(fault)
        return hits

    def take(self, kind: Enum, now: int, command: str) -> Fault | None:
        """The passive fault that spoils what happens in `command`, if there is one."""
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
