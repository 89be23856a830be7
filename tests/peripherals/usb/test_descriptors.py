"""Descriptors as devices send them, whole and damaged."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.peripherals.usb.cdc_acm import functions
from renode_wifi.peripherals.usb.descriptors import (
    BULK,
    INTERRUPT,
    DeviceDescriptor,
    Endpoint,
    UsbConfiguration,
    parse_string,
)
from tests.peripherals.usb.rig import CONFIGURATION, DEVICE


def test_a_device_says_who_it_is() -> None:
    device = DeviceDescriptor.parse(DEVICE)
    assert (device.vendor, device.product, device.max_packet) == (0x1209, 1, 64)


def test_eight_bytes_of_a_device_give_the_size_of_endpoint_zero() -> None:
    assert DeviceDescriptor.parse(DEVICE[:8]).max_packet == 64


def test_a_serial_port_is_found_in_a_configuration() -> None:
    ((control, data),) = functions(UsbConfiguration.parse(CONFIGURATION))
    assert control.endpoint(INTERRUPT, True) == Endpoint(2, True, INTERRUPT, 8)
    assert data.endpoint(BULK, False) == Endpoint(1, False, BULK, 64)


def test_other_interfaces_are_no_serial_port() -> None:
    mouse = bytearray(CONFIGURATION)
    mouse[9 + 5] = 3
    assert functions(UsbConfiguration.parse(bytes(mouse))) == []


def test_a_string_is_utf16() -> None:
    assert parse_string(b"\x06\x03\xe4\x00\x3d\x20") == "ä‽"


@pytest.mark.parametrize("data", [b"", b"\x12\x02" + bytes(16), DEVICE[:7]])
def test_what_is_no_device_descriptor_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="no device descriptor"):
        DeviceDescriptor.parse(data)


@given(st.binary(max_size=80), st.integers(0, 66), st.integers(0, 255))
def test_damaged_descriptors_are_parsed_or_refused(data: bytes, place: int, value: int) -> None:
    damaged = bytearray(CONFIGURATION)
    damaged[place] = value
    for each in (data, bytes(damaged), CONFIGURATION[:place]):
        for parse in (UsbConfiguration.parse, DeviceDescriptor.parse, parse_string):
            with suppress(ValueError):
                parse(each)
