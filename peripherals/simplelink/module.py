"""The network processor as a board wires it: its link and what is behind that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.network.radio_model import DescribedWorld, RadioModel
from renode_wifi.peripherals.simplelink.boot_image import joined, with_digest
from renode_wifi.peripherals.simplelink.device import Device
from renode_wifi.peripherals.simplelink.faults import Fault
from renode_wifi.peripherals.simplelink.files.booted import MCU_IMAGE
from renode_wifi.peripherals.simplelink.files.silo import FileSystem
from renode_wifi.peripherals.simplelink.link import Link
from renode_wifi.peripherals.simplelink.netcfg import NetCfg
from renode_wifi.peripherals.simplelink.processor import Processor
from renode_wifi.peripherals.simplelink.profile import NwpProfile
from renode_wifi.peripherals.simplelink.sockets.silo import Sockets
from renode_wifi.peripherals.simplelink.wlan.silo import Wlan


class CC3220_NWP(RadioModel[Fault, NwpProfile, Processor], Link):
    """Network processor of the CC3220SF. Attributes are the fields of `NwpProfile`.

    Input 0: power. Output 0: interrupt request, high while a message waits. `exchange(word)`
    clocks one word of the link.
    """

    FAULT = Fault
    PROFILE = NwpProfile
    RELAXED_TLS = {"relaxed_tls": True, "maximum_tls": "TLSv1.3", "certificate_store": False}

    machine: Machine

    def __init__(self, machine: Machine, name: str = "nwp", **attributes: object) -> None:
        super().__init__(None, machine, name)
        self._has_own_program = False
        self._describe(attributes)

    def power_cycle(self) -> None:
        """Its supply fails and comes back, together with the board's."""
        self.power_off()

    def _make_processor(self) -> Processor:
        return Processor(self.machine, self.name, self.profile, self)

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

    def provision(
        self, programmed: Sequence[tuple[int, bytes]], files: Mapping[str, bytes]
    ) -> None:
        """Files go over those of the world file.

        As Uniflash does it, the serial flash gets the program too, unless the world file has one;
        so an update has something to return to.
        """
        binary = joined(programmed)
        factory = self.files.volume.factory
        if binary and (MCU_IMAGE not in factory or self._has_own_program):
            self._has_own_program = True
            self.files.provision(MCU_IMAGE, with_digest(binary))
        for name, content in files.items():
            self.files.provision(name, content)

    def _provision(self, world: DescribedWorld) -> None:
        for name, make in world.radio_files().items():
            if name in self.files.volume.factory:
                raise RenodeWifiError(
                    f"the file {name} is there twice: case makes no difference to names",
                    cure="keep one of them in files",
                )
            self.files.provision_late(name, make)
