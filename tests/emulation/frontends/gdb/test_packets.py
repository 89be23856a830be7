"""Framing of the remote serial protocol."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.emulation.frontends.gdb.packets import (
    MAX_PACKET,
    Packet,
    PacketDecoder,
    Signal,
    encode,
    escape,
    unescape,
)


def decode(*pieces: bytes) -> list[Packet | Signal]:
    decoder = PacketDecoder()
    return [item for piece in pieces for item in decoder.feed(piece)]


def test_a_packet_as_the_manual_has_it() -> None:
    assert encode(b"OK") == b"$OK#9a"
    assert decode(b"$OK#9a") == [Packet(b"OK")]


def test_reserved_bytes_are_escaped() -> None:
    assert encode(b"#}") == b"$}\x03}]#" + b"%02x" % (sum(b"}\x03}]") & 0xFF)


def test_signals_between_packets() -> None:
    assert decode(b"+\x03-$?#3f") == [
        Signal.ACK,
        Signal.INTERRUPT,
        Signal.NACK,
        Packet(b"?"),
    ]


def test_a_wrong_checksum_is_reported() -> None:
    assert decode(b"$OK#9b", b"$OK#zz", b"$OK#9a") == [
        Signal.DAMAGED,
        Signal.DAMAGED,
        Packet(b"OK"),
    ]


def test_a_packet_whose_end_is_lost_is_followed_by_the_next() -> None:
    assert decode(b"$lost$OK#9a") == [Packet(b"OK")]


def test_a_packet_that_is_too_long_is_not_kept() -> None:
    assert decode(encode(b"x" * (MAX_PACKET + 1)), encode(b"OK")) == [
        Signal.DAMAGED,
        Packet(b"OK"),
    ]


@given(st.binary(max_size=300))
def test_escaped_data_comes_back(data: bytes) -> None:
    assert unescape(escape(data)) == data


@given(st.lists(st.binary(max_size=60), max_size=6), st.data())
def test_packets_come_back_however_they_are_cut(packets: list[bytes], data: st.DataObject) -> None:
    stream = b"+".join(encode(packet) for packet in packets)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    found = [item for item in decode(*pieces) if isinstance(item, Packet)]
    assert found == [Packet(packet) for packet in packets]


@given(st.lists(st.binary(max_size=40), max_size=10))
def test_noise_never_breaks_the_decoder(pieces: list[bytes]) -> None:
    decoder = PacketDecoder()
    for piece in pieces:
        decoder.feed(piece)
    # What noise has begun ends with the next "$", or at most three bytes behind a "#".
    items = decoder.feed(b"###" + encode(b"OK"))
    assert items[-1] == Packet(b"OK")
