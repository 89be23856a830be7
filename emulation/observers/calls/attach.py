"""Puts the recorder between a board and its image."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from weakref import WeakKeyDictionary

from renode_wifi.emulation.board.session import Session
from renode_wifi.emulation.engines.embedded.engine import EmbeddedEngine
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.image import Image, Symbols
from renode_wifi.emulation.image.load import load_image
from renode_wifi.emulation.observers.calls.recorder import CallRecorder
from renode_wifi.emulation.observers.calls.symbol_file import read_symbols
from renode_wifi.emulation.observers.notes import notes_of

_recorders: WeakKeyDictionary[Session, CallRecorder] = WeakKeyDictionary()


def record_calls(board: Session, live: bool = True) -> CallRecorder:
    """Follow the calls of the board's image from here on. All who ask share one recorder.

    live: calls are looked at as they happen, and not when the session's notes are.

    Raises RenodeWifiError without symbols of such functions, and on an engine without hooks.
    """
    engine = board.engine
    if not isinstance(engine, EmbeddedEngine):
        raise RenodeWifiError(
            f"calls of the firmware are traced on the embedded engine, not on {engine.name}",
            cure="take --engine embedded",
        )
    known = _recorders.get(board)
    if known is not None and known.machine is engine.machine:
        if live:
            known.go_live()
        return known
    recorder = CallRecorder(engine.machine, notes_of(board))
    if not recorder.functions:
        symbols = sum(len(image.symbols) for image in engine.machine.images)
        raise RenodeWifiError(
            "the image has no such function: none of a network API that is known"
            if symbols
            else "the image has no symbols",
            cure="give the ELF file before it was stripped, or its symbols (--symbols FILE); known"
            " are SOCKETS_*, WIFI_*, sl_*, lwip_*, zsock_* and BSD sockets",
        )
    _recorders[board] = recorder
    if live:
        recorder.go_live()
    return recorder


def with_symbols(image: Image, files: Sequence[Path]) -> Image:
    """The image with the symbols of other files besides its own: ELF, or what `nm` prints."""
    added = [symbol for file in files for symbol in read_symbols(file)]
    if not added:
        return image
    image.symbols = Symbols([*added, *image.symbols])
    elfs = [load_image(file) for file in files if file.read_bytes()[:4] == b"\x7fELF"]
    if elfs and not any(part.kind == "ELF" for part in image.parts or [image]):
        image.lines = elfs[0].lines
    return image
