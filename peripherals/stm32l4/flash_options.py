# ironpython: executed by Renode
"""What the option bytes protect (RM0351 section 3.5). `options`: values of their registers by name.

Pages are numbered from 0 at the start of bank 1 to 511 at the end of bank 2.
"""

from renode_wifi.peripherals.stm32l4.flash_registers import (
    OPTR,
    PCROP1ER,
    PCROP1SR,
    PCROP2ER,
    PCROP2SR,
    WRP1AR,
    WRP1BR,
    WRP2AR,
    WRP2BR,
)

PAGE_SIZE = 2048
BANK_PAGES = 256
BANK_SIZE = BANK_PAGES * PAGE_SIZE

# Registers that option bytes are loaded into.
OPTIONS = (OPTR, PCROP1SR, PCROP1ER, WRP1AR, WRP1BR, PCROP2SR, PCROP2ER, WRP2AR, WRP2BR)
WRITE_PROTECTIONS = (("WRP1AR", "WRP1BR"), ("WRP2AR", "WRP2BR"))
READ_PROTECTIONS = (("PCROP1SR", "PCROP1ER"), ("PCROP2SR", "PCROP2ER"))
# PCROP areas are given in double words.
DOUBLE_WORD = 8

NO_PROTECTION, CHIP_PROTECTION = 0xAA, 0xCC
"""Codes of RDP for levels 0 and 2; all others are level 1."""


def level(options):
    # type: (dict[str, int]) -> int
    """The read-out protection, 0 to 2."""
    code = OPTR["RDP"].get(options["OPTR"])
    return 0 if code == NO_PROTECTION else 2 if code == CHIP_PROTECTION else 1


def is_write_protected(options, page):
    # type: (dict[str, int], int) -> bool
    """Pages STRT to END of the bank are; none where STRT > END."""
    for area in WRITE_PROTECTIONS[page // BANK_PAGES]:
        value = options[area]
        if value & 0xFF <= page % BANK_PAGES <= value >> 16 & 0xFF:
            return True
    return False


def proprietary_area(options, bank):
    # type: (dict[str, int], int) -> tuple[int, int] | None
    """First and last byte of a bank's PCROP area (bank 0 or 1), counted from the bank's start."""
    start, end = [options[name] & 0xFFFF for name in READ_PROTECTIONS[bank]]
    return None if start > end else (start * DOUBLE_WORD, (end + 1) * DOUBLE_WORD - 1)


def is_proprietary(options, offset, size):
    # type: (dict[str, int], int, int) -> bool
    """A range of bytes within a bank, counted from the start of bank 1, has some of PCROP in it."""
    area = proprietary_area(options, offset // BANK_SIZE)
    start = offset % BANK_SIZE
    return area is not None and start <= area[1] and area[0] < start + size


def after_programming(old, wanted):
    # type: (dict[str, int], dict[str, int]) -> dict[str, int]
    """What is programmed where `wanted` is asked for: a PCROP area grows only.

    It goes with read-out protection of level 1, if PCROP_RDP is set.
    """
    new = dict(wanted)
    goes = is_regression(old, wanted) and wanted["PCROP1ER"] & PCROP1ER.PCROP_RDP
    for bank, (start, end) in enumerate(READ_PROTECTIONS):
        if proprietary_area(old, bank) is None:
            continue
        if goes:
            new[start] |= 0xFFFF
            new[end] &= ~0xFFFF
        else:
            new[start] = wanted[start] & ~0xFFFF | min(old[start] & 0xFFFF, wanted[start] & 0xFFFF)
            new[end] = wanted[end] & ~0xFFFF | max(old[end] & 0xFFFF, wanted[end] & 0xFFFF)
    return new


def is_regression(old, new):
    # type: (dict[str, int], dict[str, int]) -> bool
    """From level 1 to 0, which erases what was protected."""
    return level(old) == 1 and level(new) == 0
