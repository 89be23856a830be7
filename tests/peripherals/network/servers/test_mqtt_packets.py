"""The packets of MQTT: every one survives the wire, and nothing else is one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.peripherals.network.servers.mqtt_packets import (
    Acknowledge,
    Bare,
    ConnAck,
    Connect,
    Message,
    MqttError,
    Packet,
    PacketReader,
    Publish,
    SubAck,
    Subscribe,
    Type,
    Unsubscribe,
    emit,
    filter_is_valid,
    matches,
)

TEXT = st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), max_size=40)


TOPIC = TEXT.filter(lambda text: text and "+" not in text and "#" not in text)


IDENTIFIER = st.integers(1, 65_535)


QOS = st.integers(0, 2)


MESSAGE = st.builds(Message, TOPIC, st.binary(max_size=300), QOS, st.booleans())


PACKET: st.SearchStrategy[Packet] = st.one_of(
    st.builds(
        Connect,
        TEXT,
        st.booleans(),
        st.integers(0, 65_535),
        st.none() | MESSAGE,
        TEXT,
        st.none() | st.binary(max_size=40),
    ),
    st.builds(ConnAck, st.integers(0, 5), st.booleans()),
    st.builds(
        lambda message, number, again: Publish(
            message, number if message.qos else 0, bool(again and message.qos)
        ),
        MESSAGE,
        IDENTIFIER,
        st.booleans(),
    ),
    st.builds(
        Acknowledge,
        st.sampled_from([Type.PUBACK, Type.PUBREC, Type.PUBREL, Type.PUBCOMP, Type.UNSUBACK]),
        IDENTIFIER,
    ),
    st.builds(
        Subscribe, IDENTIFIER, st.lists(st.tuples(TEXT, QOS), min_size=1, max_size=4).map(tuple)
    ),
    st.builds(SubAck, IDENTIFIER, st.lists(QOS, max_size=4).map(tuple)),
    st.builds(Unsubscribe, IDENTIFIER, st.lists(TEXT, min_size=1, max_size=4).map(tuple)),
    st.builds(Bare, st.sampled_from([Type.PINGREQ, Type.PINGRESP, Type.DISCONNECT])),
)


def read(data: bytes) -> list[Packet]:
    reader = PacketReader()
    reader.feed(data)
    packets = []
    while (packet := reader.next()) is not None:
        packets.append(packet)
    return packets


@given(st.lists(PACKET, max_size=5), st.integers(1, 30))
def test_packets_survive_the_wire_cut_anywhere(packets: list[Packet], size: int) -> None:
    data = b"".join(emit(packet) for packet in packets)
    reader = PacketReader()
    seen = []
    for start in range(0, len(data), size):
        reader.feed(data[start : start + size])
        while (packet := reader.next()) is not None:
            seen.append(packet)
    assert seen == packets


@given(st.binary(max_size=200))
def test_any_bytes_are_packets_or_an_mqtt_error(data: bytes) -> None:
    try:
        packets = read(data)
    except MqttError:
        return
    for packet in packets:
        assert read(emit(packet)) == [packet]


@pytest.mark.parametrize(
    "data",
    [
        b"\x00\x00",
        b"\xf0\x00",
        b"\x11\x00",
        b"\x80\x05\x00\x01\x00\x00\x00",
        b"\x30\xff\xff\xff\xff\x01",
        b"\x36\x05\x00\x01a\x00\x01",
        b"\x38\x03\x00\x01a",
        b"\x30\x03\x00\x01+",
        b"\x30\x02\x00\x00",
        b"\x32\x05\x00\x01a\x00\x00",
        b"\x30\x03\x00\x01\xff",
        b"\x30\x03\x00\x01\x00",
        b"\x82\x02\x00\x01",
        b"\x82\x06\x00\x01\x00\x01a\x03",
        b"\xa2\x02\x00\x01",
        b"\xc0\x01\x00",
        b"\x40\x01\x00",
        b"\x10\x0c\x00\x04HTTP\x04\x02\x00\x00\x00\x00",
        b"\x10\x0c\x00\x04MQTT\x04\x03\x00\x00\x00\x00",
        b"\x10\x0c\x00\x04MQTT\x04\x42\x00\x00\x00\x00",
        b"\x10\x0c\x00\x04MQTT\x04\x0a\x00\x00\x00\x00",
        b"\x10\x0c\x00\x04MQTT\x04\x1e\x00\x00\x00\x00",
    ],
)
def test_what_the_standard_forbids_is_no_packet(data: bytes) -> None:
    with pytest.raises(MqttError):
        read(data)


def test_packets_have_a_largest_size() -> None:
    class Huge(bytes):
        def __len__(self) -> int:
            return 300_000_000

        def __radd__(self, other: bytes) -> Huge:
            return self

    with pytest.raises(ValueError, match="that long"):
        emit(Publish(Message("a", Huge())))


@pytest.mark.parametrize(
    ("topic_filter", "topic", "fits"),
    [
        ("a/b", "a/b", True),
        ("a/b", "a/c", False),
        ("a/+", "a/b", True),
        ("a/+", "a/b/c", False),
        ("+/+", "/finance", True),
        ("a/#", "a", True),
        ("a/#", "a/b/c", True),
        ("#", "a/b", True),
        ("#", "$SYS/x", False),
        ("+/x", "$SYS/x", False),
        ("$SYS/#", "$SYS/x", True),
        ("a", "a/b", False),
    ],
)
def test_filters(topic_filter: str, topic: str, fits: bool) -> None:
    assert matches(topic_filter, topic) is fits


@pytest.mark.parametrize(
    ("topic_filter", "valid"),
    [("a/#", True), ("#", True), ("a/#/b", False), ("a#", False), ("+", True), ("a+", False)],
)
def test_filters_must_be_well_formed(topic_filter: str, valid: bool) -> None:
    assert filter_is_valid(topic_filter) is valid


def test_a_packet_that_is_too_long_is_an_error() -> None:
    with pytest.raises(MqttError, match="a packet of"):
        read(b"\x30" + b"\xff\xff\xff\x7f")
