"""Which board an image fits, its symbols and the libraries in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.components import components
from renode_wifi.emulation.image.image import Image, Segment, Symbol, Symbols
from renode_wifi.emulation.image.load import load_image
from renode_wifi.emulation.platform.boards import all_boards, find
from tests.emulation.image.writers import PROBE


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
def test_misfits_are_reported_by_reason(image: Image, reason: str | None) -> None:
    message = find("b_l475e_iot01a").misfit(image)
    assert message is None if reason is None else reason in str(message)


def test_an_unknown_board_suggests_the_nearest() -> None:
    with pytest.raises(RenodeWifiError, match="b_l475e_iot01a"):
        find("b_l475e_iot1a")


def test_symbols_cover_their_size_only_and_without_one_what_follows() -> None:
    symbols = Symbols(
        [
            Symbol("f", 0x100, 8, True),
            Symbol("g", 0x200, 0, True),
            Symbol("h", 0x210, 0, True),
            Symbol("again", 0x300, 0, True),
            Symbol("i", 0x300, 8, True),
        ]
    )
    assert symbols.describe(0x104) == "f+0x4"
    assert symbols.describe(0x108) == "0x00000108"
    assert symbols.describe(0x201) == "g"
    assert symbols.describe(0x20E) == "g+0xE"
    assert symbols.describe(0x214) == "h+0x4"
    assert symbols.describe(0x302) == "i+0x2"
    assert symbols.describe(0x10000) == "0x00010000"
    assert symbols.describe(0x10) == "0x00000010"


def test_labels_within_a_function_do_not_hide_it() -> None:
    """As TI's compiler writes them: functions without a size."""
    symbols = Symbols(
        [
            Symbol("sleepPolicy", 0x100, 0x40, is_function=True),
            Symbol("$C$L77", 0x110, 0, is_function=True),
            Symbol("alias", 0x100, 0, is_function=True),
            Symbol("assembler", 0x140, 0, is_function=True),
        ]
    )
    assert symbols.describe(0x114) == "sleepPolicy+0x14"
    assert symbols.describe(0x100) == "sleepPolicy"
    assert symbols.describe(0x142) == "assembler+0x2"
    assert symbols.get("$C$L77") is not None


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


@pytest.mark.parametrize("name", ["few", "few-relocations"])
def test_relocations_that_a_linker_left_are_not_applied_again(name: str) -> None:
    image = load_image(PROBE.parents[1] / "threads" / f"{name}.elf")
    function = image.symbols.get("waits_here")
    assert function is not None
    assert str(image.lines.at(function.address)) == "few.c:30"
    assert image.unwind.is_exact(function.address)
    assert image.layouts.get("TX_THREAD_STRUCT") is not None
