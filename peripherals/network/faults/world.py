"""What goes wrong in a world: at a time, after an event, or when a test says so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.network.faults.network import NetworkFaults, Undo
from renode_wifi.peripherals.network.servers import Server, TcpServer
from renode_wifi.peripherals.network.stack.air import Air
from renode_wifi.peripherals.network.stack.internet import Internet
from renode_wifi.peripherals.network.worldfile.fault_kinds import Target
from renode_wifi.peripherals.network.worldfile.faults import FaultSettings, fault_of

NETWORK = (Target.ACCESS_POINT, Target.SERVER, Target.NETWORK)
"""Targets whose faults `NetworkFaults` applies; others have a victim of their own."""


class Victim(Protocol):
    """What faults outside the network can happen to: a radio."""

    def inject_fault(self, fault: FaultSettings) -> None: ...


class Faults:
    """`inject` makes a fault happen now; those of the world file wait for their moment."""

    def __init__(
        self,
        air: Air,
        internet: Internet,
        servers: Mapping[str, Server],
        planned: Iterable[FaultSettings],
    ) -> None:
        self.air = air
        self.internet = internet
        self.servers = servers
        self._victims: dict[Target, Victim] = {}
        self._effects = NetworkFaults(air, internet, servers)
        self._early: list[FaultSettings] = []
        """Faults that wait for their victim, which lets them wait for their moment."""
        self._waiting: list[tuple[FaultSettings, int]] = []
        """Faults that wait for an event, and how many of those are still to come."""
        for fault in planned:
            if fault.after is not None:
                self._waiting.append((fault, fault.nth))
            elif fault.strikes:
                self._early.append(fault)
            else:
                delay = max(0, (fault.at or 0) - internet.clock.now)
                internet.clock.schedule(delay, partial(self.happen, fault))
        if self._waiting:
            internet.observers.append(self)

    def attach(self, victim: Victim, target: Target = Target.RADIO) -> None:
        """A radio has come into the world, or another victim of faults of its own."""
        self._victims[target] = victim
        waiting = [fault for fault in self._early if fault.kind.target is target]
        self._early = [fault for fault in self._early if fault.kind.target is not target]
        for fault in waiting:
            victim.inject_fault(fault)

    def victim(self, target: Target) -> Victim | None:
        """What faults of `target` happen to."""
        return self._victims.get(target)

    def on_network_event(self, event: str, fields: dict[str, object]) -> None:
        """The network reports an event; see `Internet.trace`."""
        still: list[tuple[FaultSettings, int]] = []
        for fault, count in self._waiting:
            if fault.after == event and self._concerns(fault, fields):
                count -= 1
                if count == 0:
                    # Not within the event, whose sender is in the middle of its work.
                    self.internet.clock.schedule(fault.delay, partial(self.happen, fault))
                    continue
            still.append((fault, count))
        self._waiting = still

    def _concerns(self, fault: FaultSettings, fields: dict[str, Any]) -> bool:
        """An event on a connection counts for a server's fault only if it is that server's."""
        name = fault.arguments.get("server")
        if name is None or "flow" not in fields:
            return True
        server = self.servers[str(name)]
        assert isinstance(server, TcpServer)
        return any(connection.stream.flow == fields["flow"] for connection in server.connections)

    def inject(self, do: str, entry: Mapping[str, object]) -> None:
        """Let a fault happen: now, or as `at`, `after`, `nth` and `delay` in the entry say.

        Keys and values as in the world file; times may be text or ns. Raises RenodeWifiError.
        """
        servers = [s.name for s in self.servers.values() if isinstance(s, TcpServer)]
        access_points = [
            point.settings.ssid.decode() for point in self.air.access_points if point.owner is None
        ]
        places = {"server": servers, "access_point": access_points}
        fault = fault_of(do, entry, places, self._notice)
        target = fault.kind.target
        if target not in NETWORK and target not in self._victims:
            raise RenodeWifiError(
                f"{do} is a fault of the {target.value}, and no {target.value} is in the world",
                cure="inject it once the board is there",
            )
        if fault.after is not None:
            self._waiting.append((fault, fault.nth))
            if self not in self.internet.observers:
                self.internet.observers.append(self)
        elif fault.strikes or fault.at is None:
            self.happen(fault)
        else:
            delay = max(0, fault.at - self.internet.clock.now)
            self.internet.clock.schedule(delay, partial(self.happen, fault))

    def _notice(self, key: str, write: str) -> None:
        self.internet.machine.log.warning("fault: `%s` is an old spelling; write %s", key, write)

    def happen(self, fault: FaultSettings) -> None:
        if fault.kind.target not in NETWORK:
            victim = self._victims.get(fault.kind.target)
            if victim is None:
                self.internet.machine.log.warning(
                    "fault %s: this board, on this engine, has no %s for it",
                    fault.kind.name,
                    fault.kind.target.value,
                )
            else:
                # What it waited for has been: its command is the next one.
                victim.inject_fault(replace(fault, at=None) if fault.after else fault)
            return
        self.internet.trace("fault", do=fault.kind.name, **fault.arguments)
        effect: Callable[..., Undo | None] = getattr(self._effects, fault.kind.apply)
        undo = effect(**fault.arguments)
        if undo is not None and fault.duration is not None:
            self.internet.clock.schedule(fault.duration, undo)
