"""Identification and settings of the module itself: `I?` and the `Z` commands."""

from __future__ import annotations

import copy
import re
from functools import partial
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from renode_wifi.peripherals.base.clock import MICROSECOND
from renode_wifi.peripherals.ism43362.at import BadRequest
from renode_wifi.peripherals.ism43362.wlan import StationSettings

if TYPE_CHECKING:
    from renode_wifi.peripherals.ism43362.processor import Processor, Transaction

INVENTEK = b"\xc4\x7f\x51"
"""The first half of the MAC addresses of these modules."""

_MAC = re.compile(rb"[0-9A-Fa-f]{1,2}(:[0-9A-Fa-f]{1,2}){5}")


class SystemSettings:
    """What `Z1` stores."""

    def __init__(self, mac: bytes, name: bytes) -> None:
        self.mac = mac
        self.name = name
        self.access_point_address = IPv4Address("192.168.10.1")
        self.wps_pin = b""
        self.power: dict[int, int] = {}


class System:
    """The module's own settings: the ones in use, and the ones in flash."""

    COMMANDS = {
        "I?": "identify",
        "Z0": "factory_reset",
        "Z1": "save",
        "Z4": "set_mac",
        "Z5": "mac_line",
        "Z6": "set_access_point_address",
        "Z7": "set_wps_pin",
        "ZN": "set_name",
        "ZP": "set_power",
        "ZR": "reboot",
        "Z?": "settings_line",
    }

    def __init__(self, processor: Processor) -> None:
        self.processor = processor
        profile = processor.profile
        if profile.mac:
            mac = bytes.fromhex(profile.mac.replace(":", ""))
        else:
            mac = INVENTEK + processor.machine.random(processor.name + "/mac").randbytes(3)
        self.factory = SystemSettings(mac, profile.product_name.encode())
        self.flash = (copy.deepcopy(self.factory), StationSettings())
        self.settings = copy.deepcopy(self.factory)

    @property
    def mac(self) -> bytes:
        """The address in use; a new one is taken at the next start."""
        return self.flash[0].mac

    def reset(self) -> None:
        self.settings = copy.deepcopy(self.flash[0])

    def stored_station_settings(self) -> StationSettings:
        return copy.deepcopy(self.flash[1])

    def identify(self, transaction: Transaction) -> bytes:
        profile = self.processor.profile
        fields = [
            profile.product,
            profile.firmware,
            profile.api,
            profile.stack,
            profile.rtos,
            str(profile.clock_hz),
        ]
        return self.processor.ok(",".join(fields).encode() + b"," + self.settings.name)

    def factory_reset(self, transaction: Transaction) -> bytes:
        if transaction.request.argument is not None:
            return self.processor.error("no firmware to be had")
        self.flash = (copy.deepcopy(self.factory), StationSettings())
        self.processor.credentials.erase()
        self.reset()
        self.processor.wlan.reset()
        self.processor.flash_time(transaction)
        return self.processor.ok()

    def save(self, transaction: Transaction) -> bytes:
        self.flash = (copy.deepcopy(self.settings), copy.deepcopy(self.processor.wlan.settings))
        self.processor.flash_time(transaction)
        return self.processor.ok()

    def set_mac(self, transaction: Transaction) -> bytes:
        text = transaction.request.required()
        if _MAC.fullmatch(text) is None:
            raise BadRequest("Z4=xx:xx:xx:xx:xx:xx")
        self.settings.mac = bytes(int(part, 16) for part in text.split(b":"))
        return self.processor.ok()

    def mac_line(self, transaction: Transaction) -> bytes:
        return self.processor.ok(_colons(self.settings.mac))

    def set_access_point_address(self, transaction: Transaction) -> bytes:
        self.settings.access_point_address = transaction.request.address()
        return self.processor.ok()

    def set_wps_pin(self, transaction: Transaction) -> bytes:
        self.settings.wps_pin = transaction.request.required()
        return self.processor.ok()

    def set_name(self, transaction: Transaction) -> bytes:
        name = transaction.request.required()
        if not 0 < len(name) <= 32:
            raise BadRequest("ZN=<name>")
        self.settings.name = name
        return self.processor.ok()

    def set_power(self, transaction: Transaction) -> bytes:
        """`ZP=item,value`: power saving, which costs no time here."""
        item, value = transaction.request.fields(2)
        if not (item.isdigit() and value.isdigit()) or len(item + value) > 8:
            raise BadRequest("ZP=<item>,<value>")
        self.settings.power[int(item)] = int(value)
        return self.processor.ok()

    def settings_line(self, transaction: Transaction) -> bytes:
        settings = self.settings
        fields = [
            b"0",
            settings.wps_pin or b"0",
            b"0",
            b"0",
            _colons(settings.mac),
            str(settings.access_point_address).encode(),
            b"%d" % settings.power.get(1, 0),
            b"0",
            b"100",
            b"100",
            settings.name,
        ]
        return self.processor.ok(b",".join(fields))

    def reboot(self, transaction: Transaction) -> None:
        """No reply but, some time later, the cursor."""
        processor = self.processor
        processor.machine.trace(processor.name, "reboot")
        processor.machine.clock.schedule(
            processor.profile.command_time_us * MICROSECOND, partial(self._restart, transaction)
        )

    def _restart(self, transaction: Transaction) -> None:
        if transaction.current:
            self.processor.reboot()


def _colons(mac: bytes) -> bytes:
    return mac.hex(":").upper().encode()
