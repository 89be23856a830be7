"""ELF of any toolchain, and what only looks like one."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.content import Damaged
from renode_wifi.emulation.image.formats import elf
from renode_wifi.emulation.image.load import load_image
from renode_wifi.emulation.image.segments import Segment
from tests.emulation.image.formats.test_build_attributes import ARMCL, CORTEX_M4
from tests.emulation.image.writers import PROBE, build_attributes, outcome
from tests.emulation.image.writers import elf as write

FLASH = Segment(0x0100_0800, b"\x00\x10\x00\x20\x41\x08\x00\x01")


def test_an_elf_is_loaded_by_physical_address_with_symbols() -> None:
    image = load_image(PROBE)
    assert image.kind == "ELF"
    assert image.segments[0].address == 0x0800_0000
    entry = image.word(0x0800_0004)
    assert entry is not None
    assert image.symbols.describe(entry) == "on_reset"
    assert "main" in image.symbols
    stack = image.symbols.get("stack_top")  # of the linker script
    assert stack is not None
    assert stack.address == image.word(0x0800_0000)


def test_source_lines_come_from_dwarf() -> None:
    image = load_image(PROBE)
    main = image.symbols.get("main")
    assert main is not None
    line = image.lines.at(main.address)
    assert line is not None
    assert line.file == "probe.c"


@pytest.mark.parametrize("name", ["firmware.out", "firmware.axf", "firmware"])
def test_the_name_makes_no_difference(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(write([FLASH], build_attributes((b"aeabi", CORTEX_M4)), entry=0x0100_0841))
    image = load_image(path)
    assert (image.kind, image.segments, image.entry) == ("ELF", [FLASH], 0x0100_0841)


@pytest.mark.parametrize(
    "attributes",
    [
        b"",
        build_attributes((b"TI", ARMCL), (b"aeabi", CORTEX_M4)),
        build_attributes((b"TI", ARMCL)),
        b"B-from-the-future",
        build_attributes((b"aeabi", CORTEX_M4))[:-3],
        b"A\0\0\0\0TI\0",
        b"A\xff\xff\xff\xffTI\0",
        build_attributes((b"aeabi", b"\x06" + b"\xff" * 30 + b"\x01\x07M")),
    ],
    ids=[
        "none",
        "TI's compiler",
        "TI's only",
        "another format",
        "damaged",
        "no size",
        "beyond the end",
        "no architecture",
    ],
)
def test_no_file_is_refused_for_attributes_that_it_need_not_have(attributes: bytes) -> None:
    assert elf.read(write([FLASH], attributes)).segments == [FLASH]


SECTIONS = write([FLASH], build_attributes((b"aeabi", CORTEX_M4)), symbols=[("main", 1, 2)])


@given(
    section=st.integers(0, 3),
    field=st.integers(0, 9),
    value=st.sampled_from([0, 1, 0x7F00_0000, 0xFFFF_FFFF]),
)
def test_damaged_sections_cost_their_symbols_only(section: int, field: int, value: int) -> None:
    (table,) = struct.unpack_from("<I", SECTIONS, 32)
    data = bytearray(SECTIONS)
    struct.pack_into("<I", data, table + section * 40 + field * 4, value)
    assert elf.read(bytes(data)).segments == [FLASH]


@pytest.mark.parametrize(
    ("offset", "value"), [(46, 0), (48, 0), (48, 999), (50, 0), (50, 99), (50, 0xFFFF)]
)
def test_a_program_needs_no_table_of_sections(offset: int, value: int) -> None:
    data = bytearray(SECTIONS)
    struct.pack_into("<H", data, offset, value)
    assert elf.read(bytes(data)).segments == [FLASH]


def test_a_copy_that_was_cut_short_is_truncated() -> None:
    with pytest.raises(Damaged, match="truncated: its table of sections"):
        elf.read(SECTIONS[: len(SECTIONS) // 2])


def test_without_physical_addresses_the_virtual_ones_count() -> None:
    data = bytearray(SECTIONS)
    struct.pack_into("<I", data, 52 + 12, 0)
    assert elf.read(bytes(data)).segments == [FLASH]


def test_an_elf_of_another_machine_is_reported_by_name(tmp_path: Path) -> None:
    data = bytearray(PROBE.read_bytes())
    data[18:20] = (62).to_bytes(2, "little")
    path = tmp_path / "foreign.elf"
    path.write_bytes(data)
    with pytest.raises(RenodeWifiError, match="x64"):
        load_image(path)


@pytest.mark.parametrize(
    ("built", "wanted", "message"),
    [
        (b"\x07M", b"\x07A", "for Cortex-A; the boards have a Cortex-M4"),
        (b"\x07M", b"\x07R", "for Cortex-R"),
        (b"\x06\x0d\x07M", b"\x06\x11\x07M", "for an Armv8-M core"),
    ],
)
def test_an_elf_of_another_arm_core_is_reported_by_name(
    tmp_path: Path, built: bytes, wanted: bytes, message: str
) -> None:
    data = PROBE.read_bytes()
    attributes = data.index(b"aeabi\0")
    path = tmp_path / "other.elf"
    path.write_bytes(data[:attributes] + data[attributes:].replace(built, wanted, 1))
    with pytest.raises(RenodeWifiError, match=message):
        load_image(path)


def test_an_object_file_is_not_a_program(tmp_path: Path) -> None:
    data = bytearray(PROBE.read_bytes())
    data[16:18] = (1).to_bytes(2, "little")
    path = tmp_path / "object.elf"
    path.write_bytes(data)
    with pytest.raises(RenodeWifiError, match="object file"):
        load_image(path)


def test_an_elf_without_anything_to_load_is_no_program() -> None:
    with pytest.raises(Damaged, match="nothing to load"):
        elf.read(write([]))


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_damaged_elf_files_end_in_one_error_or_an_image(data: st.DataObject) -> None:
    content = bytearray(PROBE.read_bytes())
    del content[data.draw(st.integers(0, len(content))) :]
    for _ in range(data.draw(st.integers(0, 8))):
        if content:
            content[data.draw(st.integers(0, min(len(content), 400) - 1))] = data.draw(
                st.integers(0, 255)
            )
    assert outcome(elf.read, bytes(content))


def test_segments_that_share_all_their_bytes_are_not_loaded() -> None:
    """A file of 2 MB would stand for 10 GB."""
    count, content = 10_000, bytes(1 << 20)
    data = bytearray(write([Segment(0x0800_0000, content)]))
    header = bytes(data[52 : 52 + 32])
    (offset,) = struct.unpack_from("<I", header, 4)
    struct.pack_into("<I", data, 28, len(data))  # e_phoff
    struct.pack_into("<H", data, 44, count)  # e_phnum
    assert offset == 52 + 32
    with pytest.raises(Damaged, match="truncated or damaged"):
        elf.read(bytes(data) + header * count)


def test_names_of_symbols_that_share_all_their_letters_are_not_read() -> None:
    name = "a" * 100_000
    good = write([FLASH], symbols=[(name, 0x0100_0800, 2)])
    assert [symbol.name for symbol in elf.read(good).symbols] == [name]
    symbols = [("", 0x0100_0800, 2)] * 2_000
    data = bytearray(write([FLASH], symbols=[(name, 0x0100_0800, 2), *symbols]))
    # Each of them gets the name of the first.
    first = struct.pack("<I", len(b"\0.ARM.attributes\0.shstrtab\0.symtab\0"))
    table = data.index(first + struct.pack("<I", 0x0100_0801))
    for index in range(1, len(symbols) + 1):
        data[table + 16 * index : table + 16 * index + 4] = first
    assert elf.read(bytes(data)).symbols == []
