"""The network processor as a board wires it: its link and what is behind that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.network.contract.radio import DescribedWorld, RadioModel
from renode_wifi.peripherals.network.contract.station import World
from renode_wifi.peripherals.simplelink.device import Device
from renode_wifi.peripherals.simplelink.faults import Fault
from renode_wifi.peripherals.simplelink.files import FileSystem
from renode_wifi.peripherals.simplelink.link import Link
from renode_wifi.peripherals.simplelink.netapp import NetApp
from renode_wifi.peripherals.simplelink.netcfg import NetCfg
from renode_wifi.peripherals.simplelink.netutil import NetUtil
from renode_wifi.peripherals.simplelink.processor import Processor
from renode_wifi.peripherals.simplelink.profile import NwpProfile
from renode_wifi.peripherals.simplelink.sockets import Sockets
from renode_wifi.peripherals.simplelink.wlan import Wlan

TI_OUI = b"\x08\x00\x28"


class CC3220_NWP(Link, RadioModel[Fault]):
    """Network processor of the CC3220SF. Attributes are the fields of `NwpProfile`.

    Input 0: power. Output 0: interrupt request, high while a message waits. `exchange(word)`
    clocks one word of the link.
    """

    FAULT = Fault
    RELAXED_TLS = {"relaxed_tls": True, "maximum_tls": "TLSv1.3", "certificate_store": False}

    processor: Processor
    device: Device
    files: FileSystem
    netcfg: NetCfg
    sockets: Sockets
    wlan: Wlan

    def __init__(self, machine: Machine, name: str = "nwp", **attributes: Any) -> None:
        super().__init__(None)
        self.machine = machine
        self.name = name
        self._attributes = attributes
        self._build({})

    def _build(self, options: Mapping[str, Any]) -> None:
        profile = NwpProfile.from_attributes({**self._attributes, **options})
        processor = Processor(self.machine, self.name, profile, self)
        self.processor = processor
        self.device = Device(processor)
        self.files = FileSystem(processor)
        self.netcfg = NetCfg(processor, self._mac(profile))
        self.sockets = Sockets(processor, self.device, self.files)
        self.wlan = Wlan(processor, self.device, self.netcfg, self.sockets)
        NetApp(processor)
        NetUtil(processor)
        processor.on_power_on(self._enter_world)

    def _mac(self, profile: NwpProfile) -> bytes:
        if profile.mac:
            return bytes.fromhex(profile.mac.replace(":", ""))
        return TI_OUI + self.machine.random(f"{self.name}/mac").randbytes(3)

    @property
    def profile(self) -> NwpProfile:
        return self.processor.profile

    def _provision(self, world: DescribedWorld) -> None:
        for name, content in world.radio_files().items():
            self.files.provision(name, content)

    def connect_world(self, world: World) -> None:
        """Put the radio into a world, before it is first powered."""
        self.take_over(world)
        self.processor.world = world
        if self.powered:
            self._enter_world()

    def _enter_world(self) -> None:
        """The host may have changed the MAC address, by which the world knows a radio."""
        world, processor = self.processor.world, self.processor
        if world is None:
            return
        if processor.station is None or processor.station.mac != self.netcfg.mac:
            processor.station = world.station(self.netcfg.mac)
            processor.station.events = self.wlan

    def inject(self, fault: Fault) -> None:
        """Let a fault happen."""
        self.processor.faults.add(fault)
