"""Reads firmware images: a file's format is recognized by its content."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.content import Content, Damaged
from renode_wifi.emulation.image.formats import (
    elf,
    folder,
    intel_hex,
    mcu_image,
    serial_flash,
    srec,
    ti_txt,
    uf2,
)
from renode_wifi.emulation.image.formats.records import decoded
from renode_wifi.emulation.image.image import Image, combined
from renode_wifi.emulation.image.segments import Segment

MAX_SIZE = 1 << 28
"""Bytes of a file, most of them debug information; a device like /dev/zero has no end."""
FORMATS = "ELF (.elf, .axf, .out), Intel HEX, SREC, TI-TXT, UF2 or binary"
FIRMWARE = Path(__file__).resolve().parents[2] / "firmware"
PROGRAMS = ("node", "probe", "shell", "sockets")
"""Programs of the package's own, which every board has: `<probe>` and so on."""

Reader = Callable[[bytes], Content]
Guess = Callable[[bytes], int | None]
ImageSource = Path | str | Image
"""A file, or what was read from one. A file's name may end in `@` and the address of a binary."""

NO_IMAGES = (
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a file packed by gzip"),
    (b"BZh", "a file packed by bzip2"),
    (b"\xfd7zXZ", "a file packed by xz"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"!<arch>\n", "a library of object files"),
)
"""Beginnings of files that are often given by mistake."""
UNPACK = "unpack it, and give the file that the linker wrote"

TEXT = bytes(range(0x20, 0x7F)) + b"\t\r\n"
_WITH_ADDRESS = re.compile(r"(.+)@(0[xX][0-9a-fA-F]{1,8}|[0-9]{1,10})")


def load_images(
    sources: ImageSource | Sequence[ImageSource],
    base: int | None = None,
    guess: Guess | None = None,
    board: str | None = None,
) -> Image:
    """One image of several files, such as a boot loader, an application and its data.

    base: address of a single raw binary. board: whose `<probe>` is meant. Raises RenodeWifiError as
    `load_image` does, and where two files have different bytes for one address.
    """
    several = [sources] if isinstance(sources, Path | str | Image) else list(sources)
    if not several:
        raise RenodeWifiError("no image is named", cure="give at least one file")
    if base is not None and len(several) > 1:
        raise RenodeWifiError(
            f"one address (--base) for {len(several)} images",
            cure="write each binary's behind its name: FILE@0x08010000",
        )
    return combined([_load(_own(source, board), base, guess) for source in several])


def _own(source: ImageSource, board: str | None) -> ImageSource:
    """`<probe>` is an image of the package, for the board in question."""
    name = "" if isinstance(source, Image) else str(source)
    if not (name.startswith("<") and name.endswith(">")):
        return source
    if name[1:-1] not in PROGRAMS:
        raise RenodeWifiError(
            f"the package has no image {name}",
            cure=f"it has {', '.join(f'<{program}>' for program in PROGRAMS)}",
        )
    if board is None:
        raise RenodeWifiError(f"{name} is another file for each board", cure="name the board")
    return FIRMWARE / name[1:-1] / f"{board}.elf"


def _load(source: ImageSource, base: int | None, guess: Guess | None) -> Image:
    if isinstance(source, Image):
        return source
    located = _WITH_ADDRESS.fullmatch(str(source))
    if located is None or Path(source).exists():
        return load_image(source, base, guess)
    if base is not None:
        raise RenodeWifiError(
            "two addresses for one image", where=str(source), cure="drop --base or what is behind @"
        )
    return load_image(located[1], int(located[2], 0), guess)


def load_image(
    path: Path | str,
    base: int | None = None,
    guess: Guess | None = None,
) -> Image:
    """Read an image.

    base: address of a raw binary; refused for files that have their own. guess: gives that address
    from the bytes where `base` isn't given.

    Raises RenodeWifiError, naming the file, for anything that cannot be an image for these boards.
    """
    path = Path(path)
    if path.is_dir():
        return _of_folder(path, base)
    data = _bytes_of(path)
    reader = _reader_of(path, data)
    if reader is None and base is None and data and not data.strip(TEXT):
        raise RenodeWifiError(
            "a text file, and no firmware image",
            where=str(path),
            cure="name the file that the linker wrote; for a pointer of Git LFS: git lfs pull",
        )
    if reader is None and base is None:
        for magic, what in NO_IMAGES:
            if data.startswith(magic):
                raise RenodeWifiError(
                    f"{what}, and no firmware image", where=str(path), cure=UNPACK
                )
    # Whoever gives an address wants it for the whole file.
    if reader is None or (reader is mcu_image.read and base is not None):
        return Image(path, "binary", [Segment(_base_of(path, data, base, guess), data)])
    try:
        content = reader(data)
        serial_flash.check(content)
    except Damaged as error:
        where = f"{path}:{error.line}" if error.line else str(path)
        raise RenodeWifiError(str(error), where=where, cure=error.cure) from error
    if base is not None:
        raise RenodeWifiError(
            f"the file carries its own addresses ({content.kind})",
            where=str(path),
            cure="drop the address (--base, or what is behind @)",
        )
    return Image.of(path, content)


def _of_folder(path: Path, base: int | None) -> Image:
    if base is not None:
        raise RenodeWifiError(
            "an address for a folder", where=str(path), cure="drop --base or what is behind @"
        )
    try:
        return Image.of(path, folder.read(path))
    except Damaged as error:
        raise RenodeWifiError(str(error), where=str(path), cure=error.cure) from error
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> RenodeWifiError:
    cure = f"give the path of a file of format {FORMATS}"
    file, at, behind = str(path).rpartition("@")
    if at and Path(file).is_file():
        cure = f"{behind!r} is no address of 32 bits, as in {file}@0x08010000"
    return RenodeWifiError(f"cannot read the image: {error.strerror}", where=str(path), cure=cure)


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_SIZE + 1)
    except OSError as error:
        raise _unreadable(path, error) from error
    if not data:
        raise RenodeWifiError("the image is empty", where=str(path), cure="build it again")
    if len(data) > MAX_SIZE:
        raise RenodeWifiError(
            f"more than {MAX_SIZE >> 20} MB, which is no image for a board with 1 MB of flash",
            where=str(path),
            cure=f"give the path of a file of format {FORMATS}",
        )
    return data


def _reader_of(path: Path, data: bytes) -> Reader | None:
    """What reads the file; None for a raw binary."""
    suffix = path.suffix.lower()
    if data.startswith(elf.MAGIC):
        return elf.read
    text = decoded(data)
    if intel_hex.FIRST_RECORD.match(text) or suffix in intel_hex.SUFFIXES:
        return intel_hex.read
    if srec.FIRST_RECORD.match(text) or suffix in srec.SUFFIXES:
        return srec.read
    if ti_txt.FIRST_RECORD.match(text):
        return ti_txt.read
    if data.startswith(uf2.MAGIC):
        return uf2.read
    if serial_flash.is_one(data):
        return serial_flash.read
    return mcu_image.read if mcu_image.is_one(data) else None


def _base_of(path: Path, data: bytes, base: int | None, guess: Guess | None) -> int:
    if base is None and guess is not None:
        base = guess(data)
    if base is None:
        raise RenodeWifiError(
            "a raw binary, whose address its content doesn't show",
            where=str(path),
            cure="give its address as well: --base 0x08000000 or FILE@0x08000000 for the ST board,"
            " 0x01000800 for TI's",
        )
    if base + len(data) > 1 << 32:
        raise RenodeWifiError(
            f"{len(data)} bytes at 0x{base:08X} go beyond 32 bits of address",
            where=str(path),
            cure="give the address of its first byte",
        )
    return base
