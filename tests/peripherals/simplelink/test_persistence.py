"""Which settings outlive a restart: what TI's headers call persistent, reset, system persistent and
non-persistent (simplelink.h, "Persistency"; "Persistent" of each function)."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from ipaddress import IPv4Address

import pytest

from renode_wifi.peripherals.simplelink.messages.netapp import DhcpServerOptions
from renode_wifi.peripherals.simplelink.opcodes import Opcode
from tests.peripherals.simplelink.driver import HostDriver
from tests.peripherals.simplelink.rig import Rig


class Kind(Enum):
    """RESET is persistent, too: it is in force from the next start on."""

    PERSISTENT = "whatever SL_DEVICE_GENERAL_PERSISTENT says"
    RESET = "likewise, and in force after a restart"
    SYSTEM = "as SL_DEVICE_GENERAL_PERSISTENT says"
    NEVER = "gone with the power"


@dataclass(frozen=True)
class Setting:
    """set and get: opcodes; value: what the command has behind its head, as it is read back."""

    name: str
    kind: Kind
    set: Opcode
    get: Opcode
    head: bytes
    value: bytes
    offset: int = 8
    read: bytes | None = None
    """What is asked for by `get`, where it isn't the head."""
    seen: bytes | None = None
    """What `get` shows at `offset`, where it isn't the value."""

    @property
    def expected(self) -> bytes:
        return self.value if self.seen is None else self.seen

    def change(self, driver: HostDriver) -> None:
        assert driver.status(self.set, self.head + self.value) >= 0

    def shown(self, driver: HostDriver) -> bytes:
        answer = driver.command(self.get, self.head if self.read is None else self.read)
        return answer.body[self.offset : self.offset + len(self.expected)]


def option(identity: int, number: int, value: bytes) -> tuple[bytes, bytes]:
    return struct.pack("<HHHH", 0, identity, number, len(value)), value


def wlan(name: str, kind: Kind, identity: int, number: int, value: bytes) -> Setting:
    head, value = option(identity, number, value)
    return Setting(name, kind, Opcode.WLAN_CONFIG_SET, Opcode.WLAN_CONFIG_GET, head, value)


def netapp(name: str, kind: Kind, identity: int, number: int, value: bytes) -> Setting:
    head, value = option(identity, number, value)
    return Setting(name, kind, Opcode.NETAPP_SET, Opcode.NETAPP_GET, head, value)


def netcfg(
    name: str, kind: Kind, identity: int, mode: int, value: bytes, got: int | None = None
) -> Setting:
    """got: the identity that reads it, where it has another."""
    head, value = option(identity, mode, value)
    read = struct.pack("<HHHH", 0, identity if got is None else got, 0, len(value))
    return Setting(name, kind, Opcode.NETCFG_SET, Opcode.NETCFG_GET, head, value, read=read)


def policy(name: str, kind: int, options: int) -> Setting:
    """Its response has the options in its third byte."""
    return Setting(
        name,
        Kind.SYSTEM,
        Opcode.WLAN_POLICY_SET,
        Opcode.WLAN_POLICY_GET,
        bytes((kind, 0)),
        bytes((options, 0)),
        offset=2,
        read=bytes((kind, 0, 0, 0)),
    )


ADDRESSES = struct.pack("<4I", 0x0A0A0063, 0xFFFFFF00, 0x0A0A0001, 0x0A0A0001)
DHCP = DhcpServerOptions(600, IPv4Address("10.123.45.9"), IPv4Address("10.123.45.20")).emit()
AP, GENERAL = 0, 1
STATIC = 4
HTTP, DHCP_SERVER, DEVICE = 1, 2, 16

SETTINGS = (
    policy("SL_WLAN_POLICY_CONNECTION", 0x10, 0),
    policy("SL_WLAN_POLICY_PM", 0x30, 1),
    wlan("SL_WLAN_AP_OPT_SSID", Kind.RESET, AP, 0, b"my-ap"),
    wlan("SL_WLAN_AP_OPT_CHANNEL", Kind.RESET, AP, 3, b"\x05"),
    wlan("SL_WLAN_GENERAL_PARAM_OPT_COUNTRY_CODE", Kind.SYSTEM, GENERAL, 9, b"JP"),
    wlan("SL_WLAN_GENERAL_PARAM_DISABLE_ENT_SERVER_AUTH", Kind.NEVER, GENERAL, 32, b"\x01"),
    netcfg("SL_NETCFG_MAC_ADDRESS_SET", Kind.RESET, 1, 1, b"\x08\0\x28\xab\xcd\xef", got=2),
    # Its addresses are shown while they are in use; its mode at any time.
    replace(
        netcfg("SL_NETCFG_IPV4_STA_ADDR_MODE", Kind.SYSTEM, 7, STATIC, ADDRESSES),
        offset=4,
        seen=struct.pack("<H", STATIC),
    ),
    netapp("SL_NETAPP_DEVICE_URN", Kind.SYSTEM, DEVICE, 0, b"box"),
    netapp("SL_NETAPP_DEVICE_DOMAIN", Kind.RESET, DEVICE, 1, b"box.net"),
    netapp("SL_NETAPP_DHCP_SRV_BASIC_OPT", Kind.RESET, DHCP_SERVER, 0, DHCP),
    netapp("SL_NETAPP_HTTP_PRIMARY_PORT_NUMBER", Kind.SYSTEM, HTTP, 0, struct.pack("<H", 8080)),
    netapp("SL_NETAPP_HTTP_AUTH_CHECK", Kind.SYSTEM, HTTP, 1, b"\x01"),
    netapp("SL_NETAPP_HTTP_AUTH_NAME", Kind.SYSTEM, HTTP, 2, b"me"),
    Setting(
        "sl_DeviceEventMaskSet",
        Kind.SYSTEM,
        Opcode.EVENT_MASK_SET,
        Opcode.EVENT_MASK_GET,
        struct.pack("<I", 2),
        struct.pack("<I", 5),
        offset=4,
    ),
)
NAMES = [setting.name for setting in SETTINGS]


def restart(driver: HostDriver) -> None:
    driver.stop()
    driver.start()


def lose_power(driver: HostDriver) -> None:
    """As by hibernation, or a reset of the chip: nobody has asked the processor to stop."""
    driver.off()
    driver.start()


def keep_settings(driver: HostDriver, keep: bool) -> None:
    body = struct.pack("<HHHHI", 0, 1, 5, 1, keep)
    assert driver.status(Opcode.DEVICE_SET, body) == 0


@pytest.mark.parametrize("again", [restart, lose_power])
@pytest.mark.parametrize("setting", SETTINGS, ids=NAMES)
def test_a_setting_outlives_the_power_as_its_kind_says(
    setting: Setting, again: Callable[[HostDriver], None]
) -> None:
    """SWRU455M, Persistent Configuration: as each setting's kind says, by default."""
    driver = Rig().started()
    before = setting.shown(driver)
    setting.change(driver)
    assert setting.shown(driver) == setting.expected != before
    again(driver)
    assert setting.shown(driver) == (before if setting.kind is Kind.NEVER else setting.expected)


@pytest.mark.parametrize("again", [restart, lose_power])
@pytest.mark.parametrize("setting", SETTINGS, ids=NAMES)
def test_a_setting_is_forgotten_where_the_host_wants_that(
    setting: Setting, again: Callable[[HostDriver], None]
) -> None:
    """SWRU455M, Persistent Configuration: without it, those of the system are volatile."""
    driver = Rig().started()
    before = setting.shown(driver)
    keep_settings(driver, False)
    for _ in range(2):
        setting.change(driver)
        assert setting.shown(driver) == setting.expected
        again(driver)
        kept = setting.kind in (Kind.PERSISTENT, Kind.RESET)
        assert setting.shown(driver) == (setting.expected if kept else before)


@pytest.mark.parametrize("setting", SETTINGS, ids=NAMES)
def test_a_factory_restore_forgets_every_setting(setting: Setting) -> None:
    """SWRU455M, Restore to Factory: settings return to what the programming image says."""
    rig = Rig()
    driver = rig.started()
    before = setting.shown(driver)
    setting.change(driver)
    rig.nwp.processor.restore()
    restart(driver)
    assert setting.shown(driver) == before


def test_role_and_profiles_are_kept_whatever_the_host_decides() -> None:
    """SWRU455M, Persistent Configuration: sl_WlanSetMode and profiles are always persistent."""
    driver = Rig().started()
    keep_settings(driver, False)
    assert driver.status(Opcode.WLAN_POLICY_SET, bytes((0x10, 0, 0, 0))) == 0
    profile = struct.pack("<hBB6sBB", 0, 4, 0, bytes(6), 0, 0) + b"open"
    assert driver.status(Opcode.WLAN_PROFILE_ADD, profile) == 0
    assert driver.status(Opcode.WLAN_SET_MODE, bytes((2, 0, 0, 0))) == 0
    driver.stop()
    assert driver.start() == 3
    assert driver.command(Opcode.WLAN_PROFILE_GET, bytes(4)).unpack("h") >= (0,)
    assert driver.status(Opcode.WLAN_PROFILE_DELETE, bytes((0, 0, 0, 0))) == 0
    restart(driver)
    assert driver.command(Opcode.WLAN_PROFILE_GET, bytes(4)).unpack("h") < (0,)


def test_stopped_applications_stay_stopped_where_settings_are_kept() -> None:
    """SWRU455M, Persistent Configuration: sl_NetAppStart, sl_NetAppStop, if the system says so."""
    rig = Rig()
    driver = rig.started()
    assert driver.status(Opcode.NETAPP_STOP, struct.pack("<I", HTTP)) == 0
    restart(driver)
    assert not rig.nwp.processor.netapp.active & HTTP
    assert driver.status(Opcode.NETAPP_START, struct.pack("<I", HTTP)) == 0
    keep_settings(driver, False)
    assert driver.status(Opcode.NETAPP_STOP, struct.pack("<I", HTTP)) == 0
    restart(driver)
    assert rig.nwp.processor.netapp.active & HTTP


def test_the_persistency_itself_is_kept() -> None:
    """SWRU455M, Persistent Configuration: SL_DEVICE_GENERAL_PERSISTENT outlives the power."""
    driver = Rig().started()
    keep_settings(driver, False)
    lose_power(driver)
    read = struct.pack("<HHHH", 0, 1, 5, 4)
    assert driver.command(Opcode.DEVICE_GET, read).body[8:9] == b"\0"
