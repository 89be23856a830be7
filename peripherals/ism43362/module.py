"""The module as a board wires it: its link and the processor behind that."""

from __future__ import annotations

from typing import Any

from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.ism43362.faults import Fault
from renode_wifi.peripherals.ism43362.link import Link
from renode_wifi.peripherals.ism43362.processor import Processor
from renode_wifi.peripherals.ism43362.profile import ModuleProfile
from renode_wifi.peripherals.network.station import World


class ISM43362(Link):
    """Inventek ISM43362-M3G-L44, an SPI device. Attributes are the fields of `ModuleProfile`.

    Inputs: 0 NSS, 1 RESET (active low), 2 WAKEUP. Output 0: CMD/DATA READY.
    """

    def __init__(self, machine: Machine, name: str = "ism43362", **attributes: Any) -> None:
        super().__init__(machine, name)
        self.profile = ModuleProfile.from_attributes(attributes)
        self.processor: Processor = Processor(machine, name, self.profile, self)

    def connect_world(self, world: World) -> None:
        """Put the module's radio into a world."""
        self.processor.connect_world(world)

    def inject(self, fault: Fault) -> None:
        """Let a fault of the real module happen."""
        self.processor.inject(fault)
