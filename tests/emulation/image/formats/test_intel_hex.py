"""Intel HEX: what any tool writes, files joined by hand, and damage message by its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.content import Damaged
from renode_wifi.emulation.image.formats import intel_hex
from renode_wifi.emulation.image.load import load_image
from renode_wifi.emulation.image.segments import Segment, merged
from tests.emulation.image.writers import HEX_END, hex_record, outcome
from tests.emulation.image.writers import intel_hex as write

SEGMENTS = st.lists(
    st.builds(Segment, st.integers(0, 0x30000), st.binary(min_size=1, max_size=80)),
    min_size=1,
    max_size=4,
    unique_by=lambda segment: segment.address // 100,
).filter(
    lambda segments: (
        not any(
            one is not two and one.address <= two.address < one.end
            for one in segments
            for two in segments
        )
    )
)


@given(segments=SEGMENTS, width=st.integers(1, 255))
def test_what_was_written_is_read(segments: list[Segment], width: int) -> None:
    content = intel_hex.read(write(segments, width, start=0x0100_0801).encode())
    assert content.segments == merged(segments)
    assert content.entry == 0x0100_0801


def test_joined_files_are_read_as_a_whole_whatever_their_start_addresses() -> None:
    boot, application = Segment(0x0800_0000, b"boot"), Segment(0x0801_0000, b"application")
    first = write([boot], start=0x0800_0101)
    second = write([application], start=0x0801_0101)
    for text in (first + second, first.replace(HEX_END, "") + second):
        assert intel_hex.read(text.encode()).segments == [boot, application]


def test_segment_addresses_and_their_start_are_known() -> None:
    text = "\n".join(
        [hex_record(2, 0, b"\x12\x34"), hex_record(0, 5, b"x"), hex_record(3, 0, bytes(4)), HEX_END]
    )
    assert intel_hex.read(text.encode()).segments == [Segment(0x12345, b"x")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\n", " \n", "\x1a\n"])
def test_lines_end_as_any_system_has_them(end: str) -> None:
    text = write([Segment(0, b"abc")]).replace("\n", end)
    assert intel_hex.read(text.encode()).segments == [Segment(0, b"abc")]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (":10000000ZZ", 1, "damaged record"),
        ("\n:01000000", 2, "damaged record"),
        (":0100000061AA\n" + HEX_END, 1, "checksum is AA where 9E"),
        (hex_record(0, 0, b"a") + "\nnot a record\n", 2, "damaged record"),
        (hex_record(9, 0, b"a"), 1, "unknown type 9"),
        (hex_record(4, 0, b"a"), 1, "type 4 with 1 bytes"),
        (hex_record(0, 0, b"a") + "\n", 0, "truncated"),
        (HEX_END, 0, "no data"),
        ("\n".join([hex_record(0, 0, b"a"), hex_record(0, 0, b"b"), HEX_END]), 0, "two different"),
    ],
)
def test_damage_is_reported_by_its_line(text: str, line: int, message: str) -> None:
    with pytest.raises(Damaged, match=message) as caught:
        intel_hex.read(text.encode())
    assert caught.value.line == line


def test_byte_order_mark_and_comments_are_skipped(tmp_path: Path) -> None:
    path = tmp_path / "image"
    record = hex_record(0, intel_hex.DATA, b"data")
    path.write_text(f"\ufeff# made by hand\n; twice\n{record}\n# the end\n{HEX_END}\n", "utf-8")
    image = load_image(path)
    assert image.kind == intel_hex.KIND
    assert image.segments == [Segment(0, b"data")]


def test_an_error_names_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "broken.hex"
    path.write_text(":0100000061AA\n")
    with pytest.raises(RenodeWifiError, match=r"broken\.hex:1"):
        load_image(path)


def test_a_hex_file_is_known_by_its_records_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "probe.txt"
    path.write_text(write([Segment(0x0800_0000, b"abc")]))
    assert load_image(path).kind == "Intel HEX"


@settings(max_examples=200)
@given(st.data())
def test_damaged_files_end_in_one_error_or_an_image(data: st.DataObject) -> None:
    text = bytearray(write([Segment(0xFFF0, bytes(range(64)))], start=1).encode())
    for _ in range(data.draw(st.integers(0, 4))):
        text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    assert outcome(intel_hex.read, bytes(text))
