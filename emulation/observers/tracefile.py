"""Everything the models trace, as JSON lines that a diff can compare."""

from __future__ import annotations

import json
from typing import Any, TextIO

from renode_wifi.emulation.board.session import Session
from renode_wifi.emulation.observers.notes import notes_of


class TraceFile:
    """Writes one JSON object per event: time in ns, source, event, then the event's fields.

    Bytes are written as text where they are printable ASCII, else as {"hex": …}.
    """

    def __init__(self, board: Session, stream: TextIO) -> None:
        self._stream = stream
        notes = notes_of(board)
        notes.add(self._on_trace)
        board.closing.append(notes.flush)

    def _on_trace(self, time: int, source: str, event: str, fields: dict[str, Any]) -> None:
        record = {"time": time, "source": source, "event": event}
        record.update((name, plain(value)) for name, value in fields.items())
        self._stream.write(json.dumps(record) + "\n")


def plain(value: object) -> object:
    """A field as JSON has it."""
    if isinstance(value, bytes | bytearray):
        text = value.decode("latin-1")
        printable = all(" " <= character <= "~" or character in "\r\n\t" for character in text)
        return text if printable else {"hex": value.hex()}
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(name): plain(item) for name, item in value.items()}
    return str(value)
