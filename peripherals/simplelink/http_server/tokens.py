"""Tokens whose values the device knows by itself (SWRU455, "Device Tokens")."""

from __future__ import annotations

from ipaddress import IPv4Address

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.simplelink.device import (
    NWP_VERSION,
    ROLE_ACCESS_POINT,
    ROLE_P2P,
    ROLE_STATION,
    Device,
)
from renode_wifi.peripherals.simplelink.messages.layout import string
from renode_wifi.peripherals.simplelink.netapp import DEVICE, NetApp
from renode_wifi.peripherals.simplelink.netcfg import NetCfg
from renode_wifi.peripherals.simplelink.transaction import Services

PREFIX = b"__SL_G_"
ROLES = {ROLE_STATION: b"Station", ROLE_ACCESS_POINT: b"Access Point", ROLE_P2P: b"P2P"}
SELECTED = {b"S.E": ROLE_STATION, b"S.F": ROLE_ACCESS_POINT, b"S.G": ROLE_P2P}
MAX_SHORT_NAME = 16


class DeviceTokens:
    """By name; what the device doesn't know is asked of the host."""

    def __init__(self, services: Services, device: Device, netcfg: NetCfg, netapp: NetApp) -> None:
        self.services = services
        self.device = device
        self.netcfg = netcfg
        self.netapp = netapp

    def value(self, name: bytes) -> bytes | None:
        """None for tokens that are none of the device's."""
        key = name.removeprefix(PREFIX)
        role = self.device.active_role
        if key in SELECTED:
            return b"selected" if SELECTED[key] == role else b"not_selected"
        if key == b"S.A":
            return self._up_time()
        if key == b"S.D":
            return ROLES.get(role, b"")
        name_of_device = string(self.netapp.values[DEVICE, 0])
        lease = self.services.network.lease
        address = str(IPv4Address(0) if lease is None else lease.address).encode()
        values = {
            b"S.B": name_of_device,
            b"S.C": string(self.netapp.values[DEVICE, 1]),
            b"S.H": name_of_device[:MAX_SHORT_NAME],
            b"DNP": self.netapp.host_name.encode("latin-1"),
            b"V.A": ".".join(map(str, NWP_VERSION)).encode(),
            b"V.D": f"{self.services.profile.chip_id:X}".encode(),
            b"N.A": address if role == ROLE_STATION else b"0.0.0.0",
            b"N.P": str(self.netcfg.access_point.address).encode(),
            b"N.D": self.netcfg.mac.hex(":").upper().encode(),
        }
        return values.get(key)

    def _up_time(self) -> bytes:
        seconds = (self.services.surroundings.clock.now - self.device.started_at) // SECOND
        days, rest = divmod(seconds, 86_400)
        hours, rest = divmod(rest, 3_600)
        return b"%03d days %02d:%02d:%02d" % (days, hours, *divmod(rest, 60))
