"""The name server: messages of RFC 1035, answered from the world's names."""

from __future__ import annotations

import struct
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from renode_wifi.peripherals.network.contract.dns_messages import (
    ANY,
    HEADER,
    PTR,
    A,
    DnsMessage,
    Question,
)
from renode_wifi.peripherals.network.servers.names.dns import reply
from renode_wifi.peripherals.network.stack.dns import Names
from renode_wifi.peripherals.network.worldfile.network import DnsSettings
from tests.peripherals.network.rig import GATEWAY, Recorder, Rig, joined

AAAA = 28
WORLD = """
names:
  broker.example.test: 10.10.0.7
  many.example.test: [10.10.0.7, 10.10.0.8]
"""
RECURSION = 0x0100


def query(name: str, kind: int = A, flags: int = RECURSION) -> bytes:
    message = DnsMessage((Question(name, kind),), identity=0x1234).emit()
    return message[:2] + struct.pack(">H", flags) + message[4:]


def names(*more: tuple[str, str]) -> Names:
    table = {"broker.example.test": (IPv4Address("10.10.0.7"),)}
    for name, address in more:
        table[name] = (*table.get(name, ()), IPv4Address(address))
    return Names(DnsSettings(table))


def code(answer: bytes) -> int:
    return int(HEADER.unpack_from(answer)[1]) & 0xF


def asked(rig: Rig, server: IPv4Address, request: bytes) -> list[bytes]:
    events = Recorder()
    socket = rig.station.datagrams(0, events)
    socket.send_to((server, 53), request)  # type: ignore[union-attr]
    rig.run()
    return [data for _, data in events.log]


def test_the_gateway_answers_as_dhcp_says(tmp_path: Path) -> None:
    rig = joined(tmp_path, WORLD)
    (answer,) = asked(rig, GATEWAY, query("Many.example.test"))
    message = DnsMessage.parse(answer)
    assert message.identity == 0x1234
    assert HEADER.unpack_from(answer)[1] == 0x8580
    assert message.questions == (Question("Many.example.test", A),)
    assert [str(record.address) for record in message.answers] == ["10.10.0.7", "10.10.0.8"]


def test_dhcp_may_name_a_second_server(tmp_path: Path) -> None:
    second = IPv4Address("10.10.0.53")
    rig = joined(tmp_path, WORLD + "network: {second_dns: 10.10.0.53}")
    assert rig.station.lease is not None
    assert (rig.station.lease.dns, rig.station.lease.second_dns) == (GATEWAY, second)
    (answer,) = asked(rig, second, query("broker.example.test"))
    assert len(DnsMessage.parse(answer).answers) == 1


def test_a_server_may_have_the_address_that_firmware_brings_along(tmp_path: Path) -> None:
    world = WORLD + "servers: {public: {type: dns, address: 8.8.8.8, port: 53}}"
    (answer,) = asked(joined(tmp_path, world), IPv4Address("8.8.8.8"), query("many.example.test"))
    assert len(DnsMessage.parse(answer).answers) == 2


def test_a_server_of_the_file_takes_the_place_of_the_gateway_s(tmp_path: Path) -> None:
    rig = joined(tmp_path, WORLD + "servers: {mine: {type: udp-echo, port: 53}}")
    assert asked(rig, GATEWAY, b"anything") == [b"anything"]


def test_faults_of_names_reach_it(tmp_path: Path) -> None:
    rig = joined(tmp_path, WORLD)
    rig.world.internet.names.answering = False
    assert asked(rig, GATEWAY, query("many.example.test")) == []
    rig.world.internet.names.answering = True
    rig.world.internet.names.lie = IPv4Address("192.0.2.1")
    (answer,) = asked(rig, GATEWAY, query("many.example.test"))
    assert DnsMessage.parse(answer).answers[0].address == IPv4Address("192.0.2.1")


@pytest.mark.parametrize(
    ("name", "kind", "rcode", "answers"),
    [
        ("broker.example.test", A, 0, ["10.10.0.7"]),
        ("BROKER.example.TEST", ANY, 0, ["10.10.0.7"]),
        ("broker.example.test", AAAA, 0, []),
        ("nowhere.example.test", A, 3, []),
        ("nowhere.example.test", AAAA, 3, []),
        ("7.0.10.10.in-addr.arpa", PTR, 0, ["broker.example.test"]),
        ("8.0.10.10.in-addr.arpa", PTR, 3, []),
        ("x.in-addr.arpa", PTR, 3, []),
    ],
)
def test_answers(name: str, kind: int, rcode: int, answers: list[str]) -> None:
    answer = reply(query(name, kind), names())
    assert answer is not None
    assert code(answer) == rcode
    found = DnsMessage.parse(answer).answers
    assert [record.target or str(record.address) for record in found] == answers


@pytest.mark.parametrize(
    ("request_", "rcode"),
    [
        (query("broker.example.test", flags=0x2800), 4),
        (query("broker.example.test")[:-3], 1),
        (HEADER.pack(1, 0, 0, 0, 0, 0), 1),
        (HEADER.pack(1, 0, 2, 0, 0, 0) + b"\1a\0\0\1\0\1" * 2, 1),
    ],
)
def test_what_is_no_plain_query_has_an_error(request_: bytes, rcode: int) -> None:
    answer = reply(request_, names())
    assert answer is not None
    assert code(answer) == rcode
    assert answer[:2] == request_[:2]


def test_more_addresses_than_fit_are_cut_and_said_so() -> None:
    many = [("a" * 60 + ".test", f"10.1.0.{number}") for number in range(1, 100)]
    answer = reply(query("a" * 60 + ".test"), names(*many))
    assert answer is not None
    assert len(answer) <= 512
    assert HEADER.unpack_from(answer)[1] & 0x0200
    assert 0 < len(DnsMessage.parse(answer).answers) < 99


@given(st.binary(max_size=80) | st.binary(max_size=40).map(lambda more: query("a.b") + more))
@example(query("broker.example.test", flags=0x8000))
@example(b"\0" * 11)
def test_any_datagram_is_answered_once_or_not_at_all(data: bytes) -> None:
    answer = reply(data, names())
    assert answer is None or 12 <= len(answer) <= 512
    assert answer is None or answer[2] & 0x80
