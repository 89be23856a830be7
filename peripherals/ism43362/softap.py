"""The module as an access point: the `A` commands."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from renode_wifi.peripherals.ism43362.at import BadRequest
from renode_wifi.peripherals.ism43362.wlan import SECURITY
from renode_wifi.peripherals.network.contract.station import Beacon, Lease, Security

if TYPE_CHECKING:
    from renode_wifi.peripherals.ism43362.processor import Processor, Transaction

MOST_CLIENTS = 4
DEFAULT_CHANNEL = 1


class SoftAccessPoint:
    """Settings of the access point, and who has joined it."""

    COMMANDS = {
        "A0": "start",
        "AD": "start",
        "AE": "stop",
        "A1": "set_security",
        "A2": "set_key",
        "AS": "set_ssid",
        "AC": "set_channel",
        "AT": "set_most_clients",
        "AL": "set_lease_time",
        "AA": "clients_lines",
        "AR": "rssi",
        "A?": "settings_line",
    }

    def __init__(self, processor: Processor) -> None:
        self.processor = processor
        self.running = False
        self.reset()

    def reset(self) -> None:
        if self.running and self.processor.station is not None:
            self.processor.station.stop_access_point()
        self.running = False
        self.ssid = b"InventekSystems_eS-WiFi"
        self.append_mac = False
        self.security = 0
        self.key = b""
        self.channel = DEFAULT_CHANNEL
        self.most_clients = MOST_CLIENTS
        self.lease_hours = 24
        self.clients: list[tuple[bytes, IPv4Address]] = []

    def start(self, transaction: Transaction) -> bytes:
        processor, station = self.processor, self.processor.station
        if self.running:
            return processor.error(data=b"[AP     ] Already running")
        if station is None:
            return processor.error("no radio")
        security = SECURITY[self.security]
        if security is not Security.OPEN and len(self.key) < 8:
            return processor.error("key too short")
        ssid = self.ssid
        if self.append_mac:
            ssid += b"_" + processor.system.mac.hex().upper().encode()
        address = processor.system.settings.access_point_address
        beacon = Beacon(ssid, processor.system.mac, self.channel, 0, security)
        mask = IPv4Address("255.255.255.0")
        station.start_access_point(
            beacon, self.key, Lease(address, mask, address, address, self.lease_hours * 3600)
        )
        self.running = True
        processor.machine.trace(processor.name, "access-point", ssid=ssid.decode("latin-1"))
        line = b"[AP     ] %s,%d,%s" % (ssid, self.security, str(address).encode())
        return processor.ok(line)

    def stop(self, transaction: Transaction) -> bytes:
        if self.running and self.processor.station is not None:
            self.processor.station.stop_access_point()
        self.running = False
        self.clients.clear()
        return self.processor.ok()

    def on_station_joined(self, mac: bytes, lease: Lease) -> None:
        """A station in the world got an address from this access point."""
        if self.running and len(self.clients) < self.most_clients:
            self.clients.append((mac, lease.address))
            text = "[DHCP   ] Assigned {} has {}".format(mac.hex(":").upper(), lease.address)
            self.processor.messages.post(text.encode())

    def on_station_left(self, mac: bytes, lease: Lease) -> None:
        """A station has left this access point."""
        self.clients = [client for client in self.clients if client[0] != mac]

    def set_ssid(self, transaction: Transaction) -> bytes:
        append, comma, ssid = transaction.request.required().partition(b",")
        if append not in (b"0", b"1") or not comma or not 0 < len(ssid) <= 32:
            raise BadRequest("AS=<0|1>,<ssid>")
        self.append_mac, self.ssid = append == b"1", ssid
        return self.processor.ok()

    def set_security(self, transaction: Transaction) -> bytes:
        self.security = transaction.request.number(5)
        return self.processor.ok()

    def set_key(self, transaction: Transaction) -> bytes:
        self.key = transaction.request.required()
        return self.processor.ok()

    def set_channel(self, transaction: Transaction) -> bytes:
        """0 leaves the choice to the module."""
        self.channel = transaction.request.number(14) or DEFAULT_CHANNEL
        return self.processor.ok()

    def set_most_clients(self, transaction: Transaction) -> bytes:
        self.most_clients = transaction.request.number(MOST_CLIENTS)
        return self.processor.ok()

    def set_lease_time(self, transaction: Transaction) -> bytes:
        self.lease_hours = transaction.request.number(254, 1)
        return self.processor.ok()

    def clients_lines(self, transaction: Transaction) -> bytes:
        lines = (f"{mac.hex(':').upper()},{address}".encode() for mac, address in self.clients)
        return self.processor.ok(b"\r\n".join(lines))

    def rssi(self, transaction: Transaction) -> bytes:
        return self.processor.ok(b"\r\n".join(b"-40" for _ in self.clients))

    def settings_line(self, transaction: Transaction) -> bytes:
        """`A?`: Arm's driver takes the address from the second field."""
        address = self.processor.system.settings.access_point_address
        fields = [
            self.ssid,
            str(address).encode(),
            b"%d" % self.security,
            self.key,
            b"%d" % self.channel,
            b"%d" % self.most_clients,
            b"%d" % self.lease_hours,
            b"%d" % self.running,
        ]
        return self.processor.ok(b",".join(fields))
