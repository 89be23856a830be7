# ironpython: executed by Renode
"""A world, which a helper process has, and the machines that are in it."""

import System

from renode_wifi.emulation.engines.renode import protocol
from renode_wifi.emulation.engines.renode.inside.log import Log
from renode_wifi.emulation.engines.renode.inside.remote import Helper


class Member(object):
    """A machine in a world. name: in the emulation."""

    def __init__(self, renode, name, clock):
        # type: (typing.Any, str, RenodeClock) -> None
        self.renode = renode
        self.name = name
        self.clock = clock

    def call(self, radio, method, values):
        # type: (str, str, list[typing.Any]) -> None
        """The processor of a radio calls its link."""
        raise NotImplementedError


class World(object):
    """name: by which other machines find it; "" where it is one machine's own.

    path: of its file. seed: "" for the file's own. Raises HelperError.
    """

    def __init__(self, name, path, seed):
        # type: (str, str, str) -> None
        self.name = name
        self.path = path
        self.seed = seed
        self.log = Log()
        self.asked = 0
        """How often machines have asked."""
        self.machines = {}  # type: dict[str, Member]
        self._stopping = []  # type: list[Member]
        self._wake = None  # type: typing.Any
        self._helper = Helper(self.log.write, self._on_call)
        try:
            self._helper.request(protocol.WORLD, path, seed)
        except System.Exception:
            self._helper.close()
            raise

    @property
    def dead(self):
        # type: () -> bool
        """Its helper is gone."""
        return self._helper.dead

    @property
    def has_helper(self):
        # type: () -> bool
        """A process of its own, which does not know what becomes of the emulation."""
        return self._helper.is_own

    def set_stopping(self, machine, stopping):
        # type: (Member, bool) -> None
        """A machine is to stop, or goes on; on any thread, also while it asks."""
        others = [member for member in self._stopping if member is not machine]
        self._stopping = others + ([machine] if stopping else [])
        self._helper.set_stopping(bool(self._stopping))

    def add(self, machine, prefix):
        # type: (Member, str) -> None
        """prefix: of the sources of what the machine traces."""
        if not self.machines:
            self.log.element = machine.renode
        self._helper.request(protocol.MACHINE, machine.name, prefix)
        self.machines[machine.name] = machine

    def remove(self, machine):
        # type: (Member) -> None
        """The last one takes the world with it."""
        if self.machines.get(machine.name) is machine:
            del self.machines[machine.name]
            self.set_stopping(machine, False)
        if not self.machines:
            self.close()
            return
        # It may have been the one whose clock wakes the helper.
        self._schedule_wake(next(iter(self.machines.values())))

    def add_radio(self, machine, name, kind, attributes):
        # type: (Member, str, str, str) -> None
        self._helper.request(protocol.RADIO, machine.name, name, kind, attributes)

    def ask(self, machine, request, *fields):
        # type: (Member, str, *str) -> list[typing.Any]
        """Ask the helper at the machine's present time, and see to it that it gets its time."""
        self.asked += 1
        values = self._helper.request(request, str(machine.clock.now), *fields)
        self._schedule_wake(machine)
        return values

    def close(self):
        # type: () -> None
        self._helper.close()

    def _schedule_wake(self, machine):
        # type: (Member) -> None
        time = self._helper.next_time
        if self._wake is not None:
            if self._wake.time == time and self._wake.machine in self.machines.values():
                return
            self._wake.cancel()
            self._wake = None
        if time >= 0:
            self._wake = Wake(self, machine, time)

    def wake(self, machine):
        # type: (Member) -> None
        self._wake = None
        self.ask(machine, protocol.ADVANCE)

    def _on_call(self, machine, radio, method, values):
        # type: (str, str, str, list[typing.Any]) -> None
        """The processor of a radio calls its link."""
        if machine in self.machines:
            self.machines[machine].call(radio, method, values)


class Wake(object):
    """The moment at which the helper has something to do, on the clock of a machine."""

    def __init__(self, world, machine, time):
        # type: (World, Member, int) -> None
        self.time = time
        self.machine = machine
        self._world = world
        self._event = machine.clock.schedule_at(time, self._wake)

    def cancel(self):
        # type: () -> None
        self._event.cancel()

    def _wake(self):
        # type: () -> None
        self._world.wake(self.machine)


MYPY = False
if MYPY:
    import typing  # noqa: F401

    from renode_wifi.emulation.engines.renode.inside.clock import RenodeClock  # noqa: F401
