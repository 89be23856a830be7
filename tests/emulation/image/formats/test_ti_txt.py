"""TI-TXT: sections of bytes, and damage by its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.emulation.image.content import Damaged
from renode_wifi.emulation.image.formats import ti_txt
from renode_wifi.emulation.image.load import load_image
from renode_wifi.emulation.image.segments import Segment
from tests.emulation.image.writers import outcome

TEXT = "@01000800\n00 40 00 20 41 08 00 01\n12 34\n@1000900\nab CD\nq\n"
SEGMENTS = [
    Segment(0x0100_0800, bytes.fromhex("0040002041080001 1234")),
    Segment(0x0100_0900, b"\xab\xcd"),
]


def test_sections_are_read_whatever_the_file_s_name(tmp_path: Path) -> None:
    path = tmp_path / "firmware.txt"
    path.write_text(TEXT)
    image = load_image(path)
    assert (image.kind, image.segments) == ("TI-TXT", SEGMENTS)


def test_joined_files_are_read_as_a_whole() -> None:
    assert ti_txt.read((TEXT + "@2000\n00\nq\n").encode()).segments == [
        Segment(0x2000, b"\0"),
        *SEGMENTS,
    ]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("@1000\n00 0\nq\n", 2, "damaged line"),
        ("@1000\n00 zz\nq\n", 2, "damaged line"),
        ("00 11\nq\n", 1, "in front of an address"),
        ("@1000\n00\nq\n11\n", 4, "in front of an address"),
        ("@1000\n00 11\n", 0, "truncated"),
        ("@1000\nq\n", 0, "no data"),
        ("@1000\n00\n@1000\n11\nq\n", 0, "two different bytes"),
    ],
)
def test_damage_is_reported_by_its_line(text: str, line: int, message: str) -> None:
    with pytest.raises(Damaged, match=message) as caught:
        ti_txt.read(text.encode())
    assert caught.value.line == line


@given(at=st.integers(0, len(TEXT) - 1), byte=st.integers(0, 255))
def test_damaged_files_end_in_one_error_or_an_image(at: int, byte: int) -> None:
    data = bytearray(TEXT.encode())
    data[at] = byte
    assert outcome(ti_txt.read, bytes(data))
