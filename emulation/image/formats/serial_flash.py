"""What Uniflash programs into the serial flash of the CC3220: .sli, .ucf, and their Intel HEX.

Image Creator writes them encrypted, with a key that the chip has; only the table in front of them,
whose names of system files show such a file, can be read.
"""

from __future__ import annotations

from typing import NoReturn

from renode_wifi.emulation.image.content import Content, Damaged

MEMBER = b"Programming.ucf\0"
"""First member of the tar archive that a .sli is."""
FACTORY_IMAGE = b"/sys/factory.img\0"
HEAD = 4096

KIND = "a programming image of Uniflash for the serial flash"


def is_one(data: bytes) -> bool:
    """Whether these are the bytes of a .sli or .ucf file."""
    return data.startswith(MEMBER) or FACTORY_IMAGE in data[:HEAD]


def read(data: bytes) -> NoReturn:
    raise Damaged(
        f"{KIND}, whose content Image Creator encrypts for the chip",
        cure="give the program that it was made of (.out, .bin or mcuflashimg.bin), or a folder"
        " with the files: --image FOLDER, with sys/mcuflashimg.bin in it",
    )


def check(content: Content) -> None:
    """Raise Damaged if it is such an image in the format that Uniflash exports it to as well."""
    for segment in content.segments[:1]:
        if segment.address == 0 and FACTORY_IMAGE in segment.data[:HEAD]:
            read(segment.data)
