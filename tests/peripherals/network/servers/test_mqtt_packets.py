"""The packets of MQTT: every one survives the wire, and nothing else is one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.peripherals.network.servers import mqtt_properties as properties_of
from renode_wifi.peripherals.network.servers.mqtt_fields import MqttError
from renode_wifi.peripherals.network.servers.mqtt_packets import (
    Acknowledge,
    BarePacket,
    ConnAck,
    Connect,
    Packet,
    PacketReader,
    PacketType,
    Publication,
    Publish,
    SubAck,
    Subscribe,
    Unsubscribe,
    emit,
)
from renode_wifi.peripherals.network.servers.mqtt_properties import Property
from renode_wifi.peripherals.network.servers.mqtt_topics import filter_is_valid, matches

TEXT = st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), max_size=40)


TOPIC = TEXT.filter(lambda text: text and "+" not in text and "#" not in text)


IDENTIFIER = st.integers(1, 65_535)


QOS = st.integers(0, 2)


MESSAGE = st.builds(Publication, TOPIC, st.binary(max_size=300), QOS, st.booleans())


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
        st.sampled_from(
            [
                PacketType.PUBACK,
                PacketType.PUBREC,
                PacketType.PUBREL,
                PacketType.PUBCOMP,
                PacketType.UNSUBACK,
            ]
        ),
        IDENTIFIER,
    ),
    st.builds(
        Subscribe, IDENTIFIER, st.lists(st.tuples(TEXT, QOS), min_size=1, max_size=4).map(tuple)
    ),
    st.builds(SubAck, IDENTIFIER, st.lists(QOS, max_size=4).map(tuple)),
    st.builds(Unsubscribe, IDENTIFIER, st.lists(TEXT, min_size=1, max_size=4).map(tuple)),
    st.builds(
        BarePacket,
        st.sampled_from([PacketType.PINGREQ, PacketType.PINGRESP, PacketType.DISCONNECT]),
    ),
)


VALUES: dict[str, st.SearchStrategy[properties_of.Value]] = {
    "binary": st.binary(max_size=20),
    "variable": st.integers(1, 268_435_455),
    "pair": st.tuples(TEXT, TEXT),
    "text": TEXT,
}


def _value_of(name: Property) -> st.SearchStrategy[properties_of.Value]:
    if name in properties_of.BYTES:
        size = properties_of.BYTES[name]
        return st.integers(1, 1 if size == 1 else (1 << 8 * size) - 1)
    if name in properties_of.BINARY:
        return VALUES["binary"]
    if name is Property.SUBSCRIPTION_IDENTIFIER:
        return VALUES["variable"]
    return VALUES["pair" if name is Property.USER_PROPERTY else "text"]


def properties(allowed: tuple[Property, ...]) -> st.SearchStrategy[properties_of.Properties]:
    names = st.lists(st.sampled_from(sorted(allowed)), unique=True, max_size=4)
    return names.flatmap(
        lambda chosen: st.tuples(*(st.tuples(st.just(name), _value_of(name)) for name in chosen))
    )


CODE = st.integers(0, 255)
ANSWERS = properties(properties_of.OF_ANSWERS)
MESSAGE_5 = st.builds(
    Publication,
    TOPIC,
    st.binary(max_size=30),
    QOS,
    st.booleans(),
    properties(properties_of.OF_PUBLISH),
)
WILL_5 = st.builds(
    Publication,
    TOPIC,
    st.binary(max_size=30),
    QOS,
    st.booleans(),
    properties(properties_of.OF_WILL),
)
OPTIONS = st.builds(
    lambda qos, flags, handling: qos | flags | handling << 4,
    QOS,
    st.sampled_from([0, 4, 8, 12]),
    st.integers(0, 2),
)
PACKET_5: st.SearchStrategy[Packet] = st.one_of(
    st.builds(
        Connect,
        TEXT,
        st.booleans(),
        st.integers(0, 65_535),
        st.none() | WILL_5,
        st.none() | TEXT,
        st.none() | st.binary(max_size=40),
        st.just(5),
        properties(properties_of.OF_CONNECT),
    ),
    st.builds(ConnAck, CODE, st.booleans(), properties(properties_of.OF_CONNACK)),
    st.builds(
        lambda message, number: Publish(message, number if message.qos else 0),
        MESSAGE_5,
        IDENTIFIER,
    ),
    st.builds(
        Acknowledge,
        st.sampled_from(
            [PacketType.PUBACK, PacketType.PUBREC, PacketType.PUBREL, PacketType.PUBCOMP]
        ),
        IDENTIFIER,
        CODE,
        st.just(()),
        ANSWERS,
    ),
    st.builds(
        Acknowledge,
        st.just(PacketType.UNSUBACK),
        IDENTIFIER,
        st.just(0),
        st.lists(CODE, max_size=3).map(tuple),
        ANSWERS,
    ),
    st.builds(
        Subscribe,
        IDENTIFIER,
        st.lists(st.tuples(TEXT, OPTIONS), min_size=1, max_size=3).map(tuple),
        properties(properties_of.OF_SUBSCRIBE),
    ),
    st.builds(SubAck, IDENTIFIER, st.lists(CODE, max_size=3).map(tuple), ANSWERS),
    st.builds(
        Unsubscribe,
        IDENTIFIER,
        st.lists(TEXT, min_size=1, max_size=3).map(tuple),
        properties(properties_of.OF_UNSUBSCRIBE),
    ),
    st.builds(BarePacket, st.sampled_from([PacketType.PINGREQ, PacketType.PINGRESP])),
    st.builds(
        BarePacket, st.just(PacketType.DISCONNECT), CODE, properties(properties_of.OF_DISCONNECT)
    ),
    st.builds(BarePacket, st.just(PacketType.AUTH), CODE, properties(properties_of.OF_AUTH)),
)


def read(data: bytes, level: int = 4) -> list[Packet]:
    reader = PacketReader(level)
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


@given(st.lists(PACKET_5, max_size=5))
def test_packets_of_version_5_survive_the_wire(packets: list[Packet]) -> None:
    assert read(b"".join(emit(packet, 5) for packet in packets), 5) == packets


@given(PACKET_5, st.integers(0, 400), st.integers(1, 255))
def test_damaged_packets_of_version_5_are_packets_or_an_error(
    packet: Packet, at: int, change: int
) -> None:
    data = bytearray(emit(packet, 5))
    data[at % len(data)] ^= change
    try:
        packets = read(bytes(data), 5)
    except MqttError:
        return
    assert read(b"".join(emit(packet, 5) for packet in packets), 5) == packets


@pytest.mark.parametrize(
    "data",
    [
        b"\xe0\x04\0\x02\x0b\x01",  # a property that doesn't belong into DISCONNECT
        b"\xe0\x0c\0\x0a\x11\0\0\0\1\x11\0\0\0\2",  # twice
        b"\xe0\x03\0\x02\x11",  # ends within a property
        b"\xe0\x06\0\xff\xff\xff\xff\x7f",  # a length of five bytes
        b"\x30\x06\0\1t\x02\x01\x02",  # PAYLOAD_FORMAT 2
        b"\x30\x06\0\0\x03\x23\0\0",  # topic alias 0
        b"\x30\x03\0\0\0",  # neither topic nor alias
        b"\x82\x07\0\1\0\0\1t\x31",  # retain handling 3
        b"\x82\x07\0\1\0\0\1t\x41",  # reserved options
    ],
)
def test_what_version_5_forbids_is_no_packet(data: bytes) -> None:
    with pytest.raises(MqttError):
        read(data, 5)


def test_version_3_1_repeats_packets_with_a_flag() -> None:
    again = b"\x8a\x06\0\1\0\1t\1"
    assert read(again, 3) == [Subscribe(1, (("t", 1),))]
    with pytest.raises(MqttError):
        read(again, 4)


@pytest.mark.parametrize(
    ("data", "packet"),
    [
        (b"\x80\x06\0\1\0\1t\1", Subscribe(1, (("t", 1),))),
        (b"\xa0\x05\0\1\0\1t", Unsubscribe(1, ("t",))),
        (b"\x60\x02\0\1", Acknowledge(PacketType.PUBREL, 1)),
        (b"\xc2\0", BarePacket(PacketType.PINGREQ)),
        (b"\x38\x04\0\1tx", Publish(Publication("t", b"x"), duplicate=True)),
    ],
)
def test_version_3_1_ignores_flags_that_a_packet_does_not_use(data: bytes, packet: Packet) -> None:
    assert read(data, 3) == [packet]
    with pytest.raises(MqttError):
        read(data, 4)


def test_version_3_1_ignores_unused_flags_of_connect() -> None:
    data = bytearray(emit(Connect("a", True, 10, None, None, None, level=3)))
    data[11] |= 0x29
    assert read(bytes(data)) == [Connect("a", True, 10, None, None, None, level=3)]


@pytest.mark.parametrize(
    ("name", "level", "said"),
    [("MQIsdp", 4, 0), ("MQIsdp", 0x83, 0x83), ("MQTT", 3, 0), ("MQTT", 0x84, 0x84)],
)
def test_a_version_that_nobody_knows_is_no_garbage(name: str, level: int, said: int) -> None:
    body = len(name).to_bytes(2) + name.encode() + bytes([level, 2, 0, 0, 0, 0])
    assert read(bytes([0x10, len(body)]) + body) == [Connect("", True, 0, None, None, None, said)]


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
        emit(Publish(Publication("a", Huge())))


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
