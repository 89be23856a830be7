"""What the network processor's HTTP server does by itself: tokens, APIs, logins, HTTPS."""

from __future__ import annotations

import base64
import struct
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.peripherals.network.tls.client import TlsStream
from renode_wifi.peripherals.network.tls.settings import TlsSettings
from renode_wifi.peripherals.simplelink.http_server.settings import (
    CA_FILE,
    CERTIFICATE_FILE,
    CHECK,
    KEY_FILE,
    NAME,
    PASSWORD,
    PORT,
    REALM,
    ROM_ACCESS,
    SECOND_PORT,
    SECOND_PORT_ENABLE,
    SECURE,
    HttpSettings,
)
from renode_wifi.peripherals.simplelink.messages.netapp_http import GetToken, SendToken
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.wlan.web import Form
from tests.peripherals.network.rig import Recorder
from tests.peripherals.simplelink.test_http import Browser

API = "/api/1"


class Client(Browser):
    """Speaks for itself, with what header fields it likes."""

    def raw(self, method: str, path: str, *fields: str, body: bytes = b"") -> str:
        """The whole answer."""
        lines = (f"{method} {path} HTTP/1.1", f"Host: {self.device}", *fields)
        length = f"Content-Length: {len(body)}"
        request = "\r\n".join((*lines, length, "", "")).encode() + body
        events = Recorder()
        stream: Any = self.station.connect((self.device, self.port), events)
        self.wait(0.1)
        stream.send(request)
        self.wait()
        return events.data.decode("latin-1")

    def text(self, path: str) -> str:
        return self.raw("GET", path).partition("\r\n\r\n")[2]

    def post(self, path: str, form: str) -> str:
        """The status line."""
        return self.raw("POST", path, body=form.encode()).partition("\r\n")[0].partition(" ")[2]


@pytest.mark.parametrize(
    ("token", "value"),
    [
        ("S.B", "mysimplelink"),
        ("S.C", "mysimplelink.net"),
        ("S.D", "Station"),
        ("S.E", "selected"),
        ("S.F", "not_selected"),
        ("V.A", "4.5.0.11"),
        ("V.D", "31000019"),
        ("N.P", "10.123.45.1"),
    ],
)
def test_the_device_knows_its_own_tokens(token: str, value: str) -> None:
    """SWRU455A, Device Tokens: by a GET of the token, and in pages."""
    client = Client()
    assert client.text(f"/__SL_G_{token}") == value
    client.put("www/about.html", f"<p>__SL_G_{token}</p>".encode())
    assert client.text("/about.html") == f"<p>{value}</p>"


def test_tokens_follow_name_address_and_time() -> None:
    client = Client()
    assert client.text("/__SL_G_N.A") == str(client.device)
    assert client.text("/__SL_G_N.D").startswith("08:00:28:")
    assert client.text("/__SL_G_DNP").startswith("mysimplelink-")
    body = struct.pack("<HHHH", 0, 0x10, 0, 20) + b"a-long-name-of-a-box"
    assert client.driver.status(Opcode.NETAPP_SET, body) == 0
    assert client.text("/__SL_G_S.H") == "a-long-name-of-a"
    client.wait(3600)
    assert client.text("/__SL_G_S.A").startswith("000 days 01:00:")


def test_a_user_token_may_be_asked_for_alone() -> None:
    """SWRU455A, Device Tokens: a token's value by a GET request."""
    client = Client()
    answers = client.send("GET", "/__SL_G_UTM")
    asked = client.driver.event(Opcode.HTTP_GET_TOKEN)
    assert asked is not None
    assert GetToken.parse(asked.body).name == b"__SL_G_UTM"
    client.driver.post(Opcode.HTTP_SEND_TOKEN, SendToken(b"__SL_G_UTM", b"21").emit())
    client.wait()
    assert [answer and answer.content for answer in answers] == [b"21"]


def test_a_login_is_demanded_where_that_is_set() -> None:
    """SWRU455A, Authentication: name and password before any request is processed."""
    client = Client()
    client.put("www/index.html", b"<html>")
    for option, value in ((NAME, b"me"), (PASSWORD, b"Secret"), (REALM, b"box"), (CHECK, b"\1")):
        assert client.configure(option, value) == 0
    answer = client.raw("GET", "/")
    assert answer.startswith("HTTP/1.1 401 ")
    assert 'WWW-Authenticate: Basic realm="box"' in answer

    def with_login(text: bytes) -> str:
        return client.raw("GET", "/", f"Authorization: Basic {base64.b64encode(text).decode()}")

    assert with_login(b"me:Secret").endswith("<html>")
    for wrong in (b"me:secret", b"Me:Secret", b"me", b""):
        assert with_login(wrong).startswith("HTTP/1.1 401 ")
    assert client.configure(PASSWORD, bytes(21)) == Error.INVALID


@given(st.text(max_size=30))
def test_no_text_but_the_right_one_is_a_login(text: str) -> None:
    settings = HttpSettings(login=(b"me", b"secret"))
    assert settings.admits(text) == (text == "Basic bWU6c2VjcmV0")


def test_connections_are_secured_and_the_second_port_leads_there() -> None:
    """SWRU455A, HTTP Server, Security: a secure primary port, and a second that redirects."""
    client = Client()
    client.put("www/index.html", b"<html>")
    authority = client.rig.world.pki.trusted
    certificate, key = authority.server((str(client.device),), "rsa")
    client.driver.status(Opcode.NETAPP_STOP, struct.pack("<I", 1))
    for option, value in (
        (PORT, struct.pack("<H", 443)),
        (SECURE, b"\1"),
        (CERTIFICATE_FILE, b"server.pem"),
        (KEY_FILE, b"server.key"),
        (SECOND_PORT, struct.pack("<H", 80)),
        (SECOND_PORT_ENABLE, b"\1"),
    ):
        assert client.configure(option, value) == 0
    client.driver.status(Opcode.NETAPP_START, struct.pack("<I", 1))
    client.port = 443
    # Without its certificate it doesn't listen.
    assert client.send("GET", "/") == [None]
    client.put("server.pem", certificate)
    client.put("server.key", key)
    client.driver.status(Opcode.NETAPP_START, struct.pack("<I", 1))
    assert _get_by_tls(client, TlsSettings(ca=authority.certificate)).endswith(b"<html>")
    assert b"HTTP" not in client.raw("GET", "/").encode()
    client.port = 80
    assert f"Location: https://{client.device}/page?x=1\r\n" in client.raw("GET", "/page?x=1")
    # A page of many records comes whole.
    client.put("www/index.html", bytes(100_000))
    client.port = 443
    page = _get_by_tls(client, TlsSettings(ca=authority.certificate))
    assert page.endswith(b"\r\n\r\n" + bytes(100_000))
    client.put("www/index.html", b"<html>")
    # Clients have to be known where there is a CA.
    client.put("ca.pem", authority.certificate)
    client.configure(CA_FILE, b"ca.pem")
    client.port = 443
    assert _get_by_tls(client, TlsSettings(ca=authority.certificate)) == b""
    mine, my_key = client.rig.world.client_credentials()
    known = TlsSettings(ca=authority.certificate, certificate=mine, key=my_key)
    assert _get_by_tls(client, known).endswith(b"<html>")


def _get_by_tls(client: Client, settings: TlsSettings) -> bytes:
    """The answer to a request for the start page."""
    events = Recorder()
    plain: Any = client.station.connect((client.device, client.port), events)
    client.wait(0.1)
    stream = TlsStream(plain, settings, events, client.rig.machine.clock, Random(1))
    client.wait()
    stream.send(b"GET / HTTP/1.1\r\nHost: box\r\n\r\n")
    client.wait()
    return bytes(events.data)


def test_profiles_are_added_without_the_host() -> None:
    """SWRU455A, RESTful API Processing: WLAN profiles."""
    client = Client()
    form = "__SL_P_P.A=home&__SL_P_P.B=2&__SL_P_P.C=some-secret&__SL_P_P.D=3"
    assert client.post(f"{API}/wlan/profile_add", form) == "204 No Content"
    profile = client.rig.nwp.wlan.saved.profiles[0]
    assert profile is not None
    assert (profile.ssid, profile.key, profile.priority) == (b"home", b"some-secret", 3)
    assert client.post(f"{API}/wlan/profile_add", "__SL_P_P.A=home") == "400 Bad Request"


def test_the_connection_policy_is_what_a_form_names() -> None:
    """SWRU455A, RESTful API Processing: options that are not named are off."""
    client = Client()
    assert client.post(f"{API}/wlan/policy_set", "__SL_P_P.E=&__SL_P_P.Q=") == "204 No Content"
    policy = client.driver.command(Opcode.WLAN_POLICY_GET, bytes((0x10, 0, 0, 0))).body[2]
    assert policy == 0x21
    assert client.post(f"{API}/wlan/policy_set", "__SL_P_P.F=") == "204 No Content"
    policy = client.driver.command(Opcode.WLAN_POLICY_GET, bytes((0x10, 0, 0, 0))).body[2]
    assert policy == 0x02


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ("__SL_P_S.J=2016,05,30,13,45,00", "204 No Content"),
        ("__SL_P_S.J=2016,13,30,13,45,00", "400 Bad Request"),
        ("__SL_P_S.J=now", "400 Bad Request"),
        ("", "400 Bad Request"),
    ],
)
def test_the_date_is_set(form: str, status: str) -> None:
    """SWRU455A, RESTful API Processing: date and time."""
    client = Client()
    assert client.post(f"{API}/wlan/en_ap_scan/set_time", form) == status
    date = client.rig.nwp.processor.device.date
    assert (date is not None) == (status == "204 No Content")
    assert date is None or date - 1_464_615_900 in range(3)


def test_the_name_is_set_and_other_resources_are_the_host_s() -> None:
    """SWRU455A, RESTful API Processing: the device's name."""
    client = Client()
    assert client.post(f"{API}/netapp/set_urn", "__SL_P_S.B=kitchen") == "204 No Content"
    assert client.text("/__SL_G_S.B") == "kitchen"
    assert client.post(f"{API}/netapp/set_urn", f"__SL_P_S.B={'x' * 33}") == "400 Bad Request"
    client.post(f"{API}/mine", "a=1")
    assert client.request().kind == 2
    client.wait(6)
    # Switched off, they are the host's, too.
    assert client.configure(ROM_ACCESS, b"\0") == 0
    client.post(f"{API}/netapp/set_urn", "__SL_P_S.B=bath")
    client.request()
    assert client.text("/__SL_G_S.B") == "kitchen"


def test_what_provisioning_applications_read_is_there_in_a_network_too() -> None:
    """SWRA513C, Provisioning HTTP/HTTPS Server APIs: name, version, result, networks."""
    client = Client()
    assert client.text("/param_product_version.txt") == "R2.0"
    assert client.text("/param_device_name.txt") == "mysimplelink"
    assert client.text("/param_cfg_result.txt") == "0"
    assert set(client.text("/netlist.txt").split(";")) >= {"3fwemu-ap", "0open"}
    client.post(f"{API}/netapp/set_urn", "__SL_P_S.B=kitchen&__SL_P_S.C=kitchen.home")
    assert client.text("/param_device_name.txt") == "kitchen"
    assert client.text("/__SL_G_S.C") == "kitchen.home"


def test_the_list_of_networks_is_that_of_the_last_scan() -> None:
    """SWRA513C, Provisioning HTTP/HTTPS Server APIs: scan cycles, and the time between."""
    client = Client()
    assert "0open" in client.text("/netlist.txt")
    (gone,) = client.rig.world.air.named("open")
    gone.up = False
    assert "0open" in client.text("/netlist.txt")
    assert client.post(f"{API}/wlan/en_ap_scan", "__SL_P_SC1=10&__SL_P_SC2=2") == "204 No Content"
    assert "0open" not in client.text("/netlist.txt")
    gone.up = True
    assert "0open" not in client.text("/netlist.txt")
    client.wait(10)
    assert "0open" in client.text("/netlist.txt")
    for form in ("__SL_P_SC1=0", "__SL_P_SC2=256", "__SL_P_SC2=x"):
        assert client.post(f"{API}/wlan/en_ap_scan", form) == "400 Bad Request"


def test_profiles_are_shown_and_deleted() -> None:
    """SWRU455A, RESTful API Processing: profiles by their numbers, of every kind."""
    client = Client()
    for name in ("one", "two", "three"):
        client.post(f"{API}/wlan/profile_add", f"__SL_P_P.A={name}&__SL_P_P.B=0&__SL_P_P.D=4")
    form = "__SL_P_P.H=work&__SL_P_P.I=me&__SL_P_P.K=secret&__SL_P_P.M={}&__SL_P_P.N=MSCHAPV2"
    assert client.post(f"{API}/wlan/profile_eap", form.format("TTLS")) == "204 No Content"
    assert client.post(f"{API}/wlan/profile_eap", form.format("FAST")) == "400 Bad Request"
    assert client.text("/__SL_G_PN2") == "two"
    assert client.text("/__SL_G_PS4") == "Enterprise"
    assert client.text("/__SL_G_PP1") == "4"
    assert client.post(f"{API}/wlan/profile_del", "__SL_P_PRR=1&__SL_P_PRR=3") == "204 No Content"
    kept = [profile and profile.ssid for profile in client.rig.nwp.wlan.saved.profiles]
    assert kept == [None, b"two", None, b"work", None, None, None]
    assert client.post(f"{API}/wlan/profile_del", "__SL_P_PRR=8") == "400 Bad Request"
    assert client.post(f"{API}/wlan/profile_del_all", "") == "204 No Content"
    assert client.text("/__SL_G_PN2") == "-"


def test_the_access_point_is_configured_for_the_next_start() -> None:
    """SWRU455A, RESTful API Processing: the access point, its addresses, the device's role."""
    client = Client()
    good = "__SL_P_W.A=11&__SL_P_W.B=box&__SL_P_W.C=2&__SL_P_W.H=1&__SL_P_W.G=long-secret"
    assert client.post(f"{API}/wlan/ap_cfg", good) == "204 No Content"
    for bad in ("__SL_P_W.A=15", "__SL_P_W.C=9", "__SL_P_W.G=tiny", "__SL_P_W.A=x", ""):
        assert client.post(f"{API}/wlan/ap_cfg", f"__SL_P_X=&{bad}") == "400 Bad Request"
    shown = [client.text(f"/__SL_G_W.{letter}") for letter in "ABCFIJ"]
    assert shown == ["11", "box", "WPA", "selected", "not_selected", "selected"]
    form = "__SL_P_N.P=10.9.8.1&__SL_P_N.I=10.9.8.5&__SL_P_N.J=10.9.8.9&__SL_P_N.K=3600"
    assert client.post(f"{API}/netapp/netcfg_ap", form) == "204 No Content"
    assert client.text("/__SL_G_N.K") == "3600"
    for bad in ("__SL_P_N.P=x", "__SL_P_N.K=59", "__SL_P_N.I=10.9.8.10"):
        assert client.post(f"{API}/netapp/netcfg_ap", bad) == "400 Bad Request"
    assert client.post(f"{API}/wlan/set_mode", "__SL_P_S.D=Car") == "400 Bad Request"
    assert client.post(f"{API}/wlan/set_mode", "__SL_P_S.D=AP") == "204 No Content"
    assert client.text("/__SL_G_S.D") == "Station"
    client.driver.stop()
    assert client.driver.start() == 3  # the status of an access point
    phone: list[Any] = []
    client.station.join(b"box", b"long-secret", None, phone.append)
    client.wait(3)
    assert str(phone[0].address) == "10.9.8.5"
    assert phone[0].duration == 3600


def test_the_station_s_address_is_configured() -> None:
    """SWRU455A, RESTful API Processing: a static address, or DHCP."""
    client = Client()
    form = "__SL_P_N.D=Static&__SL_P_N.A=10.10.0.9&__SL_P_N.B=255.255.255.0&__SL_P_N.C=10.10.0.1"
    assert client.post(f"{API}/netapp/netcfg_sta", form) == "400 Bad Request"
    assert (
        client.post(f"{API}/netapp/netcfg_sta", f"{form}&__SL_P_N.H=10.10.0.1") == "204 No Content"
    )
    assert client.text("/__SL_G_N.F") == "selected"
    static = client.rig.nwp.processor.netcfg.static
    assert static is not None
    assert str(static.address) == "10.10.0.9"
    assert client.post(f"{API}/netapp/netcfg_sta", "__SL_P_N.D=LLA DHCP") == "204 No Content"
    assert client.text("/__SL_G_N.L") == "selected"
    assert client.post(f"{API}/netapp/netcfg_sta", "__SL_P_N.D=") == "400 Bad Request"


def test_the_device_pings() -> None:
    """SWRU455A, RESTful API Processing: a series of pings, and what came of it."""
    client = Client()
    form = "__SL_P_T.A=10.10.0.1&__SL_P_T.B=100&__SL_P_T.C=3"
    assert client.post(f"{API}/netapp/ping", form) == "204 No Content"
    client.wait(5)
    assert client.post(f"{API}/netapp/ping_res", "") == "204 No Content"
    assert [client.text(f"/__SL_G_T.{letter}") for letter in "ABCDE"] == [
        "10.10.0.1",
        "100",
        *"333",
    ]
    assert client.driver.event(Opcode.PING_REPORT, 0) is None
    for bad in (
        "__SL_P_T.A=x",
        "__SL_P_T.A=10.10.0.1&__SL_P_T.B=31",
        "__SL_P_T.A=1.1.1.1&__SL_P_T.C=256",
    ):
        assert client.post(f"{API}/netapp/ping", bad) == "400 Bad Request"
    assert (
        client.post(f"{API}/netapp/ping", "__SL_P_T.A=10.10.0.1&__SL_P_T.C=0") == "204 No Content"
    )
    client.wait(3)
    assert client.post(f"{API}/netapp/ping_stop", "") == "204 No Content"
    sent = client.text("/__SL_G_T.D")
    client.wait(5)
    assert client.text("/__SL_G_T.D") == sent


def test_the_date_is_set_by_the_page_of_the_sdk() -> None:
    client = Client()
    assert client.post(f"{API}/wlan/set_time", "__SL_P_S.J=2020,2,30,1,1,1") == "400 Bad Request"
    assert client.post(f"{API}/wlan/set_time", "__SL_P_S.J=2020,2,29,1,1,1") == "204 No Content"


CLIENT = Client()


@given(
    st.sampled_from(["PRR", "CRR", "CRL", "CRS", "W.A", "SC1", "T.C", "N.K"]), st.text(max_size=6)
)
def test_any_number_is_done_or_refused(name: str, value: str) -> None:
    http = CLIENT.rig.nwp.processor.netapp.http
    assert http.apis is not None
    for path in (
        "wlan/profile_del",
        "wlan/station_action",
        "wlan/ap_aclist",
        "wlan/ap_cfg",
        "wlan/en_ap_scan",
        "netapp/ping",
        "netapp/netcfg_ap",
    ):
        answer = http.apis.answer(f"{API}/{path}", Form({f"__SL_P_{name}": [value]}))
        assert answer is not None
        assert answer.status in (204, 400)
