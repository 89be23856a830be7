"""What goes wrong in a world: at a time, after an event, or when a test says so."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.network.servers import TcpServer
from renode_wifi.peripherals.network.worldfile.models import FaultSettings

if TYPE_CHECKING:
    from renode_wifi.peripherals.network.world import World

Undo = Callable[[], None]

ARGUMENTS: dict[str, tuple[str, ...]] = {
    "ap-vanishes": ("access_point",),
    "put-out": ("access_point",),
    "dhcp-fails": (),
    "dns-fails": (),
    "server-stops": ("server",),
    "server-resets": ("server",),
    "server-cuts": ("server",),
    "server-hangs": ("server",),
    "link": ("latency", "jitter", "loss"),
}
"""What each fault of the world takes, beside its duration."""
HIGHEST_LOSS = 0.9
"""As in the schema of world files: with more, nothing would ever arrive."""


class Faults:
    """`inject` makes a fault happen now; those of the world file wait for their moment."""

    def __init__(self, world: World, settings: tuple[FaultSettings, ...]) -> None:
        self.world = world
        self._waiting: list[tuple[FaultSettings, int]] = []
        """Faults that wait for an event, and how many of those are still to come."""
        for fault in settings:
            if fault.at is not None:
                delay = max(0, fault.at - world.clock.now)
                world.clock.schedule(delay, partial(self._happen, fault))
            else:
                self._waiting.append((fault, fault.count))
        if self._waiting:
            world.internet.observers.append(self)

    def on_network_event(self, event: str, fields: dict[str, Any]) -> None:
        """The network told of something; see `Internet.trace`."""
        still: list[tuple[FaultSettings, int]] = []
        for fault, count in self._waiting:
            if fault.event == event and self._concerns(fault, fields):
                count -= 1
                if count == 0:
                    # Not within the event, whose sender is in the middle of its work.
                    self.world.clock.schedule(fault.delay, partial(self._happen, fault))
                    continue
            still.append((fault, count))
        self._waiting = still

    def _concerns(self, fault: FaultSettings, fields: dict[str, Any]) -> bool:
        """An event on a connection counts for a server's fault only if it is that server's."""
        name = fault.arguments.get("server")
        if name is None or "flow" not in fields:
            return True
        return any(
            connection.stream.flow == fields["flow"]
            for connection in self.world.server(name).connections
        )

    def _happen(self, fault: FaultSettings) -> None:
        self.inject(fault.do, duration=fault.duration, **fault.arguments)

    def inject(self, do: str, duration: int | None = None, **arguments: Any) -> None:
        """Let a fault happen now, for `duration` ns or for good.

        do and arguments as in the world file, times in ns; where there is one access point or one
        TCP server only, its name may be left out.
        """
        faults: dict[str, Callable[..., Undo | None]] = {
            "ap-vanishes": self._access_point_vanishes,
            "put-out": self._put_out,
            "dhcp-fails": self._dhcp_fails,
            "dns-fails": self._dns_fails,
            "server-stops": self._server_stops,
            "server-resets": self._server_resets,
            "server-cuts": self._server_cuts,
            "server-hangs": self._server_hangs,
            "link": self._link_changes,
        }
        if do not in faults:
            raise RenodeWifiError(
                f"there is no fault {do!r}", cure=f"there are: {', '.join(sorted(faults))}"
            )
        arguments = self._checked(do, arguments)
        self.world.internet.trace("fault", do=do, **arguments)
        undo = faults[do](**arguments)
        if undo is not None and duration is not None:
            self.world.clock.schedule(duration, undo)

    def _checked(self, do: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """The arguments, with the name of the only one there is filled in."""
        known = ARGUMENTS[do]
        for name, value in arguments.items():
            if name not in known:
                taken = ", ".join((*known, "duration"))
                raise RenodeWifiError(f"{do} does not take {name}", cure=f"it takes {taken}")
            if name == "loss" and not (type(value) in (int, float) and 0 <= value <= HIGHEST_LOSS):
                raise RenodeWifiError(
                    f"loss is {value!r}", cure=f"write a chance from 0 to {HIGHEST_LOSS}"
                )
            if name in ("latency", "jitter") and not (type(value) is int and value >= 0):
                raise RenodeWifiError(f"{name} is {value!r}", cure="give it in ns")
        if do == "link" and not arguments:
            raise RenodeWifiError("link changes nothing", cure=f"give it {', '.join(known)}")
        choices = {
            "server": [s.name for s in self.world.servers.values() if isinstance(s, TcpServer)],
            "access_point": [ap.ssid.decode() for ap in self.world.settings.access_points],
        }
        for name in known:
            if name in choices and name not in arguments:
                if len(choices[name]) != 1:
                    raise RenodeWifiError(
                        f"{do} wants the name of one {name.replace('_', ' ')}",
                        cure=f"there are: {', '.join(choices[name]) or 'none'}",
                    )
                arguments = {**arguments, name: choices[name][0]}
        return arguments

    def _access_point_vanishes(self, access_point: str) -> Undo:
        point = self.world.access_point(access_point)
        point.up = False
        self.world.deauthenticate(point, "the access point vanished")
        return partial(self._access_point_returns, access_point)

    def _access_point_returns(self, access_point: str) -> None:
        self.world.access_point(access_point).up = True

    def _put_out(self, access_point: str) -> None:
        self.world.deauthenticate(self.world.access_point(access_point), "deauthenticated")

    def _dhcp_fails(self) -> Undo:
        self._dhcp(False)
        return partial(self._dhcp, True)

    def _dhcp(self, answering: bool) -> None:
        for point in self.world.air.access_points:
            point.dhcp.answering = answering

    def _dns_fails(self) -> Undo:
        self._dns(False)
        return partial(self._dns, True)

    def _dns(self, answering: bool) -> None:
        self.world.internet.names.answering = answering

    def _server_stops(self, server: str) -> Undo:
        found = self.world.server(server)
        found.stop()
        started: Undo = found.start
        return started

    def _server_resets(self, server: str) -> None:
        self.world.server(server).reset_connections()

    def _server_cuts(self, server: str) -> None:
        self.world.server(server).cut_connections()

    def _server_hangs(self, server: str) -> Undo:
        self.world.server(server).hang(True)
        return partial(self.world.server(server).hang, False)

    def _link_changes(self, **changes: int | float) -> Undo:
        link = self.world.internet.link
        before = {name: getattr(link.settings, name) for name in changes}
        link.change(**changes)
        return partial(link.change, **before)
