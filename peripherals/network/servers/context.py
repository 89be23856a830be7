"""What a server inside the world asks of its surroundings."""

from __future__ import annotations

from typing import Protocol

from renode_wifi.peripherals.base.clock import Clock
from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.date import WorldDate
from renode_wifi.peripherals.network.stack.internet import Internet
from renode_wifi.peripherals.network.tls.pki import WorldPki


class Trace(Protocol):
    """Notifies observers of a network event."""

    def __call__(self, event: str, **fields: object) -> None: ...


@late_dataclass(frozen=True)
class ServerContext:
    """Handed down to every server."""

    clock: Clock
    date: WorldDate
    internet: Internet
    pki: WorldPki

    def trace(self, event: str, **fields: object) -> None:
        self.internet.trace(event, **fields)
