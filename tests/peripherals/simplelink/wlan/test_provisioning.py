"""Provisioning: a phone in the world, the two stages, and what goes wrong in them."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.network.phone import DeviceAnswer, _Exchange, _request
from renode_wifi.peripherals.network.worldfile.devices.phone import PhoneSettings
from renode_wifi.peripherals.simplelink.http_server.settings import (
    CERTIFICATE_FILE,
    KEY_FILE,
    PORT,
    SECOND_PORT,
    SECOND_PORT_ENABLE,
    SECURE,
)
from renode_wifi.peripherals.simplelink.messages.wlan import ProvisioningStatus
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.wlan import provisioning
from tests.peripherals.simplelink.driver import HostDriver
from tests.peripherals.simplelink.rig import Rig

AP, APSC = 0, 2
PHONE = PhoneSettings("fwemu-ap", "fwemu-pass")


def start(driver: HostDriver, action: int = AP, role: int = 0, timeout: int = 60) -> int:
    return driver.status(Opcode.WLAN_PROVISIONING, struct.pack("<BBHI", action, role, timeout, 0))


def stages(driver: HostDriver) -> list[int]:
    """What the status events say."""
    return [
        ProvisioningStatus.parse(event.body).status
        for event in driver.events
        if event.opcode == Opcode.WLAN_PROVISIONING_STATUS
    ]


def advance(rig: Rig, seconds: float) -> None:
    rig.driver.run(int(seconds * SECOND))


def rig_with(*phones: PhoneSettings) -> Rig:
    return Rig({"phones": phones})


def test_a_phone_gives_the_profile_and_confirms_it() -> None:
    """SWRA513C, Successful AP Provisioning: profile, connection, address, feedback, stop."""
    rig = rig_with(PHONE)
    driver = rig.started()
    assert start(driver) == 0
    advance(rig, 10)
    opcodes = [event.opcode for event in driver.events]
    assert Opcode.WLAN_PROVISIONING_PROFILE_ADDED in opcodes
    assert Opcode.WLAN_CONNECTED in opcodes
    assert Opcode.IP_ACQUIRED in opcodes
    assert stages(driver) == [
        provisioning.WLAN_CONNECT,
        provisioning.IP_ADDRESS,
        provisioning.SUCCESS,
        provisioning.STOPPED,
    ]
    (last,) = [
        ProvisioningStatus.parse(event.body)
        for event in driver.events
        if event.opcode == Opcode.WLAN_PROVISIONING_STATUS and event.body[0] == provisioning.STOPPED
    ]
    assert (last.role, last.wlan_status, last.ssid) == (0, provisioning.CONNECTED, b"fwemu-ap")
    (phone,) = rig.world.phones
    assert (phone.outcome, phone.done) == ("5", True)
    assert [profile.ssid for profile in rig.nwp.wlan.saved.wanted] == [b"fwemu-ap"]


@pytest.mark.parametrize("key", ["server.key", "missing"])
def test_a_phone_goes_on_by_https_where_the_device_wants_that(key: str) -> None:
    """SWRA513C, Provisioning HTTP/HTTPS Server APIs: port 80 leads to the secure one."""
    rig = rig_with(PHONE)
    driver = rig.started()
    certificate, private = rig.world.pki.untrusted.server(("mysimplelink.net",), "rsa")
    rig.nwp.files.provision("server.pem", certificate)
    rig.nwp.files.provision("server.key", private)
    for option, value in (
        (PORT, struct.pack("<H", 443)),
        (SECURE, b"\1"),
        (CERTIFICATE_FILE, b"server.pem"),
        (KEY_FILE, key.encode()),
        (SECOND_PORT, struct.pack("<H", 80)),
        (SECOND_PORT_ENABLE, b"\1"),
    ):
        body = struct.pack("<HHHH", 0, 1, option, len(value)) + value
        assert driver.status(Opcode.NETAPP_SET, body) == 0
    driver.stop()
    driver.start()
    assert start(driver) == 0
    advance(rig, 15)
    (phone,) = rig.world.phones
    assert phone.outcome == ("5" if key == "server.key" else None)


def test_it_goes_on_after_a_snapshot() -> None:
    rig = rig_with(PHONE)
    start(rig.started(), APSC)
    advance(rig, 3.5)
    rig = rig.saved()
    advance(rig, 10)
    assert stages(rig.driver)[-1] == provisioning.STOPPED
    assert rig.world.phones[0].outcome == "5"


@pytest.mark.parametrize(
    ("ssid", "passphrase", "result"),
    [
        ("nowhere", "some-secret", provisioning.NOT_FOUND),
        ("fwemu-ap", "wrong-secret", provisioning.CONNECTION_FAILED),
    ],
)
def test_a_profile_that_fails_leads_back_to_the_first_stage(
    ssid: str, passphrase: str, result: int
) -> None:
    """SWRA513C, Confirmation Fail: the device returns to configuration."""
    rig = rig_with(PhoneSettings(ssid, passphrase))
    driver = rig.started()
    start(driver, timeout=15)
    advance(rig, 12)
    assert stages(driver) == [result]
    assert rig.nwp.device.active_role == 2
    advance(rig, 30)
    assert stages(driver)[-1] == provisioning.STOPPED
    assert rig.nwp.device.active_role == 0


def test_a_phone_that_does_not_come_back_is_no_confirmation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """SWRA513C, Feedback: without feedback the confirmation fails."""
    rig = rig_with(PHONE)
    monkeypatch.setattr(rig.world.phones[0], "_go_home", lambda: None)
    driver = rig.started()
    start(driver, timeout=100)
    advance(rig, 60)
    assert stages(driver)[-1] == provisioning.NO_FEEDBACK
    assert rig.nwp.device.active_role == 2


def test_it_ends_without_anybody_and_by_the_host() -> None:
    """SWRA513C, Ending the Provisioning Process: by the host, or without activity."""
    rig = Rig()
    driver = rig.started()
    start(driver, timeout=5)
    advance(rig, 4)
    assert stages(driver) == []
    advance(rig, 2)
    assert stages(driver) == [provisioning.STOPPED]
    start(driver)
    start(driver, provisioning.STOP, role=2)
    advance(rig, 1)
    assert stages(driver) == [provisioning.STOPPED] * 2
    assert rig.nwp.device.active_role == 2


def test_a_role_that_does_not_exist_ends_nothing() -> None:
    rig = Rig()
    driver = rig.started()
    start(driver)
    assert start(driver, provisioning.STOP, role=110) == Error.WLAN_INVALID_ROLE
    advance(rig, 1)
    assert stages(driver) == []
    driver.off()
    assert driver.start() & 0xF == 1


class Browser:
    """Another phone, whose requests a test writes."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.station = rig.world.station(b"\x02browser"[:6])
        outcomes: list[Any] = []
        ssid = rig.nwp.wlan.settings.ssid
        self.station.join(ssid, b"", None, outcomes.append)
        advance(rig, 3)
        self.device = outcomes[0].gateway

    def send(self, data: bytes) -> DeviceAnswer | None:
        answers: list[DeviceAnswer | None] = []
        self.station.connect((self.device, 80), _Exchange(data, answers.append))
        advance(self.rig, 1)
        return answers[0] if answers else None

    def ask(self, method: str, path: str, body: str = "") -> DeviceAnswer | None:
        return self.send(_request(method, self.device, path, body.encode("latin-1")))


def browser(**attributes: Any) -> Browser:
    rig = Rig(**attributes)
    rig.nwp.files.provision("www/index.html", b"<html>")
    start(rig.started())
    return Browser(rig)


def test_what_applications_read() -> None:
    """SWRA513C, Provisioning HTTP/HTTPS Server APIs: what applications read."""
    page = browser()
    expected = {
        "/param_product_version.txt": b"R2.0",
        "/param_device_name.txt": b"mysimplelink",
        "/param_cfg_result.txt": b"0",
        "/__SL_G_MCR": b"0",
        "/index.html": b"<html>",
    }
    for path, content in expected.items():
        assert page.ask("GET", path) == DeviceAnswer(200, content)
    networks = page.ask("GET", "/netlist.txt")
    assert networks is not None
    assert {b"3fwemu-ap", b"0open"} <= set(networks.content.split(b";"))


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/api/1/wlan/profile_add", "__SL_P_P.A=x", 400),
        ("POST", "/api/1/wlan/profile_add", "__SL_P_P.A=x&__SL_P_P.B=2&__SL_P_P.C=short", 400),
        ("POST", "/api/1/wlan/profile_add", "__SL_P_P.A=x&__SL_P_P.B=two", 400),
        ("POST", "/api/1/wlan/profile_add", "__SL_P_P.A=x&__SL_P_P.B=0", 204),
        ("POST", "/api/1/wlan/confirm_req", "", 404),
        ("POST", "/api/1/wlan/en_ap_scan", "__SL_P_SC1=10", 204),
        ("POST", "/api/1/wlan/en_ap_scan", "__SL_P_SC1=x", 400),
        ("POST", "/api/1/netapp/set_urn", "__SL_P_S.B=lamp", 204),
        ("POST", "/api/1/netapp/set_urn", "__SL_P_N.A=lamp", 400),
        ("POST", "/elsewhere", "", 404),
        ("GET", "/elsewhere", "", 404),
        ("DELETE", "/index.html", "", 501),
    ],
)
def test_requests_and_their_status(method: str, path: str, body: str, status: int) -> None:
    """SWRA513C, Provisioning HTTP/HTTPS Server APIs: what applications post."""
    answer = browser().ask(method, path, body)
    assert answer is not None
    assert answer.status == status


def test_no_more_profiles_than_there_are_places() -> None:
    page = browser()
    for number in range(8):
        body = f"__SL_P_P.A=net{number}&__SL_P_P.B=0&__SL_P_P.D=99"
        answer = page.ask("POST", "/api/1/wlan/profile_add", body)
        assert answer is not None
        assert answer.status == (204 if number < 7 else 500)
    assert stages(page.rig.driver) == [provisioning.PROFILE_LIST_FULL]


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=200))
def test_any_bytes_are_survived(data: bytes) -> None:
    page = browser()
    page.send(data)
    assert page.ask("GET", "/param_cfg_result.txt") == DeviceAnswer(200, b"0")
