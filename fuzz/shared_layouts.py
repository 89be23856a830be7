"""Descriptions of ELF structures, made once.

The library makes them anew for each file, which takes longer than to read a small one.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from elftools.elf.structs import ELFStructs

_BASIC = ELFStructs.create_basic_structs
_ADVANCED = ELFStructs.create_advanced_structs


@lru_cache(256)
def _made(little_endian: bool, elfclass: int, *more: str | None) -> dict[str, Any]:
    made = ELFStructs(little_endian, elfclass)
    _BASIC(made)
    if more:
        _ADVANCED(made, *more)
    return vars(made)


def _basic(structs: ELFStructs) -> None:
    vars(structs).update(_made(structs.little_endian, structs.elfclass))


def _advanced(structs: ELFStructs, *kind: str | None) -> None:
    vars(structs).update(_made(structs.little_endian, structs.elfclass, *kind))


def share() -> None:
    """For every file that is read from now on."""
    for name, method in (("create_basic_structs", _basic), ("create_advanced_structs", _advanced)):
        setattr(ELFStructs, name, method)
