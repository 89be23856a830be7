"""Declarations of registers: fields, masks, names, and values message by their fields."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.peripherals.base.registers import (
    CONSTANT,
    ONE_CLEARS,
    READ_ONLY,
    READ_WRITE,
    WRITE_ONLY,
    Field,
    Register,
    numbered,
    packed,
)

WORD = st.integers(0, 0xFFFFFFFF)

CR1 = Register(
    "CR1",
    0x00,
    fields=(
        Field("CPHA", 0),
        Field("MSTR", 2),
        Field("BR", 3, 3),
        Field("SPE", 6),
        Field("SSI", 8),
        Field("SSM", 9),
    ),
)


def test_a_field_s_mask_is_an_attribute_of_its_register() -> None:
    assert CR1.SPE == 1 << 6
    assert CR1.BR == 7 << 3
    with pytest.raises(AttributeError, match="register CR1 has no field DFF"):
        _ = CR1.DFF


def test_bits_in_no_field_are_reserved_unless_the_register_says_what_they_are() -> None:
    fields = (Field("EN", 0), Field("BUSY", 31, access=READ_ONLY))
    assert Register("CR", 0, fields=fields).mask(READ_WRITE) == 1
    partly = Register("CR", 0, rest=READ_WRITE, fields=fields)
    assert partly.mask(READ_WRITE) == partly.written() == 0x7FFFFFFF
    assert partly.mask(READ_ONLY) == 1 << 31


def test_a_field_is_an_item_of_its_register_with_its_value_in_a_word() -> None:
    assert CR1["BR"].get(0x37C) == 7
    assert CR1["BR"].put(0x37C, 2) == 0x354


@given(word=WORD, value=WORD, position=st.integers(0, 31), width=st.integers(1, 32))
def test_what_is_put_into_a_field_is_got_from_it(
    word: int, value: int, position: int, width: int
) -> None:
    field = Field("F", position, min(width, 32 - position))
    after = field.put(word, value)
    assert field.get(after) == value & ((1 << field.width) - 1)
    assert after & ~field.mask == word & ~field.mask


def test_an_array_of_fields_has_a_mask_for_each_and_for_all() -> None:
    flags = Register("ISR", 0, fields=(Field("TCIF", 1, count=7, stride=4, first=1),))
    assert flags.TCIF == 0x02222222
    assert flags.TCIF3 == 0x200
    assert flags["TCIF7"].position == 25
    tampers = Register("TAMPCR", 0, fields=(Field("TAMP{}E", 0, count=3, stride=2, first=1),))
    assert [tampers.TAMP1E, tampers.TAMP2E, tampers.TAMP3E] == [1, 4, 16]


def test_masks_are_derived_from_the_fields_kinds_of_access() -> None:
    mixed = Register(
        "MIXED",
        0,
        fields=(
            Field("STORED", 0, 4),
            Field("SHOWN", 4, 4, READ_ONLY),
            Field("SENT", 8, 4, WRITE_ONLY),
            Field("FLAG", 12, 1, ONE_CLEARS, count=2),
            Field("FIXED", 31, 1, CONSTANT),
        ),
    )
    assert mixed.mask(READ_WRITE) == 0xF
    assert mixed.mask(ONE_CLEARS) == 0x3000
    assert mixed.written() == 0x3F0F
    whole = Register("WHOLE", 0, access=READ_ONLY)
    assert whole.mask(READ_ONLY) == 0xFFFFFFFF
    assert whole.written() == 0


def test_registers_of_an_array_have_numbers_or_letters() -> None:
    assert Register("CCR", 0, count=2, first=1).names() == ["CCR1", "CCR2"]
    assert Register("PUCR", 0, count=3, first="ABC").names() == ["PUCRA", "PUCRB", "PUCRC"]
    assert Register("DIEP{}CTL", 0, count=2).names() == ["DIEP0CTL", "DIEP1CTL"]
    assert Register("SR", 0).names() == ["SR"]
    assert numbered("TAMP{}E", 3) == "TAMP3E"


def test_a_value_is_described_by_its_flags_and_then_its_numbers() -> None:
    assert CR1.describe(0x37C) == "0x37C (SSM SSI SPE MSTR BR=7)"
    assert CR1.describe(0) == "0x0"
    assert Register("DR", 0).describe(0x1234) == "0x1234"
    wide = Register("W", 0, fields=(Field("LOW", 0, 8), Field("HIGH", 8, 8)))
    assert wide.describe(0x0A0C) == "0xA0C (HIGH=0xA LOW=0xC)"


def test_packed_fields_follow_each_other_from_the_lowest_bit() -> None:
    register = Register("R", 0, fields=packed("EN MODE:2 -:5 RDY/r - FLAGS:2/rc_w1"))
    assert (register.EN, register.MODE, register.RDY, register.FLAGS) == (1, 6, 1 << 8, 3 << 10)
    assert register.mask(READ_ONLY) == 1 << 8
    assert register.mask(ONE_CLEARS) == 3 << 10
    assert register.mask(READ_WRITE) == 7
    assert packed("A", position=16)[0].mask == 1 << 16


def test_a_smaller_block_has_some_fields_of_a_register_and_of_an_array_of_fields() -> None:
    whole = Register("DIER", 0x0C, fields=(Field("UIE", 0), Field("CC{}IE", 1, count=4, first=1)))
    part = whole.only("CC1IE", "CC2IE")
    assert (part.name, part.offset, part.written()) == ("DIER", 0x0C, 0b110)
    assert (part.CC2IE, whole.only("CC{}IE").written()) == (0b100, 0b11110)
