"""UF2: blocks for this chip are taken, those of others passed over, lost ones noticed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renode_wifi.emulation.image.content import Damaged
from renode_wifi.emulation.image.formats import uf2
from renode_wifi.emulation.image.load import load_image
from renode_wifi.emulation.image.segments import Segment
from tests.emulation.image.writers import outcome
from tests.emulation.image.writers import uf2 as write

CODE = Segment(0x0800_0000, bytes(range(256)) * 3 + b"end")


@given(payload=st.integers(1, 476), family=st.sampled_from([None, uf2.STM32L4]))
def test_what_was_written_is_read(payload: int, family: int | None) -> None:
    assert uf2.read(write([CODE], family, payload)).segments == [CODE]


def test_blocks_may_come_in_any_order_and_twice() -> None:
    data = write([CODE])
    blocks = [data[at : at + 512] for at in range(0, len(data), 512)]
    assert uf2.read(b"".join([*reversed(blocks), blocks[0]])).segments == [CODE]


def test_blocks_of_other_chips_and_of_files_are_passed_over() -> None:
    other = write([Segment(0x1000_0000, b"other")], family=0xE48BFF56)
    assert uf2.read(other + write([CODE])).segments == [CODE]
    assert uf2.read(write([CODE], flags=1) + write([CODE])).segments == [CODE]
    with pytest.raises(Damaged, match="another family of chips"):
        uf2.read(other)


def test_joined_files_are_read_as_a_whole() -> None:
    more = Segment(0x0808_0000, b"data")
    assert uf2.read(write([CODE]) + write([more])).segments == [CODE, more]
    with pytest.raises(Damaged, match="2 of 4 blocks are missing"):
        uf2.read(write([CODE])[:1024] + write([more]))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (write([CODE])[:-1], "last block has fewer than 512"),
        (write([CODE])[:-512], "1 of 4 blocks are missing"),
        (write([CODE])[:512] + bytes(512), "damaged block at byte 512"),
        (write([CODE])[:20] + b"\x04" + write([CODE])[21:], "a block 4 of 4 at byte 0"),
        (write([CODE], flags=1), "no data for flash"),
        (write([CODE]) + write([Segment(CODE.address, b"xyz")], family=None), "two different"),
    ],
)
def test_damage_is_reported(data: bytes, message: str) -> None:
    with pytest.raises(Damaged, match=message):
        uf2.read(data)


def test_a_file_is_known_by_its_first_block(tmp_path: Path) -> None:
    path = tmp_path / "firmware.bin"
    path.write_bytes(write([CODE]))
    image = load_image(path)
    assert (image.kind, image.segments) == ("UF2", [CODE])


@settings(max_examples=100)
@given(st.data())
def test_damaged_files_end_in_one_error_or_an_image(data: st.DataObject) -> None:
    raw = bytearray(write([CODE]))
    for _ in range(data.draw(st.integers(0, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    assert outcome(uf2.read, bytes(raw))
