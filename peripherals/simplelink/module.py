"""The network processor as a board wires it: its link and what is behind that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.network.contract.radio import DescribedWorld, RadioModel
from renode_wifi.peripherals.network.contract.station import World
from renode_wifi.peripherals.simplelink.device import Device
from renode_wifi.peripherals.simplelink.faults import Fault
from renode_wifi.peripherals.simplelink.files.silo import FileSystem
from renode_wifi.peripherals.simplelink.link import Link
from renode_wifi.peripherals.simplelink.netcfg import NetCfg
from renode_wifi.peripherals.simplelink.processor import Processor
from renode_wifi.peripherals.simplelink.profile import NwpProfile
from renode_wifi.peripherals.simplelink.sockets.silo import Sockets
from renode_wifi.peripherals.simplelink.wlan.silo import Wlan


class CC3220_NWP(Link, RadioModel[Fault]):
    """Network processor of the CC3220SF. Attributes are the fields of `NwpProfile`.

    Input 0: power. Output 0: interrupt request, high while a message waits. `exchange(word)`
    clocks one word of the link.
    """

    FAULT = Fault
    RELAXED_TLS = {"relaxed_tls": True, "maximum_tls": "TLSv1.3", "certificate_store": False}

    machine: Machine

    def __init__(self, machine: Machine, name: str = "nwp", **attributes: Any) -> None:
        self._processor: Processor | None = None
        super().__init__(None, machine, name)
        self._attributes = attributes
        self.profile = NwpProfile.from_attributes(attributes)
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

    @property
    def device(self) -> Device:
        return self.processor.device

    @property
    def files(self) -> FileSystem:
        return self.processor.files

    @property
    def netcfg(self) -> NetCfg:
        return self.processor.netcfg

    @property
    def sockets(self) -> Sockets:
        return self.processor.sockets

    @property
    def wlan(self) -> Wlan:
        return self.processor.wlan

    def _build(self, options: Mapping[str, Any]) -> None:
        self.profile = NwpProfile.from_attributes({**self._attributes, **options})
        self._processor = None

    def _provision(self, world: DescribedWorld) -> None:
        for name, content in world.radio_files().items():
            if name in self.files.volume.factory:
                raise RenodeWifiError(
                    f"the file {name} is there twice: case makes no difference to names",
                    cure="keep one of them in files",
                )
            self.files.provision(name, content)

    def connect_world(self, world: World) -> None:
        """Put the radio into a world, before it is first powered."""
        self.take_over(world)
        self.processor.connect_world(world)

    def inject(self, fault: Fault) -> None:
        """Let a fault happen."""
        self.processor.inject(fault)
