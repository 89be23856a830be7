"""Values as the monitor prints them."""

from __future__ import annotations

WORD = 4
"""Bytes of a number whose size isn't known."""
ROW = 10
"""Values of a list that are printed in a line, as in Renode."""


class Sized(int):
    """A number of `size` bytes, printed with two digits for each."""

    size: int

    def __new__(cls, value: int, size: int) -> Sized:
        number = super().__new__(cls, value)
        number.size = size
        return number


class Unpadded(int):
    """Printed without zeros in front and in small letters, as Renode prints registers."""


def printed(value: object, number_format: str) -> str:
    """number_format: Hexadecimal, Decimal or Both."""
    if isinstance(value, int) and not isinstance(value, bool):
        digits = 2 * (value.size if isinstance(value, Sized) else WORD)
        text = f"0x{value:0{digits}X}" if value >= 0 else str(value)
        if isinstance(value, Unpadded):
            text = f"0x{value:x}"
        decimal = str(int(value))
        by_format = {"Decimal": decimal, "Hexadecimal": text}
        return by_format.get(number_format, f"{text} ({decimal})")
    if isinstance(value, (bytes, bytearray)):
        value = [Sized(byte, 1) for byte in value]
    if isinstance(value, (list, tuple)):
        items = [f"{printed(item, number_format)}, " for item in value]
        rows = ["".join(items[at : at + ROW]) for at in range(0, len(items), ROW)]
        return "\n".join(["[", *rows, "]"])
    return str(value)
