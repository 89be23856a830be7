"""Images of every kind, and everything that only looks like one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image import image as image_module
from renode_wifi.emulation.image.components import components
from renode_wifi.emulation.image.image import Image, Segment, Symbol, Symbols, load_image
from renode_wifi.emulation.platform.boards import all_boards, find

PROBE = Path(__file__).resolve().parents[3] / "firmware" / "probe" / "b_l475e_iot01a.elf"


def test_an_elf_is_loaded_by_physical_address_with_symbols() -> None:
    image = load_image(PROBE)
    assert image.kind == "ELF"
    assert image.segments[0].address == 0x0800_0000
    entry = image.word(0x0800_0004)
    assert entry is not None
    assert image.symbols.describe(entry) == "on_reset"
    assert "main" in image.symbols


def test_source_lines_come_from_dwarf() -> None:
    image = load_image(PROBE)
    main = image.symbols.get("main")
    assert main is not None
    line = image.lines.at(main.address)
    assert line is not None
    assert line.file == "probe.c"


def test_intel_hex_and_binary_hold_the_same_bytes_as_the_elf(tmp_path: Path) -> None:
    from intelhex import IntelHex

    elf = load_image(PROBE)
    segment = elf.segments[0]
    writer = IntelHex()
    writer.frombytes(segment.data, offset=segment.address)
    writer.write_hex_file(str(tmp_path / "probe.hex"))
    (tmp_path / "probe.bin").write_bytes(segment.data)
    from_hex = load_image(tmp_path / "probe.hex")
    from_binary = load_image(tmp_path / "probe.bin", base=segment.address)
    assert from_hex.segments == from_binary.segments == [segment]


def test_a_binary_without_address_says_what_to_give(tmp_path: Path) -> None:
    path = tmp_path / "firmware.bin"
    path.write_bytes(b"\0" * 64)
    with pytest.raises(RenodeWifiError, match="--base"):
        load_image(path)


def test_an_address_for_an_elf_is_refused() -> None:
    with pytest.raises(RenodeWifiError, match="carries its own addresses"):
        load_image(PROBE, base=0)


def test_missing_and_empty_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(RenodeWifiError, match=r"nowhere\.elf"):
        load_image(tmp_path / "nowhere.elf")
    (tmp_path / "empty.elf").touch()
    with pytest.raises(RenodeWifiError, match="empty"):
        load_image(tmp_path / "empty.elf")


def test_a_file_without_an_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_module, "LARGEST", 1 << 20)
    with pytest.raises(RenodeWifiError, match="more than 1 MB"):
        load_image("/dev/zero")


def test_an_elf_of_another_machine_is_told_by_name(tmp_path: Path) -> None:
    data = bytearray(PROBE.read_bytes())
    data[18:20] = (62).to_bytes(2, "little")
    path = tmp_path / "foreign.elf"
    path.write_bytes(data)
    with pytest.raises(RenodeWifiError, match="x64"):
        load_image(path)


@pytest.mark.parametrize(
    ("built", "wanted", "told"),
    [
        (b"\x07M", b"\x07A", "for Cortex-A; the boards have a Cortex-M4"),
        (b"\x07M", b"\x07R", "for Cortex-R"),
        (b"\x06\x0d\x07M", b"\x06\x11\x07M", "for an Armv8-M core"),
    ],
)
def test_an_elf_of_another_arm_core_is_told_by_name(
    tmp_path: Path, built: bytes, wanted: bytes, told: str
) -> None:
    data = PROBE.read_bytes()
    attributes = data.index(b"aeabi\0")
    path = tmp_path / "other.elf"
    path.write_bytes(data[:attributes] + data[attributes:].replace(built, wanted, 1))
    with pytest.raises(RenodeWifiError, match=told):
        load_image(path)


def test_an_object_file_is_not_a_program(tmp_path: Path) -> None:
    data = bytearray(PROBE.read_bytes())
    data[16:18] = (1).to_bytes(2, "little")
    path = tmp_path / "object.elf"
    path.write_bytes(data)
    with pytest.raises(RenodeWifiError, match="object file"):
        load_image(path)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_damaged_elf_files_end_in_one_error_or_an_image(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = bytearray(PROBE.read_bytes())
    del content[data.draw(st.integers(0, len(content))) :]
    for _ in range(data.draw(st.integers(0, 8))):
        if content:
            content[data.draw(st.integers(0, min(len(content), 400) - 1))] = data.draw(
                st.integers(0, 255)
            )
    path = tmp_path_factory.mktemp("fuzz") / "damaged.elf"
    path.write_bytes(content)
    told = ""
    try:
        image = load_image(path)
    except RenodeWifiError as error:
        told = str(error)
    assert "damaged.elf" in told or image.segments


def test_a_damaged_hex_file_is_one_error(tmp_path: Path) -> None:
    path = tmp_path / "broken.hex"
    path.write_text(":10000000ZZ\n")
    with pytest.raises(RenodeWifiError, match="Intel HEX"):
        load_image(path)


def test_a_hex_file_without_its_end_is_truncated(tmp_path: Path) -> None:
    path = tmp_path / "probe.hex"
    path.write_text(":020000040800F2\n:04000000008001205B\n:00000001FF\n")
    load_image(path)
    path.write_text(path.read_text().replace(":00000001FF\n", ""))
    with pytest.raises(RenodeWifiError, match="truncated"):
        load_image(path)


def test_a_hex_file_is_known_by_its_records_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "probe.txt"
    path.write_text(":020000040800F2\n:00000001FF\n")
    with pytest.raises(RenodeWifiError, match="Intel HEX file has no data"):
        load_image(path)


def test_the_probe_fits_its_board_only() -> None:
    image = load_image(PROBE)
    assert [board.name for board in all_boards() if board.misfit(image) is None] == [
        "b_l475e_iot01a"
    ]
    with pytest.raises(RenodeWifiError, match="--board b_l475e_iot01a"):
        find("cc3220sf_launchxl").check(image)


def _image(*words: int, at: int = 0x0800_0000) -> Image:
    data = b"".join(word.to_bytes(4, "little") for word in words)
    return Image(Path("made.bin"), "binary", [Segment(at, data)])


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        (_image(0x2001_8000, 0x0800_0009, 0), None),
        (_image(0x3000_0000, 0x0800_0009, 0), "stack pointer"),
        (_image(0x2001_8000, 0x0800_0008, 0), "Thumb"),
        (_image(0x2001_8000, 0x0900_0001, 0), "outside the image"),
        (_image(0x2001_8000), "no vector table"),
        (_image(0x2001_8000, 0x0800_0009, 0, at=0x6000_0000), "no memory"),
    ],
)
def test_misfits_are_told_by_reason(image: Image, reason: str | None) -> None:
    told = find("b_l475e_iot01a").misfit(image)
    assert told is None if reason is None else reason in str(told)


def test_an_unknown_board_suggests_the_nearest() -> None:
    with pytest.raises(RenodeWifiError, match="b_l475e_iot01a"):
        find("b_l475e_iot1a")


def test_symbols_cover_their_size_only() -> None:
    symbols = Symbols([Symbol("f", 0x100, 8, True), Symbol("g", 0x200, 0, True)])
    assert symbols.describe(0x104) == "f+0x4"
    assert symbols.describe(0x108) == "0x00000108"
    assert symbols.describe(0x201) == "g"
    assert symbols.describe(0x10) == "0x00000010"


def test_libraries_are_found_by_symbols_and_version_texts() -> None:
    image = _image(0)
    image.segments.append(Segment(0x100, b"..mbed TLS 2.16.0.."))
    image.symbols = Symbols(
        [
            Symbol("mbedtls_ssl_handshake", 0x10, 4, True),
            Symbol("vTaskStartScheduler", 0x20, 4, True),
            Symbol("xStreamBufferGenericCreate", 0x30, 4, True),
        ]
    )
    found = {component.name: component.version for component in components(image)}
    assert found == {"FreeRTOS kernel": "at least 10.0.0", "mbedTLS": "2.16.0"}
