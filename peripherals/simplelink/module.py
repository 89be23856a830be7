"""The network processor as a board wires it: its link and what is behind that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.network.settings import WorldSettings
from renode_wifi.peripherals.network.station import World
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
RELAXED_TLS = {"relaxed_tls": True, "maximum_tls": "TLSv1.3", "certificate_store": False}
"""What `radio: tls: relaxed` of a world file changes."""


@runtime_checkable
class DescribedWorld(Protocol):
    """A world built from a world file, which may have something to say of the radio."""

    settings: WorldSettings

    def radio_files(self) -> dict[str, bytes]: ...


class CC3220_NWP(Link):
    """Network processor of the CC3220SF. Attributes are the fields of `NwpProfile`.

    Input 0: power. Output 0: interrupt request, high while a message waits. `exchange(word)`
    clocks one word of the link.
    """

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

    def _build(self, options: dict[str, Any]) -> None:
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

    def connect_world(self, world: World) -> None:
        """Put the radio into a world, before it is first powered.

        What the world file says of the radio takes precedence over the board's description:
        `options` are fields of the profile, and `faults`.
        """
        if isinstance(world, DescribedWorld):
            options, faults = world.settings.radio.for_model(RELAXED_TLS)
            if options:
                self._build(options)
            for name, content in world.radio_files().items():
                self.files.provision(name, content)
            for entry in faults:
                self.inject_entry(entry)
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

    def inject_entry(self, entry: Mapping[str, Any]) -> None:
        """Let a fault happen that is described as in a world file."""
        self.inject(Fault.from_entry(entry))
