"""The module as a board wires it: its link and the processor behind that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.ism43362.credentials import CredentialSet
from renode_wifi.peripherals.ism43362.faults import Fault
from renode_wifi.peripherals.ism43362.link import Link
from renode_wifi.peripherals.ism43362.processor import Processor
from renode_wifi.peripherals.ism43362.profile import ModuleProfile
from renode_wifi.peripherals.network.contract.radio import DescribedWorld, RadioModel
from renode_wifi.peripherals.network.contract.station import World


class ISM43362(Link, RadioModel[Fault]):
    """Inventek ISM43362-M3G-L44, an SPI device. Attributes are the fields of `ModuleProfile`.

    Inputs: 0 NSS, 1 RESET (active low), 2 WAKEUP. Output 0: CMD/DATA READY.
    """

    FAULT = Fault
    RELAXED_TLS = {"maximum_tls": "TLSv1.3"}

    def __init__(self, machine: Machine, name: str = "ism43362", **attributes: Any) -> None:
        self._processor: Processor | None = None
        super().__init__(machine, name)
        self._attributes = attributes
        self.profile = ModuleProfile.from_attributes(attributes)
        """Complete once the radio is in a world, or first used without one."""

    @property
    def processor(self) -> Processor:
        """What is behind the link; made when it is first needed, by the profile as it is then."""
        if self._processor is None:
            self._processor = Processor(self.machine, self.name, self.profile, self)
        return self._processor

    @processor.setter
    def processor(self, processor: Processor | None) -> None:
        self._processor = processor

    def _build(self, options: Mapping[str, Any]) -> None:
        self.profile = ModuleProfile.from_attributes({**self._attributes, **options})
        self._processor = None

    def _provision(self, world: DescribedWorld) -> None:
        for number, credential in world.radio_credentials().items():
            self.processor.credentials.provision(
                number,
                CredentialSet(
                    credential.ca or b"", credential.certificate or b"", credential.key or b""
                ),
            )

    def connect_world(self, world: World) -> None:
        """Put the module's radio into a world, before its RESET is first released."""
        self.take_over(world)
        self.processor.connect_world(world)

    def inject(self, fault: Fault) -> None:
        """Let a fault of the real module happen."""
        self.processor.inject(fault)
