"""World files: what they may say, includes, variables, and any text at all."""

from __future__ import annotations

import re
import string
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.network.contract.station import Security
from renode_wifi.peripherals.network.tls.pki import Authority
from renode_wifi.peripherals.network.tls.settings import ClientCertificate
from renode_wifi.peripherals.network.worldfile.read import (
    SHIPPED,
    read_world_file,
)
from renode_wifi.peripherals.network.worldfile.schema import WorldSettings
from renode_wifi.peripherals.network.worldfile.tree import dotted_path
from renode_wifi.peripherals.network.worldfile.units import duration
from tests.peripherals.network.worldfile.rig import MINIMAL, mistake, read, read_both_ways

DOCUMENTATION = Path(__file__).parents[4] / "docs" / "world.md"


def test_the_least_world(tmp_path: Path) -> None:
    world = read(tmp_path, MINIMAL)
    assert (world.name, world.seed, world.bridged) == ("world", 1, False)
    (point,) = world.access_points
    assert (point.ssid, point.security, point.passphrase) == (
        b"lab",
        Security.WPA2,
        b"lab-secret",
    )
    assert point.network.subnet == IPv4Network("10.10.0.0/24")
    assert point.network.dhcp is not None
    assert point.network.dhcp.first == IPv4Address("10.10.0.50")


@pytest.mark.parametrize("name", sorted(path.stem for path in SHIPPED.glob("*.yaml")))
def test_the_shipped_worlds_are_right(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority("test")
    certificate, key = authority.server(("10.10.0.1",), "ec")
    for stem in ("echo_rsa_by_ecroot", "broker_rsa_by_rsaroot"):
        (tmp_path / f"{stem}.crt").write_bytes(certificate)
        (tmp_path / f"{stem}.key").write_bytes(key)
    for root in ("rsa_root", "ec_root"):
        (tmp_path / f"{root}.crt").write_bytes(authority.certificate)
    monkeypatch.setenv("RENODE_WIFI_PKI", str(tmp_path))
    world = read_both_ways(SHIPPED / f"{name}.yaml")
    assert world.name == name
    assert "access point" in world.summary()


FULL = """
name: full
seed: 7
mode: bridged
date: 2017-06-01
access_points:
  - ssid: 12345678
    bssid: "10:20:30:40:50:59"
    channel: 3
    security: wpa/wpa2
    passphrase: 87654321
    rssi: -61
    hidden: true
    network: {subnet: 192.168.1.0/24, gateway: 192.168.1.254, dns: 192.168.1.253}
  - {ssid: off, security: open}
  - {ssid: old, security: wep, passphrase: abcde}
network: {dhcp: {first: 10.10.0.5, last: 10.10.0.6, lease: 2 min, latency: 1.5 s}}
air: {neighbours: 3, association: 20 ms, search: 1 s}
link: {latency: 250 us, jitter: 10 us, loss: 0.25, window: 4096}
dns: {latency: 1 ms, pass_through: true}
names: {a.test: 10.0.0.1, "*.b.test": [10.0.0.2, 10.0.0.3]}
servers:
  echo: {type: echo, address: 10.0.0.1, port: 7}
  udp: {type: udp-echo, port: 7}
  tls:
    type: mqtt
    port: 0x22B3
    users: {u: p}
    tls: {key_type: rsa, minimum: TLSv1, maximum: TLSv1.2, client_certificate: any, alpn: [a]}
forwards:
  - {from: "10.10.0.9:99", to: "localhost:8883"}
  - {from: "10.10.0.9:99", to: "127.0.0.1:1", udp: true}
expose: [{listen: "127.0.0.1:8080", port: 80}]
egress: ["1.2.3.4:443", "5.0.0.0/8:*", "*.example.com:443", "example.org:80"]
bridge: {grace: 50 ms}
faults:
  - {at: 1 s, do: link, loss: 0.5, jitter: 1 ms, for: 2 s}
  - {after: tls, nth: 2, delay: 5 ms, do: server-cuts, server: tls}
  - {at: 1 min, do: ap-vanishes, access_point: 12345678}
radio:
  tls: relaxed
  credentials: [{slot: 3, ca: world, certificate: world, key: world}]
  files: {/certs/RootCA.crt: world-ca}
  options: {firmware: C6.2.1.8, anything: 5}
"""


def test_everything_there_is(tmp_path: Path) -> None:
    world = read(tmp_path, FULL)
    assert (world.name, world.seed, world.bridged, world.when) == ("full", 7, True, 1_496_275_200)
    first, second, third = world.access_points
    assert (first.ssid, first.passphrase) == (b"12345678", b"87654321")
    assert first.bssid == bytes.fromhex("102030405059")
    assert (first.security, first.hidden, first.rssi) == (Security.WPA_WPA2, True, -61)
    assert first.network.dns == IPv4Address("192.168.1.253")
    assert (second.ssid, second.security) == (b"off", Security.OPEN)
    assert third.security is Security.WEP
    assert second.network.dhcp is not None
    assert (second.network.dhcp.lease, second.network.dhcp.latency) == (120, 1_500_000_000)
    assert world.link.latency == 250_000
    assert world.dns.names["*.b.test"] == (IPv4Address("10.0.0.2"), IPv4Address("10.0.0.3"))
    tls = world.servers[2].tls
    assert tls is not None
    assert world.servers[2].port == 0x22B3
    assert (tls.key_type, tls.minimum_version, tls.client_certificate, tls.alpn) == (
        "rsa",
        "TLSv1",
        ClientCertificate.ANY,
        ("a",),
    )
    assert [forward.udp for forward in world.bridge.forwards] == [False, True]
    assert [rule.port for rule in world.bridge.egress] == [443, None, 443, 80]
    assert [fault.do for fault in world.faults] == ["link", "server-cuts", "ap-vanishes"]
    assert world.faults[0].arguments == {"loss": 0.5, "jitter": 1_000_000}
    assert world.radio.options == {"firmware": "C6.2.1.8", "anything": 5}
    summary = world.summary()
    for line in ("bridged, seed 7", "forward 10.10.0.9:99 to localhost:8883", "fault link: at 1 s"):
        assert line in summary


@pytest.mark.parametrize("text", ["0x10", "1.50", "007", "true", "12:30"])
def test_what_is_text_stays_as_it_is_written(tmp_path: Path, text: str) -> None:
    world = read(
        tmp_path,
        f"access_points: [{{ssid: {text}, passphrase: 0x1234567}}]\n"
        f"servers: {{m: {{type: mqtt, port: 1, users: {{u: {text}}}}}}}\n",
    )
    assert world.access_points[0].ssid == text.encode()
    assert world.access_points[0].passphrase == b"0x1234567"
    assert world.servers[0].users == {"u": text}


EXAMPLES = re.findall(r"```yaml\n(.*?)```", DOCUMENTATION.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_of_the_documentation_are_right(tmp_path: Path, example: str) -> None:
    authority = Authority("documentation")
    certificate, key = authority.server(("10.10.0.1",))
    (tmp_path / "pki").mkdir()
    (tmp_path / "here" / "roots").mkdir(parents=True)
    for name, content in (
        ("pki/broker.crt", certificate),
        ("pki/broker.key", key),
        ("pki/root-1.crt", authority.certificate),
        ("pki/root-2.crt", authority.certificate),
        ("here/roots/my-root.pem", authority.certificate),
        ("here/climb.csv", b"time,hPa\n0,1013\n60,950\n"),
    ):
        (tmp_path / name).write_bytes(content)
    meter = "from renode_wifi import TcpServer\n\n\nclass Meter(TcpServer): ...\n"
    (tmp_path / "here" / "meter.py").write_text(meter, encoding="utf-8")
    if "include:" not in example and "access_points:" not in example:
        example += "access_points: [{ssid: my-wifi, passphrase: secret-secret}]\n"
        if "server: broker" in example:
            example += "servers: {broker: {type: mqtt, port: 8883, tls: true}}\n"
    assert read(tmp_path / "here", example).access_points


def test_the_documentation_has_examples() -> None:
    assert len(EXAMPLES) >= 5


def test_a_file_goes_over_what_it_includes(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(
        MINIMAL + "seed: 4\nservers: {echo: {type: echo, port: 7}, web: {type: http, port: 80}}\n"
    )
    world = read(tmp_path, "include: base.yaml\nservers: {echo: {port: 77, tls: true}}\n")
    assert world.seed == 4
    assert [(server.name, server.port) for server in world.servers] == [("echo", 77), ("web", 80)]
    assert world.servers[0].tls is not None
    error = mistake(tmp_path, "include: base.yaml\nservers: {web: {port: 77, tls: {x: 1}}}\n")
    assert error.where == str(tmp_path / "world.yaml:2:33")
    (tmp_path / "base.yaml").write_text(MINIMAL + "seed: x\n")
    assert mistake(tmp_path, "include: base.yaml\n").where == str(tmp_path / "base.yaml:3:7")


def test_shipped_worlds_can_be_included(tmp_path: Path) -> None:
    world = read(tmp_path, "include: [<home>]\nlink: {latency: 9 ms}\n")
    assert world.access_points[0].ssid == b"renode-wifi"
    assert world.link.latency == 9_000_000


def test_shipped_worlds_are_read_by_name(tmp_path: Path) -> None:
    assert read_world_file("<home>").access_points[0].ssid == b"renode-wifi"
    assert read_world_file(tmp_path / "<home>").access_points[0].ssid == b"renode-wifi"


def test_files_may_include_each_other_only_one_way(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("include: world.yaml\n")
    assert "includes itself" in mistake(tmp_path, MINIMAL + "include: a.yaml\n").message


def test_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (
        "variables: {PORT: 7, NAME: plain}\n"
        + MINIMAL
        + "servers: {echo: {type: echo, port: '${PORT}'}}\nname: a-${NAME}-${NAME}\n"
    )
    assert read(tmp_path, text).servers[0].port == 7
    assert read(tmp_path, text).name == "a-plain-plain"
    monkeypatch.setenv("RENODE_WIFI_PORT", "8")
    assert read(tmp_path, text).servers[0].port == 8
    assert read(tmp_path, text, PORT="9").servers[0].port == 9


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 70_000),
    st.floats(allow_nan=False),
    st.text(string.printable, max_size=12),
)


KEYS = st.sampled_from(
    [
        "access_points", "ssid", "network", "dhcp", "servers", "echo", "type", "port", "tls",
        "names", "faults", "do", "at", "radio", "credentials", "slot", "link", "latency", "mode",
        "forwards", "from", "to", "include", "variables", "pki", "certificate", "key", "pages",
    ]
)  # fmt: skip


ANYTHING = st.recursive(
    SCALARS
    | st.sampled_from(["echo", "5 ms", "10.10.0.1", "bridged", "link", "wpa2", "1.2.3.4:5"]),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(KEYS, below, max_size=5),
    max_leaves=25,
)


def outcome(folder: Path, text: str) -> WorldSettings | RenodeWifiError:
    try:
        return read(folder, text)
    except RenodeWifiError as error:
        return error


@given(st.dictionaries(KEYS, ANYTHING, max_size=6))
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_structure_is_a_world_or_one_clear_error(tmp_path: Path, data: dict[str, Any]) -> None:
    if data.get("access_points") is None:
        data["access_points"] = [{"ssid": "lab", "passphrase": "lab-secret"}]
    result = outcome(tmp_path, yaml.safe_dump(data, allow_unicode=True))
    if isinstance(result, RenodeWifiError):
        assert result.message
        assert str(tmp_path) in (result.where or "")


@given(st.text(max_size=200))
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_text_is_one_clear_error(tmp_path: Path, text: str) -> None:
    result = outcome(tmp_path, text)
    assert isinstance(result, RenodeWifiError)
    assert str(tmp_path) in (result.where or "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5 ms", 5_000_000),
        ("1.5 s", 1_500_000_000),
        ("20us", 20_000),
        ("20 µs", 20_000),
        ("3 ns", 3),
        ("2 min", 120_000_000_000),
        ("0.25ms", 250_000),
    ],
)
def test_durations(text: str, expected: int) -> None:
    assert duration(text) == expected


def test_paths_read_as_people_write_them() -> None:
    assert dotted_path(("servers", "echo", "port")) == "servers.echo.port"
    assert dotted_path(("faults", 0, "at")) == "faults[0].at"
    assert dotted_path(()) == "the file"
