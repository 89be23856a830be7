"""A server of attributes, by its answers."""

from __future__ import annotations

import pytest

from renode_wifi.peripherals.network.bluetooth import att, attributes
from renode_wifi.peripherals.network.bluetooth.att import AttPdu, ErrorResponse
from renode_wifi.peripherals.network.bluetooth.attributes import (
    Attribute,
    AttributeServer,
    GattSession,
)
from renode_wifi.peripherals.network.contract import bluetooth


class AttributeOwner:
    def __init__(self) -> None:
        self.writes: list[tuple[int, bytes]] = []

    def allows(self, client: GattSession, attribute: Attribute, pdu: AttPdu) -> bool:
        return True

    def written(self, client: GattSession, attribute: Attribute, value: bytes) -> None:
        self.writes.append((attribute.handle, value))


@pytest.fixture
def server() -> AttributeServer:
    made = AttributeServer(AttributeOwner())
    made.add(Attribute(1, attributes.PRIMARY_SERVICE, b"\x0d\x18", group_end=4))
    made.add(Attribute(2, attributes.CHARACTERISTIC, b"\x02\x03\0\x37\x2a"))
    made.add(Attribute(3, b"\x37\x2a", bytes(range(40)), 40, properties=bluetooth.READ))
    made.add(Attribute(4, b"\x39\x2a", b"ab", 2, False, bluetooth.WRITE))
    made.add(Attribute(5, attributes.PRIMARY_SERVICE, bytes(16), group_end=5))
    return made


def ask(server: AttributeServer, pdu: AttPdu) -> AttPdu | None:
    return server.answer(GattSession(1), pdu.emit())


def test_long_values_are_read_in_pieces(server: AttributeServer) -> None:
    assert ask(server, att.AttributeReadRequest(3)) == att.AttributeReadResponse(bytes(range(22)))
    assert ask(server, att.ReadBlobRequest(3, 22)) == att.ReadBlobResponse(bytes(range(22, 40)))
    assert ask(server, att.ReadBlobRequest(3, 41)) == ErrorResponse(0x0C, 3, 7)


def test_services_of_another_length_come_in_another_answer(server: AttributeServer) -> None:
    first = ask(server, att.ReadByGroupTypeRequest(1, 0xFFFF, attributes.PRIMARY_SERVICE))
    assert first == att.ReadByGroupTypeResponse(6, bytes.fromhex("01000400 0d18"))
    second = ask(server, att.ReadByGroupTypeRequest(5, 0xFFFF, attributes.PRIMARY_SERVICE))
    assert second == att.ReadByGroupTypeResponse(20, b"\5\0\5\0" + bytes(16))


@pytest.mark.parametrize(
    ("pdu", "code"),
    [
        (att.AttributeReadRequest(9), 1),
        (att.AttributeReadRequest(4), 2),
        (att.AttributeWriteRequest(3, b"x"), 3),
        (att.AttributeWriteRequest(4, b"x"), 0x0D),
        (att.AttributeWriteRequest(4, b"xyz"), 0x0D),
        (att.ReadByTypeRequest(1, 9, b"\0\0"), 0x0A),
        (att.ReadByGroupTypeRequest(1, 9, attributes.CHARACTERISTIC), 0x10),
        (att.FindInformationRequest(6, 9), 0x0A),
        (att.FindByTypeValueRequest(1, 9, 0x2800, b"none"), 0x0A),
    ],
)
def test_what_cannot_be_is_an_error(server: AttributeServer, pdu: AttPdu, code: int) -> None:
    answer = ask(server, pdu)
    assert isinstance(answer, ErrorResponse)
    assert (answer.request, answer.code) == (pdu.OPCODE, code)


def test_requests_that_are_unknown_or_cut_are_answered_commands_are_not(
    server: AttributeServer,
) -> None:
    client = GattSession(1)
    assert server.answer(client, b"\x16\3\0\0\0") == ErrorResponse(0x16, 0, 6)
    assert server.answer(client, b"\x0a\3") == ErrorResponse(0x0A, 0, 4)
    assert server.answer(client, b"\xd2") is None
    assert server.answer(client, b"") is None
    assert ask(server, att.AttributeWriteCommand(4, b"cd")) is None
    assert server.attributes[4].value == b"cd"


def test_each_client_has_a_configuration_of_its_own(server: AttributeServer) -> None:
    server.add(
        Attribute(
            6,
            attributes.CLIENT_CONFIGURATION,
            length=2,
            properties=bluetooth.READ | bluetooth.WRITE,
            of=3,
        )
    )
    one, other = GattSession(1), GattSession(2)
    server.answer(one, att.AttributeWriteRequest(6, b"\1\0").emit())
    assert (server.subscription(one, 3), server.subscription(other, 3)) == (1, 0)
    read = att.AttributeReadRequest(6).emit()
    assert server.answer(one, read) == att.AttributeReadResponse(b"\1\0")
    assert server.answer(other, read) == att.AttributeReadResponse(b"\0\0")
