"""The module as a board wires it: its link and the processor behind that."""

from __future__ import annotations

from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.ism43362.faults import Fault
from renode_wifi.peripherals.ism43362.link import IN_RESET, RESET, Link
from renode_wifi.peripherals.ism43362.processor import Processor
from renode_wifi.peripherals.ism43362.profile import ModuleProfile
from renode_wifi.peripherals.network.radio_model import DescribedWorld, RadioModel


class ISM43362(RadioModel[Fault, ModuleProfile, Processor], Link):
    """Inventek ISM43362-M3G-L44, an SPI device. Attributes are the fields of `ModuleProfile`.

    Inputs: 0 NSS, 1 RESET (active low), 2 WAKEUP. Output 0: CMD/DATA READY.
    """

    FAULT = Fault
    PROFILE = ModuleProfile
    RELAXED_TLS = {"maximum_tls": "TLSv1.3"}

    def __init__(self, machine: Machine, name: str = "ism43362", **attributes: object) -> None:
        super().__init__(machine, name)
        self._describe(attributes)

    def power_cycle(self) -> None:
        """Its supply fails and comes back, together with the board's."""
        if self.phase != IN_RESET:
            for level in (False, True):
                self.on_gpio(RESET, level)

    def _make_processor(self) -> Processor:
        return Processor(self.machine, self.name, self.profile, self)

    def _provision(self, world: DescribedWorld) -> None:
        for number, make in world.radio_credentials().items():
            self.processor.credentials.provision(number, make)
