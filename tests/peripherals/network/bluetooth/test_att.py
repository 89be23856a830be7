"""PDUs of the Attribute Protocol, and identifiers."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renode_wifi.peripherals.network.bluetooth import advertising, att
from renode_wifi.peripherals.network.contract.bluetooth import (
    RANDOM,
    parse_address,
    parse_uuid,
    show_uuid,
)


@pytest.mark.parametrize("kind", att.PDUS.values(), ids=lambda kind: kind.__name__)
@settings(max_examples=10)
@given(data=st.data())
def test_emit_writes_what_parse_reads(kind: type[att.AttPdu], data: st.DataObject) -> None:
    count = len(fields(kind)) - kind.TAIL  # type: ignore[arg-type]
    numbers = [data.draw(st.integers(0, 255)) for _ in range(count)]
    tail = [data.draw(st.binary(max_size=20))] if kind.TAIL else []
    pdu = kind(*numbers, *tail)
    assert att.parse_pdu(pdu.emit()) == pdu


@given(st.binary(max_size=30))
def test_bytes_are_a_pdu_or_refused(raw: bytes) -> None:
    try:
        pdu = att.parse_pdu(raw)
    except ValueError:
        return
    assert pdu.emit() == raw


def test_uuids_are_kept_lowest_byte_first() -> None:
    assert parse_uuid("0x2A37") == b"\x37\x2a"
    long = "0000fe40-cc7a-482a-984a-7f2ed5b3e58f"
    assert show_uuid(parse_uuid(long)) == long
    with pytest.raises(ValueError, match="neither"):
        parse_uuid("2a3")


def test_addresses_have_a_type() -> None:
    address = parse_address("C0:11:22:33:44:55 random")
    assert (address.octets[0], address.kind, str(address)) == (0x55, RANDOM, "C0:11:22:33:44:55")
    for wrong in ("C01122334455", "C0:11:22:33:44", "C0:11:22:33:44:55 public"):
        with pytest.raises(ValueError, match=r"."):
            parse_address(wrong)


@given(st.binary(max_size=40))
def test_structures_of_advertising_data_end_where_the_data_do(data: bytes) -> None:
    assert sum(map(len, advertising.structures(data).values())) <= len(data)


def test_a_name_that_is_too_long_is_cut() -> None:
    data = advertising.discoverable(b"a" * 40)
    assert len(data) == advertising.MAX_DATA
    assert advertising.local_name(data) == "a" * 26
