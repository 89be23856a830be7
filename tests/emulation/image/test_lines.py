"""Source lines and frames of an image, decoded as they are asked for."""

from __future__ import annotations

import pickle
import struct
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from renode_wifi.emulation.image.lines import LineTable
from renode_wifi.emulation.image.load import load_image
from tests.emulation.image.writers import PROBE

SHELL = PROBE.parents[1] / "shell" / PROBE.name
ZEPHYR = PROBE.parents[1] / "threads" / "zephyr.elf"


def lines(path: Path) -> dict[str, str]:
    image = load_image(path)
    return {symbol.name: str(image.lines.at(symbol.address)) for symbol in image.symbols}


@pytest.mark.parametrize("path", [SHELL, ZEPHYR], ids=lambda path: path.stem)
def test_lines_are_found_with_and_without_the_compilers_list_of_units(
    path: Path, tmp_path: Path
) -> None:
    listed = lines(path)
    assert sum(line != "None" for line in listed.values()) > 5
    other = tmp_path / path.name
    other.write_bytes(path.read_bytes().replace(b".debug_aranges", b".debug_changes"))
    assert lines(other) == listed


def test_a_unit_that_is_not_listed_is_found_beside_listed_ones(tmp_path: Path) -> None:
    image = load_image(SHELL)
    main = image.symbols.get("main")
    assert main is not None
    data = bytearray(SHELL.read_bytes())
    with SHELL.open("rb") as stream:
        elf = ELFFile(stream)
        section = elf.get_section_by_name(".debug_aranges")
        listed = elf.get_dwarf_info().get_aranges()
        assert listed is not None
        unit = listed.cu_offset_at_addr(main.address)
    # Length, version, the unit's place; pairs of address and length follow at 16 (DWARF 6.1.2).
    at = section["sh_offset"]
    while struct.unpack_from("<I", data, at + 6)[0] != unit:
        at += 4 + struct.unpack_from("<I", data, at)[0]
    struct.pack_into("<I", data, at + 6, 0 if unit else 1)
    for pair in range(at + 16, at + 4 + struct.unpack_from("<I", data, at)[0] - 8, 8):
        struct.pack_into("<I", data, pair, 0x0900_0000)
    other = tmp_path / SHELL.name
    other.write_bytes(data)
    assert load_image(other).lines.at(main.address) == image.lines.at(main.address) is not None


def test_what_is_no_elf_file_has_no_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(bytes(100))
    assert LineTable.of(path).at(0) is None


def test_lines_go_to_another_process() -> None:
    table = LineTable.of(SHELL)
    main = load_image(SHELL).symbols.get("main")
    assert main is not None
    expected = table.at(main.address)
    assert expected is not None
    assert pickle.loads(pickle.dumps(table)).at(main.address) == expected


def test_a_damaged_frame_entry_takes_nothing_from_the_others(tmp_path: Path) -> None:
    image = load_image(SHELL)
    data = SHELL.read_bytes()
    functions = [symbol for symbol in image.symbols if image.unwind.is_exact(symbol.address)]
    damaged, kept = functions[0], functions[-1]
    head = damaged.address.to_bytes(4, "little")
    at = data.rindex(head + damaged.size.to_bytes(4, "little"))
    other = tmp_path / SHELL.name
    # Its common entry would be behind the section.
    other.write_bytes(data[: at - 4] + b"\xf0\xff\xff\x7f" + data[at:])
    state = dict.fromkeys(range(16), 0x2000_1000)

    def caller(path: Path, address: int) -> object:
        try:
            return load_image(path).unwind.caller(
                dict(state), lambda at, size: bytes(size), address
            )
        except Exception as error:
            return type(error)

    assert caller(other, kept.address) == caller(SHELL, kept.address) is not None
    assert caller(other, damaged.address) != caller(SHELL, damaged.address)
