"""The module as a board wires it: its link and the processor behind that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.ism43362.credentials import CredentialSet
from renode_wifi.peripherals.ism43362.faults import Fault
from renode_wifi.peripherals.ism43362.link import Link
from renode_wifi.peripherals.ism43362.processor import Processor
from renode_wifi.peripherals.ism43362.profile import ModuleProfile
from renode_wifi.peripherals.network.settings import Credential, WorldSettings
from renode_wifi.peripherals.network.station import World

RELAXED_TLS = {"maximum_tls": "TLSv1.3"}
"""What `radio: tls: relaxed` of a world file changes."""


@runtime_checkable
class DescribedWorld(Protocol):
    """A world built from a world file, which may have something to say of the radio."""

    settings: WorldSettings

    def radio_credentials(self) -> dict[int, Credential]: ...


class ISM43362(Link):
    """Inventek ISM43362-M3G-L44, an SPI device. Attributes are the fields of `ModuleProfile`.

    Inputs: 0 NSS, 1 RESET (active low), 2 WAKEUP. Output 0: CMD/DATA READY.
    """

    processor: Processor

    def __init__(self, machine: Machine, name: str = "ism43362", **attributes: Any) -> None:
        super().__init__(machine, name)
        self._attributes = attributes
        self._build({})

    def _build(self, options: dict[str, Any]) -> None:
        profile = ModuleProfile.from_attributes({**self._attributes, **options})
        self.processor = Processor(self.machine, self.name, profile, self)

    @property
    def profile(self) -> ModuleProfile:
        return self.processor.profile

    def connect_world(self, world: World) -> None:
        """Put the module's radio into a world, before its RESET is first released.

        What the world file says of the radio takes precedence over the board's description:
        `options` are fields of the profile, and `faults`.
        """
        if isinstance(world, DescribedWorld):
            options, faults = world.settings.radio.for_model(RELAXED_TLS)
            if options:
                self._build(options)
            for number, credential in world.radio_credentials().items():
                self.processor.credentials.provision(
                    number,
                    CredentialSet(
                        credential.ca or b"", credential.certificate or b"", credential.key or b""
                    ),
                )
            for entry in faults:
                self.inject_entry(entry)
        self.processor.connect_world(world)

    def inject(self, fault: Fault) -> None:
        """Let a fault of the real module happen."""
        self.processor.inject(fault)

    def inject_entry(self, entry: Mapping[str, Any]) -> None:
        """Let a fault happen that is described as in a world file."""
        self.inject(Fault.from_entry(entry))
