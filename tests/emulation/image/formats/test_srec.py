"""S-records of every width, and damage message by its line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.content import Damaged
from renode_wifi.emulation.image.formats import srec
from renode_wifi.emulation.image.load import load_image
from renode_wifi.emulation.image.segments import Segment, merged
from tests.emulation.image.writers import outcome, s_record
from tests.emulation.image.writers import srec as write


@given(
    kind=st.sampled_from("123"),
    start=st.integers(0, 0x8000),
    data=st.binary(min_size=1, max_size=300),
    width=st.integers(1, 200),
)
def test_what_was_written_is_read(kind: str, start: int, data: bytes, width: int) -> None:
    segments = [Segment(start, data), Segment(start + 0x1000, b"more")]
    content = srec.read(write(segments, kind, width, start=0x1234).encode())
    assert content.segments == merged(segments)
    assert content.entry == 0x1234


def test_joined_files_are_read_as_a_whole() -> None:
    boot, application = Segment(0x0800_0000, b"boot"), Segment(0x0801_0000, b"application")
    text = write([boot], start=0x0800_0101) + write([application], start=0x0801_0101)
    assert srec.read(text.encode()).segments == [boot, application]


@pytest.mark.parametrize(
    "written",
    [
        lambda text: text.lower().encode(),
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode() + b"\x1a\0\0",
        lambda text: b"; by hand\n# a\n" + text.encode(),
        lambda text: b"$$ prog\r\n  main $8000100\r\n$$ \r\n" + text.encode(),
        lambda text: text.replace("S7", "S404000000FB\nS7").encode(),
    ],
    ids=["lower case", "UTF-8", "UTF-16", "DOS", "comments", "symbols", "reserved"],
)
def test_what_tools_and_editors_add_is_passed_over(
    tmp_path: Path, written: Callable[[str], bytes]
) -> None:
    path = tmp_path / "firmware"
    path.write_bytes(written(write([Segment(0x0800_0000, b"abc")])))
    image = load_image(path)
    assert (image.kind, image.segments) == ("SREC", [Segment(0x0800_0000, b"abc")])


def test_a_start_address_of_zero_is_none() -> None:
    assert srec.read(write([Segment(0, b"a")]).encode()).entry is None


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("S1ZZ", 1, "damaged record"),
        ("SA030000FC", 1, "damaged record"),
        ("S1", 1, "damaged record"),
        ("\nhello", 2, "damaged record"),
        ("S10400006100", 1, "checksum is 00 where 9A"),
        ("S105000061" + "99", 1, "of 4 bytes that says 5"),
        (s_record("1", 0, b"a") + "\n" + s_record("5", 2), 2, "2 data records come before"),
        (s_record("1", 0, b"a"), 0, "truncated"),
        (s_record("9", 0), 0, "no data"),
        (
            "\n".join([s_record("1", 0, b"a"), s_record("1", 0, b"b"), s_record("9", 0)]),
            0,
            "two different bytes",
        ),
    ],
)
def test_damage_is_reported_by_its_line(text: str, line: int, message: str) -> None:
    with pytest.raises(Damaged, match=message) as caught:
        srec.read(text.encode())
    assert caught.value.line == line


def test_a_file_is_known_by_its_records_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "firmware.txt"
    path.write_text(write([Segment(0x0800_0000, b"abc")]))
    image = load_image(path)
    assert (image.kind, image.read(0x0800_0000, 3)) == ("SREC", b"abc")
    with pytest.raises(RenodeWifiError, match="carries its own addresses"):
        load_image(path, base=0)


@settings(max_examples=200)
@given(st.data())
def test_damaged_files_end_in_one_error_or_an_image(data: st.DataObject) -> None:
    text = bytearray(write([Segment(0xFFF0, bytes(range(64)))]).encode())
    for _ in range(data.draw(st.integers(0, 4))):
        text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    assert outcome(srec.read, bytes(text))
