"""Machine, world, module and driver put together."""

from __future__ import annotations

from typing import Any

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.ism43362.module import ISM43362
from tests.peripherals.ism43362.drivers import StPort, Wires
from tests.peripherals.ism43362.worlds import make_world


class Rig:
    """One module in a world. attributes: of the module."""

    def __init__(self, world: bool = True, **attributes: Any) -> None:
        self.machine = BenchMachine()
        self.module = ISM43362(self.machine, "wifi", **attributes)
        self.wires = Wires(self.machine, self.module)
        self.port = StPort(self.wires)
        if world:
            self.world = make_world(self.machine)
            self.module.connect_world(self.world)

    def joined(self) -> StPort:
        """The port's driver, started and joined."""
        assert self.port.start()
        assert self.port.connect_ap(b"fwemu-ap", b"fwemu-pass")
        self.port.log.clear()
        return self.port

    def traced(self, event: str) -> list[dict[str, Any]]:
        """What the module message observers of one kind of event."""
        return [
            fields
            for _, source, name, fields in self.machine.traced
            if source == "wifi" and name == event
        ]
