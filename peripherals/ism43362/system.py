"""Identification and settings of the module itself: `I?` and the `Z` commands."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import partial
from ipaddress import IPv4Address

from renode_wifi.peripherals.base.clock import MICROSECOND
from renode_wifi.peripherals.base.handlers import Handler
from renode_wifi.peripherals.base.surroundings import Surroundings
from renode_wifi.peripherals.ism43362.credentials import Credentials
from renode_wifi.peripherals.ism43362.messages.access_point import colons
from renode_wifi.peripherals.ism43362.messages.argument import Address, Bare, OptionalText, Text
from renode_wifi.peripherals.ism43362.messages.reply import DONE, Error, Ok, Reply
from renode_wifi.peripherals.ism43362.messages.system import (
    FactorySettings,
    Identification,
    MacAddress,
    PowerManagement,
    ProductName,
    SystemSettings,
)
from renode_wifi.peripherals.ism43362.profile import ModuleProfile
from renode_wifi.peripherals.ism43362.transaction import Transaction
from renode_wifi.peripherals.ism43362.wlan import StationSettings, Wlan

INVENTEK = b"\xc4\x7f\x51"
"""The first half of the MAC addresses of these modules."""


class ModuleSettings:
    """What `Z1` stores, beside the station's settings."""

    def __init__(self, mac: bytes, name: bytes) -> None:
        self.mac = mac
        self.name = name
        self.access_point_address = IPv4Address("192.168.10.1")
        self.wps_pin = b""
        self.power: dict[int, int] = {}


class System:
    """The module's own settings: the ones in use, and the ones in flash."""

    def __init__(
        self,
        surroundings: Surroundings,
        profile: ModuleProfile,
        wlan: Wlan,
        credentials: Credentials,
        restart: Callable[[], None],
    ) -> None:
        self.surroundings = surroundings
        self.profile = profile
        self.wlan = wlan
        self.credentials = credentials
        self.restart = restart
        if profile.mac:
            mac = bytes.fromhex(profile.mac.replace(":", ""))
        else:
            mac = INVENTEK + surroundings.random("mac").randbytes(3)
        self.factory = ModuleSettings(mac, profile.product_name.encode())
        self.flash = (copy.deepcopy(self.factory), StationSettings())
        self.settings = copy.deepcopy(self.factory)

    @property
    def mac(self) -> bytes:
        """The address in use; a new one is taken at the next start."""
        return self.flash[0].mac

    def reset(self) -> None:
        self.settings, station = copy.deepcopy(self.flash)
        self.wlan.restore(station)

    def identify(self, transaction: Transaction, message: Bare) -> Reply:
        profile = self.profile
        identification = Identification(
            profile.product,
            profile.firmware,
            profile.api,
            profile.stack,
            profile.rtos,
            profile.clock_hz,
            self.settings.name,
        )
        return Ok(identification.emit())

    def factory_reset(self, transaction: Transaction, message: OptionalText) -> Reply:
        if message.value is not None:
            return Error("no firmware to be had")
        self.flash = (copy.deepcopy(self.factory), StationSettings())
        self.credentials.erase()
        self.reset()
        self._write_flash(transaction)
        return DONE

    def save(self, transaction: Transaction, message: Bare) -> Reply:
        self.flash = copy.deepcopy((self.settings, self.wlan.settings))
        self._write_flash(transaction)
        return DONE

    def _write_flash(self, transaction: Transaction) -> None:
        transaction.extra_time += self.profile.flash_time_us * MICROSECOND

    def set_factory(self, transaction: Transaction, message: FactorySettings) -> Reply:
        """AT_SYS_SET_FACTORY (stm32duino/WiFi-ISM43362-M3G-L44); 0 changes nothing."""
        return DONE

    def set_mac(self, transaction: Transaction, message: MacAddress) -> Reply:
        self.settings.mac = message.value
        return DONE

    def show_mac(self, transaction: Transaction, message: Bare) -> Reply:
        return Ok(colons(self.settings.mac))

    def set_access_point_address(self, transaction: Transaction, message: Address) -> Reply:
        self.settings.access_point_address = message.value
        return DONE

    def set_wps_pin(self, transaction: Transaction, message: Text) -> Reply:
        self.settings.wps_pin = message.value
        return DONE

    def set_name(self, transaction: Transaction, message: ProductName) -> Reply:
        self.settings.name = message.value
        return DONE

    def set_power(self, transaction: Transaction, message: PowerManagement) -> Reply:
        """Power saving, which costs no time here."""
        self.settings.power[message.item] = message.value
        return DONE

    def show_settings(self, transaction: Transaction, message: Bare) -> Reply:
        settings = self.settings
        shown = SystemSettings(
            settings.mac,
            settings.access_point_address,
            settings.power.get(1, 0),
            settings.name,
            settings.wps_pin or b"0",
        )
        return Ok(shown.emit())

    def reboot(self, transaction: Transaction, message: Bare) -> Reply | None:
        """No reply but, some time later, the cursor."""
        self.surroundings.trace("reboot")
        self.surroundings.clock.schedule(
            self.profile.command_time_us * MICROSECOND, partial(self._restart, transaction)
        )
        return None

    def _restart(self, transaction: Transaction) -> None:
        if transaction.current:
            self.restart()

    HANDLERS = (
        Handler("I?", Bare, identify),
        Handler("Z0", OptionalText, factory_reset),
        Handler("Z1", Bare, save),
        Handler("Z3", FactorySettings, set_factory),
        Handler("Z4", MacAddress, set_mac),
        Handler("Z5", Bare, show_mac),
        Handler("Z6", Address, set_access_point_address),
        Handler("Z7", Text, set_wps_pin),
        Handler("ZN", ProductName, set_name),
        Handler("ZP", PowerManagement, set_power),
        Handler("ZR", Bare, reboot),
        Handler("Z?", Bare, show_settings),
    )
