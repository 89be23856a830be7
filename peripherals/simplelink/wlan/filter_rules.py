"""What a receive filter compares: fields of packets, and arguments (wlan.h, SlWlanRxFilter...)."""

from __future__ import annotations

from ipaddress import AddressValueError, IPv4Address

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.contract.packets import TCP, UDP, IpPacket
from renode_wifi.peripherals.simplelink.messages.filters import Header
from renode_wifi.peripherals.simplelink.opcodes import Error

(
    FRAME_TYPE,
    FRAME_SUBTYPE,
    BSSID,
    SOURCE_MAC,
    DESTINATION_MAC,
    FRAME_LENGTH,
    ETHER_TYPE,
    IP_VERSION,
    IP_PROTOCOL,
    IPV4_SOURCE,
    IPV4_DESTINATION,
    IPV6_SOURCE,
    IPV6_DESTINATION,
    SOURCE_PORT,
    DESTINATION_PORT,
) = range(1, 16)
PAYLOAD, FRAME = 19, 20
FIELDS = (*range(FRAME_TYPE, DESTINATION_PORT + 1), PAYLOAD, FRAME)
SIZES = {
    FRAME_TYPE: 1,
    FRAME_SUBTYPE: 1,
    BSSID: 6,
    SOURCE_MAC: 6,
    DESTINATION_MAC: 6,
    FRAME_LENGTH: 4,
    ETHER_TYPE: 4,
    IP_VERSION: 1,
    IP_PROTOCOL: 1,
    IPV4_SOURCE: 4,
    IPV4_DESTINATION: 4,
    SOURCE_PORT: 4,
    DESTINATION_PORT: 4,
}
"""Bytes of an argument. Fields of IPv6 are in no packet here."""
NUMBERS = (FRAME_LENGTH, ETHER_TYPE, SOURCE_PORT, DESTINATION_PORT)
"""Little-endian ones."""
BETWEEN, EQUAL, NOT_EQUAL, NOT_BETWEEN = range(4)
COMPARISONS = (BETWEEN, EQUAL, NOT_EQUAL, NOT_BETWEEN)
TEXT_SIZES = {
    FRAME_TYPE: 4,
    IP_VERSION: 4,
    IP_PROTOCOL: 5,
    IPV4_SOURCE: 16,
    IPV4_DESTINATION: 16,
    BSSID: 18,
    SOURCE_MAC: 18,
    DESTINATION_MAC: 18,
}
"""Bytes of an argument in ASCII, for the fields that may have such."""
WORDS = {
    FRAME_TYPE: {b"MGMT": 0, b"CTRL": 1, b"DATA": 2},
    IP_VERSION: {b"IPV4": 4, b"IPV6": 6},
    IP_PROTOCOL: {b"ICMP": 1, b"IGMP": 2, b"TCP": 6, b"UDP": 17, b"ICMP6": 58},
}
MAX_PATTERN, MAX_OFFSET = 16, 1535

DATA_TYPE, QOS_DATA = 2, 0x88
ETHER_IPV4 = 0x0800
MAC_HEADER, IP_HEADER = 26 + 8, 20
"""Of a QoS data frame with LLC and SNAP, and of IPv4."""
TRANSPORT_HEADERS = {TCP: 20, UDP: 8}


@late_dataclass(frozen=True)
class Surrounding:
    """What a frame has beside its packet: addresses of the link."""

    bssid: bytes
    source: bytes
    destination: bytes


def judge(header: Header, binary: bool) -> int:
    """The status of adding a filter with such a rule."""
    if header.field not in FIELDS:
        return Error.RXFL_FIELD
    if header.compare not in COMPARISONS:
        return Error.RXFL_COMPARISON
    if header.field in (PAYLOAD, FRAME):
        offset, length = int.from_bytes(header.values[:2], "little"), header.values[2]
        if length > MAX_PATTERN:
            return Error.RXFL_PATTERN_LENGTH
        if offset > MAX_OFFSET:
            return Error.RXFL_PATTERN_OFFSET
        return 0 if header.compare in (EQUAL, NOT_EQUAL) else Error.RXFL_EQUAL_ONLY
    if not binary:
        if header.field not in TEXT_SIZES:
            return Error.RXFL_ASCII_FIELD
        if any(each is None for each in _arguments(header, binary)[:1]):
            return Error.RXFL_FRAME_TYPE
    return 0


def matches(header: Header, binary: bool, packet: IpPacket, around: Surrounding) -> bool:
    if header.field in (PAYLOAD, FRAME):
        found = _pattern(header, packet)
    else:
        value = _value(header.field, packet, around)
        if value is None:
            return False
        mask = header.mask[: len(value)]
        if header.field in NUMBERS:
            mask = mask[::-1]
        first, second = _arguments(header, binary)
        if header.compare in (EQUAL, NOT_EQUAL):
            found = first is not None and _masked(value, mask) == _masked(first, mask)
        else:
            low, high = first or b"", second or b""
            found = _masked(low, mask) <= _masked(value, mask) <= _masked(high, mask)
    return found is (header.compare in (EQUAL, BETWEEN))


def _pattern(header: Header, packet: IpPacket) -> bool:
    if header.field == FRAME:
        return False
    offset, length = int.from_bytes(header.values[:2], "little"), header.values[2]
    pattern, mask = header.values[4 : 4 + length], header.mask[:length]
    found = packet.payload[offset : offset + length]
    return len(found) == length and _masked(found, mask) == _masked(pattern, mask)


def _masked(value: bytes, mask: bytes) -> bytes:
    return bytes(each & bits for each, bits in zip(value, mask, strict=False))


def _value(field: int, packet: IpPacket, around: Surrounding) -> bytes | None:
    """The field of a packet, most significant byte first."""
    length = MAC_HEADER + IP_HEADER + TRANSPORT_HEADERS.get(packet.protocol, 8)
    return {
        FRAME_TYPE: bytes((DATA_TYPE,)),
        FRAME_SUBTYPE: bytes((QOS_DATA,)),
        BSSID: around.bssid,
        SOURCE_MAC: around.source,
        DESTINATION_MAC: around.destination,
        FRAME_LENGTH: (length + len(packet.payload)).to_bytes(4, "big"),
        ETHER_TYPE: ETHER_IPV4.to_bytes(4, "big"),
        IP_VERSION: b"\4",
        IP_PROTOCOL: bytes((packet.protocol,)),
        IPV4_SOURCE: packet.source[0].packed,
        IPV4_DESTINATION: packet.destination[0].packed,
        SOURCE_PORT: packet.source[1].to_bytes(4, "big"),
        DESTINATION_PORT: packet.destination[1].to_bytes(4, "big"),
    }.get(field)


def _arguments(header: Header, binary: bool) -> tuple[bytes | None, bytes | None]:
    field = header.field
    size = (SIZES if binary else TEXT_SIZES).get(field)
    if size is None:
        return None, None
    raw = (header.values[:size], header.values[size : 2 * size])
    first, second = (each if binary else _of_text(field, each) for each in raw)
    if field in NUMBERS and first is not None and second is not None:
        return first[::-1], second[::-1]
    return first, second


def _of_text(field: int, text: bytes) -> bytes | None:
    text = text.rstrip(b"\0")
    if field in WORDS:
        number = WORDS[field].get(text)
        return None if number is None else bytes((number,))
    try:
        if field in (IPV4_SOURCE, IPV4_DESTINATION):
            return IPv4Address(text.decode("ascii")).packed
        mac = bytes.fromhex(text.decode("ascii").replace(":", ""))
    except (AddressValueError, ValueError):
        return None
    return mac if len(mac) == 6 else None
