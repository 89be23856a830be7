"""What fits on a board, and where a raw binary belongs."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.image import Image
from renode_wifi.emulation.image.load import load_image
from renode_wifi.emulation.image.segments import Segment
from renode_wifi.emulation.platform import boards

ST, TI = "b_l475e_iot01a", "cc3220sf_launchxl"


def binary(stack: int, entry: int, behind: int = 0) -> bytes:
    return bytes(behind) + struct.pack("<II", stack, entry) + bytes(64)


@pytest.mark.parametrize(
    ("name", "data", "place"),
    [
        (ST, binary(0x2001_8000, 0x0800_0011), 0x0800_0000),
        (TI, binary(0x2004_0000, 0x0100_0811), 0x0100_0800),
        (TI, binary(0x2000_1000, 0x0100_0811, behind=0x800), 0x0100_0000),
        (TI, binary(0x2001_8000, 0x0800_0011), None),
        (ST, binary(0x2001_8000, 0x0800_0010), None),
        (ST, binary(0x2001_8002, 0x0800_0011), None),
        (ST, binary(0x2001_8000, 0x0800_0111), None),
        (ST, b"", None),
        (TI, b"\0" * 0x805, None),
    ],
)
def test_a_binary_belongs_where_its_vector_table_fits(
    name: str, data: bytes, place: int | None
) -> None:
    assert boards.find(name).place(data) == place


def test_a_board_takes_a_binary_without_an_address(tmp_path: Path) -> None:
    path = tmp_path / "firmware.bin"
    path.write_bytes(binary(0x2004_0000, 0x0100_0811))
    board = boards.find(TI)
    image = load_image(path, guess=board.place)
    assert board.misfit(image) is None


def test_files_without_a_program_are_reported_apart() -> None:
    with pytest.raises(RenodeWifiError, match="no program"):
        boards.find(TI).check(Image(Path("files"), "folder", [], files={"page.html": b"x"}))


def test_an_image_for_ram_is_reported_apart() -> None:
    image = Image(Path("ram.out"), "ELF", [Segment(0x2000_4000, binary(0x2004_0000, 0x2000_4009))])
    with pytest.raises(RenodeWifiError, match=r"linked for RAM.*CC3220S"):
        boards.find(TI).check(image)


def test_a_script_of_ones_own_is_the_board_that_it_includes(tmp_path: Path) -> None:
    script = tmp_path / "mine.resc"
    script.write_text(f"# Mine.\n  include @platforms/{ST}.resc\nlog 'made'\n")
    board = boards.find(str(script))
    assert (board.name, board.script) == (ST, script)
    assert board.ram == boards.find(ST).ram


@pytest.mark.parametrize(
    "text", ["", "include @other.resc", f"i @{ST}.resc\ni @{TI}.resc", f"# include @{ST}.resc"]
)
def test_a_script_that_makes_no_board_is_refused(tmp_path: Path, text: str) -> None:
    script = tmp_path / "mine.resc"
    with pytest.raises(RenodeWifiError, match="cannot read the script"):
        boards.find(str(script))
    script.write_text(text)
    with pytest.raises(RenodeWifiError, match="no board of this package, or several"):
        boards.find(str(script))
