"""What a world that several machines share has in place of a machine of its own: their time."""

from __future__ import annotations

import random
from typing import Any, Protocol

from renode_wifi.emulation.visible import visible_log
from renode_wifi.peripherals.base.clock import Clock, Event, VirtualClock
from renode_wifi.peripherals.base.machine import BenchBus, Bus

LOG = "renode_wifi.world"


class Member(Protocol):
    """A machine in the world."""

    clock: Clock

    @property
    def emulation_time(self) -> int:
        """How far it has come, in ns of the emulation's virtual time."""

    def is_stopping(self) -> bool: ...

    def trace(self, source: str, event: str, **fields: object) -> None: ...

    def is_observed(self, event: str) -> bool: ...


class SharedClock(VirtualClock):
    """The time of the member that is furthest; its events happen while the first member runs."""

    def __init__(self) -> None:
        super().__init__()
        self.members: list[Member] = []
        self._wake: Event | None = None
        self.source, self.listener = self._furthest, self._arm

    def remove(self, machine: Member) -> None:
        """Forget a member, whose own clock may be the one that wakes this one."""
        self._furthest()
        self.members.remove(machine)
        self._arm(self.next_time)

    def _furthest(self) -> int:
        for machine in self.members:
            self._now = max(self._now, machine.emulation_time)
        return self._now

    def _arm(self, time: int | None) -> None:
        if self._wake is not None:
            self._wake.cancel()
            self._wake = None
        if time is None or not self.members:
            return
        first = self.members[0]
        self._wake = first.clock.schedule(time - first.emulation_time, self._on_wake)

    def _on_wake(self) -> None:
        self._wake = None
        self._arm(self.run_due())

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self.source, self.listener = self._furthest, self._arm


class WorldMachine:
    """Implements `peripherals.base.machine.Machine` for a world that several machines share.

    name: the world's, by which machines find it.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._clock = SharedClock()
        self.clock: Clock = self._clock
        self.bus: Bus = BenchBus()
        self.log = visible_log(LOG)
        self.reset_cause = "power-on"
        self.cpu_frequency = 0
        self._count = 0
        """Of machines that ever entered."""

    @property
    def members(self) -> list[Member]:
        return self._clock.members

    def enter(self, machine: Member) -> int:
        """Returns the machine's number in this world; the first has 0."""
        self._clock.members.append(machine)
        self._count += 1
        return self._count - 1

    def leave(self, machine: Member) -> bool:
        """Returns whether it was the last one."""
        self._clock.remove(machine)
        return not self.members

    def random(self, stream: str) -> random.Random:
        return random.Random(f"{self.name}/{stream}")

    def peripheral(self, name: str) -> object:
        raise KeyError(name)

    def trace(self, source: str, event: str, **fields: object) -> None:
        """What happens in the world is traced by its first machine."""
        self._clock.members[0].trace(source, event, **fields)

    def is_observed(self, event: str) -> bool:
        return self._clock.members[0].is_observed(event)

    def is_stopping(self) -> bool:
        return any(machine.is_stopping() for machine in self._clock.members)

    def set_cpu_frequency(self, hertz: int) -> None:
        """There is no core here."""

    def wires_changed(self) -> None:
        """There are no wires here."""

    def set_clock(self, block: str, gate: str) -> None:
        """There is no chip here."""

    def request_reset(self, cause: str) -> None:
        """There is no chip here."""
