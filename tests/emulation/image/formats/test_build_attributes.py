"""Build attributes: those of "aeabi" count, all others are passed over."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.emulation.image.formats.build_attributes import (
    Cpu,
    cpu,
    foreign_core,
    public_attributes,
)
from tests.emulation.image.writers import build_attributes

CORTEX_M4 = b"\x05Cortex-M4\0\x06\x0d\x07M"
ARMCL = b"\x0a\x02\x0c\x05\x80\x02\x01"
"""What TI's compiler writes for vendor "TI": tags of its own, one of two bytes."""


def test_the_cpu_is_reported_by_the_public_attributes() -> None:
    assert cpu(build_attributes((b"aeabi", CORTEX_M4))) == Cpu(13, "M")


@pytest.mark.parametrize("others", [[(b"TI", ARMCL)], [(b"TI", ARMCL), (b"IAR", b"\xff\xff")]])
def test_other_vendors_are_skipped_by_their_size(others: list[tuple[bytes, bytes]]) -> None:
    assert cpu(build_attributes(*others, (b"aeabi", CORTEX_M4))) == Cpu(13, "M")
    assert cpu(build_attributes((b"aeabi", CORTEX_M4), *others)) == Cpu(13, "M")
    assert cpu(build_attributes(*others)) == Cpu(0, "")


def test_tags_with_texts_are_passed_over() -> None:
    section = build_attributes(
        (b"aeabi", b"\x20\x01gnu\0\x43" + b"2.09\0\x44\x01\x04raw\0\x07M\x06\x11")
    )
    assert public_attributes(section) == {32: 1, 67: b"2.09", 68: 1, 4: b"raw", 7: 77, 6: 17}


@pytest.mark.parametrize(
    ("attributes", "core"),
    [
        (CORTEX_M4, None),
        (b"\x06\x0a\x07A", "Cortex-A"),
        (b"\x06\x0a\x07R", "Cortex-R"),
        (b"\x06\x11\x07M", "an Armv8-M core such as Cortex-M33"),
        (b"\x06\x0d\x07\0", None),
    ],
)
def test_a_core_that_no_board_has_is_named(attributes: bytes, core: str | None) -> None:
    assert foreign_core(build_attributes((b"aeabi", attributes))) == core


@given(st.binary(max_size=80))
def test_damage_does_no_harm(tail: bytes) -> None:
    public_attributes(tail)
    public_attributes(b"A" + tail)
    good = build_attributes((b"aeabi", CORTEX_M4))
    for end in range(len(good)):
        assert cpu(good[:end] + tail).architecture >= 0
