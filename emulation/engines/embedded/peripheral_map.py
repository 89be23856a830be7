"""Models on the bus: which addresses are theirs, and what the core may do of their wires."""

from __future__ import annotations

import ctypes
from array import array
from bisect import bisect_left, insort
from collections.abc import Callable
from typing import Any

from renode_wifi.emulation.engines.embedded import model_records, native
from renode_wifi.emulation.engines.embedded.binding import Binding
from renode_wifi.emulation.engines.embedded.native_core import CoreError, NativeCore
from renode_wifi.emulation.engines.embedded.unclocked import Unclocked
from renode_wifi.emulation.engines.embedded.wires import sequence_place
from renode_wifi.peripherals.base.bus import BusPeripheral


class PeripheralMap:
    """The models of a core, by their windows of addresses."""

    def __init__(self, core: NativeCore) -> None:
        self._native = core
        self._bindings: dict[int, Binding] = {}
        self._windows: dict[tuple[int, int], tuple[Binding, int]] = {}
        # Base and size of each window; none overlaps another.
        self._ordered: list[tuple[int, int]] = []
        self._unclocked: dict[int, Unclocked] = {}
        self._served = True
        self._wires_known = False
        self._records: dict[str, ctypes.Array[Any]] = {}
        self._timed: dict[str, list[Binding]] = {}

    def add(self, base: int, size: int, model: BusPeripheral, offset: int = 0) -> None:
        """Map `size` bytes of a model, from its `offset` on. Mapping a range again replaces it."""
        window = (base, size)
        if window in self._windows:
            self.wires_changed()
            self._windows[window][0].bind(model)
            return
        for other, length in self._windows:
            if base < other + length and other < base + size:
                raise CoreError(f"peripheral at 0x{base:08X} overlaps the one at 0x{other:08X}")
        self.wires_changed()
        binding = self._bindings.get(id(model))
        if binding is None:
            binding = self._bindings[id(model)] = Binding(model, self._served)
        self._windows[window] = binding, offset
        insort(self._ordered, window)
        record = native.WindowRecord(base, size, offset, ctypes.addressof(binding.record), None)
        if not self._native.library.core_map_window(self._native.handle, ctypes.byref(record)):
            raise MemoryError
        self._native.flush_tlb()

    def model_at(self, address: int) -> tuple[BusPeripheral, int] | None:
        """The model that is mapped at an address and has its clock, and the offset in it."""
        for (base, size), (binding, offset) in self._windows.items():
            if base <= address < base + size and id(binding.model) not in self._unclocked:
                return binding.model, offset + address - base
        return None

    def registers_of(self, model: object) -> tuple[int, int]:
        """Addresses of where the core has a model's registers and how many; 0: it has none."""
        binding = self._bindings.get(id(model))
        if binding is None:
            return 0, 0
        start, kind = ctypes.addressof(binding.record), native.ModelRecord
        return start + kind.values.offset, start + kind.words.offset

    def set_clock(self, model: BusPeripheral, on_access: Callable[[], None] | None) -> None:
        """Take a model's clock away, and call `on_access` at the next access; None: give it back.

        Without its clock a block reads 0 and ignores stores.
        """
        binding = self._bindings[id(model)]
        record: native.ModelRecord = binding.record
        if on_access is None:
            self._unclocked.pop(id(model), None)
        else:
            size = max(
                offset + size
                for (_, size), (other, offset) in self._windows.items()
                if other is binding
            )
            stand_in = Unclocked(size, on_access)
            record = stand_in.record
        for (base, _), (other, _) in self._windows.items():
            if other is binding:
                self._native.library.core_set_model(
                    self._native.handle, base, ctypes.addressof(record)
                )
        if on_access is not None:
            self._unclocked[id(model)] = stand_in

    def serve(self, enabled: bool) -> None:
        """Whether the core answers accesses to models by itself where it can. Between runs."""
        self.wires_changed()
        self._served = enabled
        for binding in self._bindings.values():
            binding.answer(enabled)

    def refresh(self) -> None:
        """Take all models' register arrays anew (after a snapshot replaced them)."""
        self.wires_changed()
        for binding in self._bindings.values():
            binding.bind(binding.model)

    def wires_changed(self) -> None:
        """An output got another receiver: until the next run its model notifies it."""
        if self._wires_known:
            self._wires_known = False
            for binding in self._bindings.values():
                binding.forget_wires()

    def wire(self, sequence: array[int]) -> None:
        """Look where the models' lines lead, before the core follows them.

        `sequence` has the number of the clock's last event.
        """
        bindings = self._bindings.values()
        for binding in bindings:
            binding.look_at_port()
        if not self._wires_known:
            for binding in bindings:
                binding.look_at_edges()
            for binding in bindings:
                binding.look_at_pins(self._edges_of)
            self._look_at_timed("ticker", model_records.TickerRecord)
            self._look_at_timed("copier", model_records.CopierRecord)
            self._look_at_timed("reply", model_records.ReplyRecord)
            self._wires_known = True
        for binding in bindings:
            binding.serve_pins(self._native.handle, self._native.library.core_drive_pin)
        self._serve_timed(sequence)

    def _look_at_timed(self, kind: str, record: type[ctypes.Structure]) -> None:
        """Which models have a `kind` that the core can serve."""
        asked = [(each, getattr(each, f"{kind}_record")()) for each in self._bindings.values()]
        found = [(binding, answer) for binding, answer in asked if answer is not None]
        self._records[kind] = (record * len(found))(*(answer for _, answer in found))
        self._timed[kind] = [binding for binding, _ in found]

    def _serve_timed(self, sequence: array[int]) -> None:
        for kind, records in self._records.items():
            for binding, record in zip(self._timed[kind], records, strict=True):
                binding.serve(kind, record)
        tickers, copiers, replies = (self._records[each] for each in ("ticker", "copier", "reply"))
        served = model_records.ServedRecord(
            tickers,
            copiers,
            replies,
            len(tickers),
            len(copiers),
            len(replies),
            sequence_place(sequence),
        )
        self._native.library.core_serve(self._native.handle, ctypes.byref(served))

    def unwire(self) -> None:
        for binding in self._bindings.values():
            binding.release_pins()
        for kind, bindings in self._timed.items():
            for binding in bindings:
                binding.release(kind)
        nobody = model_records.ServedRecord()
        self._native.library.core_serve(self._native.handle, ctypes.byref(nobody))

    def _edges_of(self, model: object) -> model_records.EdgesRecord | None:
        binding = self._bindings.get(id(model))
        return None if binding is None else binding.edge_wires

    def overlaps(self, address: int, length: int) -> bool:
        """Whether something of a model is in a range."""
        before = bisect_left(self._ordered, (address + length,)) - 1
        if before < 0:
            return False
        base, size = self._ordered[before]
        return address < base + size
