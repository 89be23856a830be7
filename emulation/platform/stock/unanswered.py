"""What firmware accesses and nothing answers: reserved addresses, blocks without their clock."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image import thumb
from renode_wifi.emulation.platform.core import Core
from renode_wifi.peripherals.base.bus import BusPeripheral


class Unanswered:
    """Says each of these once in the log.

    gates: the closed gates, bit of the RCC by name of the block behind it.
    """

    def __init__(self, core: Core, log: logging.Logger) -> None:
        self._core = core
        self._log = log
        self._on_bus: dict[str, BusPeripheral] = {}
        self._reported: set[object] = set()
        self.gates: dict[str, str] = {}
        self.listeners: list[Callable[[str, str], None]] = []
        """Called with a block and its gate at an access without its clock, once while it is off."""
        core.on_reserved = self.on_reserved

    def on_reserved(self, address: int, is_write: int) -> None:
        """The CPU accessed a word between the blocks of a page."""
        if (address, is_write) not in self._reported:
            self._reported.add((address, is_write))
            self._log.warning(
                "%s 0x%08X, where the board has no register (reported once)",
                "write to" if is_write else "read of",
                address,
            )

    def on_unmapped(self, registers: Mapping[str, int], address: int, is_store: bool) -> None:
        """The CPU accessed an address where nothing is, which is a bus fault. registers: those of
        the instruction."""
        if (address, is_store, "fault") in self._reported:
            return
        self._reported.add((address, is_store, "fault"))
        pc = registers["pc"]
        width = thumb.WORD
        # Where the code cannot be read, nothing would have been executed.
        with suppress(RenodeWifiError):
            code = int.from_bytes(self._core.bus.read_bytes(pc, 4), "little")
            values = list(registers.values())
            touched = thumb.touched(code & 0xFFFF, code >> 16, values.__getitem__)
            width = min(width, touched.size) if touched else width
        kind = {1: "Byte", 2: "Word"}.get(width, "DoubleWord")
        if is_store:
            text = "sysbus: [cpu: 0x%X] Write%s to non existing peripheral at 0x%X (reported once)"
        else:
            text = "sysbus: [cpu: 0x%X] Read%s from non existing peripheral at 0x%X (reported once)"
        self._log.warning(text, pc, kind, address)

    def add(self, name: str, model: BusPeripheral) -> None:
        """A block came to the bus."""
        self._on_bus[name] = model
        if name in self.gates:
            self._apply(name)

    def set_clock(self, block: str, gate: str) -> None:
        """See `peripherals.base.machine.Machine`."""
        if self.gates.get(block, "") != gate:
            self.set_gates({**self.gates, block: gate})

    def set_gates(self, gates: dict[str, str]) -> None:
        """These gates are closed from here on, and no others."""
        old = self.gates
        self.gates = {block: gate for block, gate in gates.items() if gate}
        for block in sorted({*old, *self.gates}):
            if block in self._on_bus and old.get(block) != self.gates.get(block):
                self._apply(block)

    def _apply(self, block: str) -> None:
        gate = self.gates.get(block)
        on_access = None if gate is None else partial(self._on_access, block, gate)
        self._core.set_clock(self._on_bus[block], on_access)

    def _on_access(self, block: str, gate: str) -> None:
        for listener in self.listeners:
            listener(block, gate)
        if block not in self._reported:
            self._reported.add(block)
            self._log.warning(
                "%s has no clock: %s; it reads 0 and ignores writes (reported once)", block, gate
            )
