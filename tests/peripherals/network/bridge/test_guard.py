"""The egress guard: what of the host's network a guest may reach."""

from __future__ import annotations

from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.peripherals.base.clock import MILLISECOND
from renode_wifi.peripherals.network.bridge import guard as guard_module
from renode_wifi.peripherals.network.bridge.guard import EgressGuard
from renode_wifi.peripherals.network.contract.stream import Failure
from renode_wifi.peripherals.network.worldfile.read import read_world_file
from tests.peripherals.network.bridge.rig import Bridged, FakeHost
from tests.peripherals.network.rig import ACCESS_POINT, Recorder

OWN = "93.184.216.99"


def guard(folder: Path, text: str) -> EgressGuard:
    file = folder / "world.yaml"
    file.write_text(ACCESS_POINT + "mode: bridged\n" + text, encoding="utf-8")
    bridge = read_world_file(file).bridge
    return EgressGuard(bridge.forwards, bridge.egress, lambda address: str(address) == OWN)


def reaches(guard: EgressGuard, destination: str, protocol: str = "tcp") -> bool:
    address, _, port = destination.partition(":")
    return guard.target((IPv4Address(address), int(port)), protocol) is not None


EVERYWHERE = 'egress: ["0.0.0.0/0:*"]'
SPECIAL = [
    "0.0.0.0:1", "0.1.2.3:1", "127.0.0.1:22", "127.1.2.3:1", "224.0.0.251:5353", "239.1.1.1:1",
    "240.0.0.1:1", "255.255.255.255:67", "169.254.169.254:80", "10.0.0.1:1", "172.16.0.1:1",
    "172.31.255.255:1", "192.168.1.1:80", "100.64.0.1:1", f"{OWN}:22",
]  # fmt: skip


@pytest.mark.parametrize("protocol", ["tcp", "udp"])
@pytest.mark.parametrize("destination", SPECIAL)
def test_a_wide_rule_opens_nothing_special(tmp_path: Path, destination: str, protocol: str) -> None:
    everywhere = guard(tmp_path, EVERYWHERE)
    assert not reaches(everywhere, destination, protocol)
    assert reaches(everywhere, "93.184.216.34:443", protocol)


@pytest.mark.parametrize(
    ("rule", "destination", "open_"),
    [
        ("192.168.1.0/24:80", "192.168.1.7:80", True),
        ("192.168.1.0/24:80", "192.168.1.7:81", False),
        ("192.168.1.0/24:80", "192.168.2.7:80", False),
        ("169.254.169.254:80", "169.254.169.254:80", True),
        ("10.0.0.0/8:*", "10.1.2.3:1", True),
        ("8.0.0.0/5:*", "10.1.2.3:1", False),
        (f"{OWN}:22", f"{OWN}:22", True),
        ("93.184.216.0/24:22", f"{OWN}:22", False),
        ("127.0.0.1:22", "127.0.0.1:22", False),
        ("127.0.0.0/8:*", "127.0.0.1:22", False),
    ],
)
def test_a_private_network_is_opened_by_naming_it(
    tmp_path: Path, rule: str, destination: str, open_: bool
) -> None:
    assert reaches(guard(tmp_path, f'egress: ["{rule}"]'), destination) is open_


def test_names_open_the_addresses_that_they_lead_to(tmp_path: Path) -> None:
    rules = guard(tmp_path, 'egress: ["Broker.Example.COM.:8883", "*.iot.example.com:443"]')
    first, second, other = (IPv4Address(f"93.184.216.{n}") for n in (1, 2, 3))
    assert not reaches(rules, f"{first}:8883")
    assert rules.note_answer("BROKER.example.com.", [first, second]) == [first, second]
    # A later name of the same address takes nothing away.
    rules.note_answer("other.example.com", [first])
    rules.note_answer("A.b.IoT.example.com", [other])
    rules.note_answer("iot.example.com", [second])
    assert reaches(rules, f"{first}:8883")
    assert reaches(rules, f"{second}:8883")
    assert not reaches(rules, f"{first}:443")
    assert reaches(rules, f"{other}:443")
    assert not reaches(rules, f"{second}:443")


@pytest.mark.parametrize("destination", SPECIAL)
def test_a_name_that_rebinds_opens_nothing(tmp_path: Path, destination: str) -> None:
    rules = guard(tmp_path, 'egress: ["*.example.com:*"]')
    address = IPv4Address(destination.partition(":")[0])
    assert rules.note_answer("evil.example.com", [address]) == []
    assert not reaches(rules, destination)


def test_answers_in_a_named_private_network_are_given(tmp_path: Path) -> None:
    rules = guard(tmp_path, 'egress: ["192.168.1.0/24:1883"]')
    near, far = IPv4Address("192.168.1.7"), IPv4Address("192.168.2.7")
    assert rules.note_answer("broker.lan", [near, far]) == [near]
    assert reaches(rules, f"{near}:1883")


def test_a_name_opens_no_private_address_that_another_rule_names(tmp_path: Path) -> None:
    rules = guard(tmp_path, 'egress: ["192.168.1.0/24:1883", "*.example.com:22"]')
    near = IPv4Address("192.168.1.7")
    assert rules.note_answer("evil.example.com", [near]) == [near]
    assert reaches(rules, f"{near}:1883")
    assert not reaches(rules, f"{near}:22")


def test_the_names_that_are_remembered_are_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard_module, "MAX_ADDRESSES", 2)
    rules = guard(tmp_path, 'egress: ["*.example.com:1"]')
    addresses = [IPv4Address(f"93.184.216.{n}") for n in (1, 2, 3)]
    for address in addresses:
        rules.note_answer("a.example.com", [address])
    assert [reaches(rules, f"{address}:1") for address in addresses] == [False, True, True]


@given(st.ip_addresses(v=4), st.sampled_from(["tcp", "udp"]))
def test_what_is_not_global_is_reached_by_its_own_rule_only(
    tmp_path_factory: pytest.TempPathFactory, address: IPv4Address, protocol: str
) -> None:
    rules = guard(tmp_path_factory.mktemp("guard"), EVERYWHERE)
    rules.note_answer("any.example.com", [address])
    if reaches(rules, f"{address}:9", protocol):
        assert address.is_global
        assert not address.is_multicast


# In a world


@pytest.mark.parametrize("destination", SPECIAL)
def test_no_protocol_leads_to_special_addresses(
    tmp_path: Path, destination: str, caplog: pytest.LogCaptureFixture
) -> None:
    host = FakeHost()
    host.own = [OWN]
    bridged = Bridged(tmp_path, EVERYWHERE + "\ndns: {pass_through: true}", host)
    text, _, port = destination.partition(":")
    address = IPv4Address(text)
    events = Recorder()
    bridged.station.connect((address, int(port)), events)
    own: Any = bridged.station.datagrams(4_000, events)
    own.send_to((address, int(port)), b"out?")
    pings: list[int | None] = []
    bridged.station.ping(address, 50 * MILLISECOND, pings.append)
    host.names["name.test"] = [text]
    bridged.station.resolve("name.test", bridged.answers.append)
    bridged.run(100 * MILLISECOND)
    assert events.log == [Failure.DENIED]
    assert pings == [None]
    assert bridged.answers[-1] is Failure.UNREACHABLE
    assert [target for target in host.opened if target != ("name.test", 0)] == []


def test_a_refusal_says_what_would_open_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    host = FakeHost()
    host.own = [OWN]
    bridged = Bridged(tmp_path, EVERYWHERE, host)
    for address in (OWN, "192.168.1.1"):
        bridged.station.connect((IPv4Address(address), 80), Recorder())
    assert "an address of the host itself" in caplog.text
    assert "does not name this private address" in caplog.text
    assert 'add to the world file: egress: ["192.168.1.1:80"]' in caplog.text
