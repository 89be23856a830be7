"""Names: the table, wildcards, and what is no name at all."""

from __future__ import annotations

from ipaddress import IPv4Address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.peripherals.network.contract.names import dotted, normalise
from renode_wifi.peripherals.network.contract.stream import Failure
from renode_wifi.peripherals.network.stack.dns import Names
from renode_wifi.peripherals.network.worldfile.network import DnsSettings
from tests.peripherals.network.rig import joined

TABLE = """
names:
  Broker.Example.Test: 10.10.0.7
  many.test: [10.10.0.8, 10.10.0.9]
  "*.wild.test": 10.10.0.10
  exact.wild.test: 10.10.0.11
dns: {latency: 20 ms}
"""

LABEL = st.from_regex(r"[a-z0-9_]([a-z0-9_-]{0,20}[a-z0-9_])?", fullmatch=True)
NAME = st.lists(LABEL, min_size=1, max_size=5).map(".".join)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("broker.example.test", "10.10.0.7"),
        ("BROKER.example.TEST.", "10.10.0.7"),
        ("broker.example.test\0", "10.10.0.7"),
        ("many.test", "10.10.0.8"),
        ("a.wild.test", "10.10.0.10"),
        ("a.b.wild.test", "10.10.0.10"),
        ("exact.wild.test", "10.10.0.11"),
        ("192.0.2.5", "192.0.2.5"),
    ],
)
def test_names_resolve(tmp_path: Path, name: str, answer: str) -> None:
    assert joined(tmp_path, TABLE).resolve(name) == IPv4Address(answer)


@pytest.mark.parametrize(
    "name", ["invalid", "", "wild.test", "x" * 300, "a..b", "-a.test", "bad name", "ä.test", "\0"]
)
def test_unknown_names_fail(tmp_path: Path, name: str) -> None:
    assert joined(tmp_path, TABLE).resolve(name) is Failure.UNREACHABLE


def test_an_answer_takes_the_link_and_the_server(tmp_path: Path) -> None:
    rig = joined(tmp_path, TABLE + "link: {latency: 2 ms}")
    answers: list[object] = []
    rig.station.resolve("many.test", answers.append)
    rig.run(0.023999)
    assert answers == []
    rig.run(0.000001)
    assert answers == [IPv4Address("10.10.0.8")]


def test_leaving_before_the_answer_comes(tmp_path: Path) -> None:
    rig = joined(tmp_path, TABLE)
    rig.station.resolve("many.test", rig.answers.append)
    rig.station.leave()
    rig.run()
    assert rig.answers[-1] is Failure.NOT_JOINED


def test_a_dead_server_times_out(tmp_path: Path) -> None:
    rig = joined(tmp_path, TABLE)
    rig.world.inject("dns-fails", 8_000_000_000)
    assert rig.resolve("many.test") is Failure.TIMED_OUT
    assert rig.resolve("many.test") == IPv4Address("10.10.0.8")


def test_names_of_an_address_leave_wildcards_out() -> None:
    names = Names(
        DnsSettings({"a.test": (IPv4Address(1),), "*.b.test": (IPv4Address(1),)}),
    )
    assert names.of(IPv4Address(1)) == ["a.test"]


@given(NAME)
def test_normal_names_are_their_own_normal_form(name: str) -> None:
    assert normalise(name) == name
    assert normalise(name.upper() + ".") == name


@given(st.text(max_size=300))
def test_any_text_is_a_name_or_none(text: str) -> None:
    normal = normalise(text)
    if normal is not None:
        assert normalise(normal) == normal
        assert len(normal) <= 253
        assert all(1 <= len(label) <= 63 for label in normal.split("."))


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_none(text: str) -> None:
    address = dotted(text)
    assert address is None or str(address) == text.strip(
        "\0 \t\r\n\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0"
    )


@given(NAME, st.text(max_size=20))
def test_looking_up_never_raises(name: str, other: str) -> None:
    names = Names(DnsSettings({name: (IPv4Address(5),), f"*.{name}": (IPv4Address(6),)}))
    assert names.find(name) == (IPv4Address(5),)
    assert names.find("x." + name) in ((IPv4Address(6),), ())
    names.find(other)
