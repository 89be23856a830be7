"""Joining a network as a station: the `C` commands."""

from __future__ import annotations

from functools import partial
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from renode_wifi.peripherals.ism43362 import at
from renode_wifi.peripherals.network.contract.station import JoinFailure, Lease, Security, Station

if TYPE_CHECKING:
    from renode_wifi.peripherals.ism43362.processor import Processor, Transaction

ANY = IPv4Address("0.0.0.0")

SECURITY = {
    0: Security.OPEN,
    1: Security.WEP,
    2: Security.WPA,
    3: Security.WPA2,
    4: Security.WPA_WPA2,
    5: Security.WPA2_TKIP,
}
"""Numbers of `C3` and `A1`."""

ADDRESSES = {"C6": "address", "C7": "netmask", "C8": "gateway", "C9": "dns1", "CA": "dns2"}


class StationSettings:
    """What the `C` commands set and `Z1` stores."""

    def __init__(self) -> None:
        self.ssid = b""
        self.passphrase = b""
        self.security = 3
        self.dhcp = True
        self.ip_version = 0
        self.addresses = dict.fromkeys(ADDRESSES, ANY)
        self.retries = 3
        self.auto_connect = False
        self.authentication = 0
        self.country = b"US/0"
        self.others: dict[str, bytes] = {}


class Wlan:
    """The station side of the radio."""

    COMMANDS = {
        "C0": "join",
        "C1": "set_ssid",
        "C2": "set_passphrase",
        "C3": "set_security",
        "C4": "set_dhcp",
        "C5": "set_ip_version",
        "C6": "set_address",
        "C7": "set_address",
        "C8": "set_address",
        "C9": "set_address",
        "CA": "set_address",
        "CB": "set_retries",
        "CC": "set_auto_connect",
        "CE": "set_authentication",
        "CF": "set_other",
        "CJ": "set_other",
        "CM": "set_other",
        "CW": "set_other",
        "CN": "set_country",
        "CD": "leave",
        "CR": "rssi",
        "CS": "status",
        "C?": "settings_line",
    }

    def __init__(self, processor: Processor) -> None:
        self.processor = processor
        self.settings = StationSettings()

    @property
    def station(self) -> Station | None:
        return self.processor.station

    @property
    def lease(self) -> Lease | None:
        return self.station.lease if self.station is not None else None

    def reset(self) -> None:
        self.settings = self.processor.system.stored_station_settings()

    def on_boot(self) -> None:
        """Join by itself where that was stored."""
        if self.settings.auto_connect and self.settings.ssid and self.station is not None:
            self._join(partial(self._auto_joined, self.settings))

    def on_link_lost(self, reason: str) -> None:
        self.processor.machine.trace(self.processor.name, "link-lost", reason=reason)
        self.processor.sockets.drop_all()
        self.processor.messages.post(b"[JOIN   ] " + self.settings.ssid + b",Disconnected")

    def on_station_joined(self, mac: bytes, lease: Lease) -> None:
        self.processor.softap.on_station_joined(mac, lease)

    def on_station_left(self, mac: bytes, lease: Lease) -> None:
        self.processor.softap.on_station_left(mac, lease)

    def join(self, transaction: Transaction) -> bytes | None:
        processor = self.processor
        if self.lease is not None:
            return processor.error(data=b"[JOIN   ] Already connected!")
        if len(self.settings.ssid) > processor.profile.longest_ssid:
            return self._failed("SSID too long")
        if len(self.settings.passphrase) > processor.profile.longest_passphrase:
            return self._failed("passphrase too long")
        if not self.settings.ssid or self.station is None:
            return self._failed("no SSID")
        self._join(partial(self._joined, transaction))
        return None

    def _join(self, done: partial[None]) -> None:
        assert self.station is not None
        settings = self.settings
        static = None
        if not settings.dhcp:
            given = settings.addresses
            static = Lease(given["C6"], given["C7"], given["C8"], given["C9"])
        self.station.join(
            settings.ssid,
            settings.passphrase,
            SECURITY.get(settings.security),
            done,
            static=static,
            dhcp=settings.dhcp,
        )

    def _joined(self, transaction: Transaction, outcome: Lease | JoinFailure) -> None:
        if transaction.current:
            self._tell(outcome)
            if isinstance(outcome, Lease):
                reply = self.processor.ok(self._join_line(outcome))
            else:
                reply = self._failed(outcome.value)
            transaction.finish(reply)

    def _auto_joined(self, settings: StationSettings, outcome: Lease | JoinFailure) -> None:
        if settings is self.settings:
            self._tell(outcome)
            if isinstance(outcome, Lease):
                self.processor.messages.post(self._join_line(outcome))
            else:
                self.processor.messages.post(b"[JOIN   ] " + settings.ssid + b",Failed")

    def _tell(self, outcome: Lease | JoinFailure) -> None:
        ssid = self.settings.ssid.decode("latin-1")
        trace, name = self.processor.machine.trace, self.processor.name
        if isinstance(outcome, Lease):
            trace(name, "joined", ssid=ssid, address=str(outcome.address))
        else:
            trace(name, "join-failed", ssid=ssid, reason=outcome.value)

    def _join_line(self, lease: Lease) -> bytes:
        return b"[JOIN   ] %s,%s,0,0" % (self.settings.ssid, str(lease.address).encode())

    def _failed(self, reason: str) -> bytes:
        return self.processor.error(reason, b"[JOIN   ] " + self.settings.ssid + b",Failed")

    def leave(self, transaction: Transaction) -> bytes:
        if self.station is not None:
            if self.lease is not None:
                self.processor.machine.trace(self.processor.name, "left")
            self.station.leave()
            self.processor.sockets.drop_all()
        return self.processor.ok()

    def status(self, transaction: Transaction) -> bytes:
        return self.processor.ok(b"1" if self.lease is not None else b"0")

    def rssi(self, transaction: Transaction) -> bytes:
        beacon = self.station.beacon if self.station is not None else None
        return self.processor.ok(b"%d" % (beacon.rssi if beacon is not None else 0))

    def settings_line(self, transaction: Transaction) -> bytes:
        """`C?`: 15 fields; Arm's driver takes the last one for the state of the link."""
        settings, lease = self.settings, self.lease
        if lease is not None:
            addresses = [lease.address, lease.netmask, lease.gateway, lease.dns, ANY]
        elif settings.dhcp:
            addresses = [ANY] * 5
        else:
            addresses = [settings.addresses[command] for command in ADDRESSES]
        fields = [
            settings.ssid,
            settings.passphrase,
            b"%d" % settings.security,
            b"%d" % settings.dhcp,
            b"%d" % settings.ip_version,
            *(str(address).encode() for address in addresses),
            b"%d" % settings.retries,
            b"%d" % settings.auto_connect,
            b"%d" % settings.authentication,
            settings.country.partition(b"/")[0],
            b"1" if lease is not None else b"0",
        ]
        return self.processor.ok(b",".join(fields))

    def set_ssid(self, transaction: Transaction) -> bytes:
        self.settings.ssid = transaction.request.required()
        return self.processor.ok()

    def set_passphrase(self, transaction: Transaction) -> bytes:
        self.settings.passphrase = transaction.request.required()
        return self.processor.ok()

    def set_security(self, transaction: Transaction) -> bytes:
        self.settings.security = transaction.request.number(5)
        return self.processor.ok()

    def set_dhcp(self, transaction: Transaction) -> bytes:
        self.settings.dhcp = transaction.request.number(1) == 1
        return self.processor.ok()

    def set_ip_version(self, transaction: Transaction) -> bytes:
        if transaction.request.number(1) == 1:
            raise at.BadRequest("IPv4 only")
        return self.processor.ok()

    def set_address(self, transaction: Transaction) -> bytes:
        self.settings.addresses[transaction.request.name] = transaction.request.address()
        return self.processor.ok()

    def set_retries(self, transaction: Transaction) -> bytes:
        self.settings.retries = transaction.request.number(10)
        return self.processor.ok()

    def set_auto_connect(self, transaction: Transaction) -> bytes:
        self.settings.auto_connect = transaction.request.number(1) == 1
        return self.processor.ok()

    def set_authentication(self, transaction: Transaction) -> bytes:
        self.settings.authentication = transaction.request.number(1)
        return self.processor.ok()

    def set_country(self, transaction: Transaction) -> bytes:
        self.settings.country = transaction.request.required()
        return self.processor.ok()

    def set_other(self, transaction: Transaction) -> bytes:
        """Settings that change nothing here: kept as they are."""
        request = transaction.request
        self.settings.others[request.name] = request.required()
        return self.processor.ok()
