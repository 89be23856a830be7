"""WPA2-Enterprise: logins with passwords and certificates, and why they fail."""

from __future__ import annotations

import struct

import pytest

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.network.contract.station import Security
from renode_wifi.peripherals.network.worldfile.network import AccessPointSettings
from renode_wifi.peripherals.simplelink.messages.profiles import (
    EapProfile,
    EapProfileUpdate,
    ProfileAdd,
    ProfileGot,
)
from renode_wifi.peripherals.simplelink.messages.wlan import EapConnect
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.wlan.security import (
    CLIENT_FILE,
    ENTERPRISE,
    KEY_FILE,
    MSCHAP,
    PEAP0,
    ROOT_FILE,
    TLS,
    TTLS,
)
from tests.peripherals.simplelink.rig import Rig
from tests.peripherals.simplelink.wlan.test_wlan import disconnected

PEAP, TUNNELLED = PEAP0 | MSCHAP << 8, TTLS | MSCHAP << 8
CIPHERS = 1 << 20 | 1 << 28
"""Bits of the default ciphers, which SL_WLAN_ENT_EAP_METHOD_... have beside the phases."""
SSID, USER, PASSWORD = b"office", b"meter", b"wind-and-sun"
LOGIN, MISSING, EXPIRED, UNTRUSTED = 23, 209, 210, 204


@pytest.fixture
def rig() -> Rig:
    office = AccessPointSettings(
        SSID,
        b"\x02\0\0\0\0\x05",
        security=Security.WPA2_ENTERPRISE,
        users={USER.decode(): PASSWORD.decode()},
    )
    rig = Rig({"access_points": (office,)})
    rig.started()
    return rig


def trust(rig: Rig, content: bytes | None = None) -> None:
    rig.nwp.files.provision(ROOT_FILE, content or rig.world.ca_pem)


def connect(
    rig: Rig, methods: int, user: bytes = USER, password: bytes = PASSWORD, security: int = 5
) -> int:
    message = EapConnect(security, SSID, password, bytes(6), user, b"anonymous", methods | CIPHERS)
    return rig.driver.status(Opcode.WLAN_EAP_CONNECT, message.emit())


def is_joined(rig: Rig) -> bool:
    return rig.driver.event(Opcode.IP_ACQUIRED, 20 * SECOND) is not None


@pytest.mark.parametrize("methods", [PEAP, TUNNELLED])
def test_a_user_with_the_right_password_is_let_in(rig: Rig, methods: int) -> None:
    """SWRU455A, Enterprise Security: user and password in a tunnel."""
    trust(rig)
    assert connect(rig, methods) == 0
    assert is_joined(rig)


@pytest.mark.parametrize(("user", "password"), [(USER, b"wrong"), (b"nobody", PASSWORD)])
def test_a_wrong_login_is_reported(rig: Rig, user: bytes, password: bytes) -> None:
    trust(rig)
    assert connect(rig, PEAP, user, password) == 0
    assert disconnected(rig.driver) == (SSID, LOGIN)


def test_a_client_s_certificate_is_a_login(rig: Rig) -> None:
    """SWRU455A, Enterprise Security: TLS with the files of fixed names."""
    trust(rig)
    assert connect(rig, TLS, password=b"") == 0
    assert disconnected(rig.driver) == (SSID, MISSING)
    certificate, key = rig.world.client_credentials()
    rig.nwp.files.provision(CLIENT_FILE, certificate)
    rig.nwp.files.provision(KEY_FILE, key)
    assert connect(rig, TLS, password=b"") == 0
    assert is_joined(rig)
    other, _ = rig.world.pki.untrusted.client("other")
    rig.nwp.files.provision(CLIENT_FILE, other)
    assert connect(rig, TLS, password=b"") == 0
    rig.driver.event(Opcode.WLAN_DISCONNECTED)
    assert disconnected(rig.driver) == (SSID, LOGIN)


def test_the_network_has_to_be_trusted_unless_that_is_switched_off(rig: Rig) -> None:
    """SWRU455A, Enterprise Security: SL_WLAN_GENERAL_PARAM_DISABLE_ENT_SERVER_AUTH."""
    assert connect(rig, PEAP) == 0
    assert disconnected(rig.driver) == (SSID, MISSING)
    trust(rig, rig.world.pki.untrusted.certificate)
    assert connect(rig, PEAP) == 0
    assert disconnected(rig.driver) == (SSID, UNTRUSTED)
    body = struct.pack("<HHHHB", 0, 1, 32, 1, 1)
    assert rig.driver.status(Opcode.WLAN_CONFIG_SET, body) == 0
    assert connect(rig, PEAP) == 0
    assert is_joined(rig)


def test_a_certificate_expires_once_there_is_a_date(rig: Rig) -> None:
    """SWRU455A, Enterprise Security: SL_WLAN_DISCONNECT_CERTIFICATE_EXPIRED."""
    trust(rig)
    date = struct.pack("<8I", 12, 0, 0, 1, 1, 2051, 0, 0)
    assert rig.driver.status(Opcode.DEVICE_SET, struct.pack("<HHHH", 0, 1, 11, 32) + date) == 0
    assert connect(rig, PEAP) == 0
    assert disconnected(rig.driver) == (SSID, EXPIRED)


def test_methods_that_networks_do_not_have_are_refused(rig: Rig) -> None:
    assert connect(rig, 0x80) == Error.WLAN_INVALID_SECURITY
    assert connect(rig, PEAP, security=7) == Error.WLAN_INVALID_SECURITY


def test_an_enterprise_profile_is_kept_shown_changed_and_joined(rig: Rig) -> None:
    """SWRU455A, Profiles: an enterprise profile has a user and methods, too."""
    driver = rig.driver
    trust(rig)
    common = ProfileAdd(ENTERPRISE, SSID, b"wrong", priority=3)
    profile = EapProfile(common, USER, b"", PEAP | CIPHERS)
    assert driver.status(Opcode.WLAN_EAP_PROFILE_ADD, profile.emit()) == 0
    assert driver.status(Opcode.WLAN_POLICY_SET, bytes((0x10, 0, 1, 0))) == 0
    assert disconnected(driver) == (SSID, LOGIN)
    right = EapProfile(ProfileAdd(ENTERPRISE, SSID, PASSWORD, priority=3), USER, b"", PEAP)
    driver.post(Opcode.WLAN_EAP_PROFILE_UPDATE, EapProfileUpdate(0, right).emit())
    answer = driver.event(0x0CC0)
    assert answer is not None
    assert answer.unpack("h") == (0,)
    got = driver.command(Opcode.WLAN_PROFILE_GET, bytes(4))
    assert ProfileGot.parse(got.body) == ProfileGot(ENTERPRISE, SSID, bytes(6), 3, 0, USER, PEAP)
    driver.off()
    driver.start()
    assert is_joined(rig)


def test_a_passphrase_opens_no_enterprise_network(rig: Rig) -> None:
    assert rig.driver.connect_ap(SSID, b"some-passphrase") == 0
    assert rig.driver.event(Opcode.IP_ACQUIRED, 10 * SECOND) is None


def test_scans_name_the_key_management_of_enterprises(rig: Rig) -> None:
    answer = rig.driver.command(Opcode.WLAN_SCAN_RESULTS, bytes((0, 1, 0, 0)))
    ssid, _, _, _, info = struct.unpack("<32s6sBbh", answer.body[4:46])
    assert ssid.rstrip(b"\0") == SSID
    assert info >> 11 & 3 == 1
