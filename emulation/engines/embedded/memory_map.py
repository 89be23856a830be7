"""Memories on the bus: where they are mapped, and stores to them that somebody handles."""

from __future__ import annotations

import bisect
import ctypes
import mmap
from collections.abc import Callable
from dataclasses import dataclass, field

import unicorn

from renode_wifi.emulation.engines.embedded import native
from renode_wifi.emulation.engines.embedded.native_core import PAGE, CoreError, NativeCore
from renode_wifi.peripherals.base.machine import WriteHandler
from renode_wifi.peripherals.stm32l4.firewall_segments import Segments


@dataclass(eq=False)
class CoreMemory:
    """A piece of memory. data: its bytes, shared with the CPU; write by `Bus.write_bytes` only.

    pages: flags of each page, kept by the core.
    bases: where it is mapped: (address, size, offset in the memory).
    """

    name: str
    size: int
    kind: str
    data: memoryview
    pages: memoryview
    record: native.MemoryRecord
    bases: list[tuple[int, int, int]] = field(default_factory=list)
    fresh: bytearray = field(default_factory=bytearray)
    """By byte, where that is followed: nobody has written it."""

    def takes_stores(self, offset: int, length: int) -> bool:
        """Whether a store into a range of it changes its bytes and does nothing else."""
        pages = self.pages[offset // PAGE : (offset + length - 1) // PAGE + 1]
        return self.kind == "ram" and not any(page & native.PAGE_HANDLED for page in pages)


class MemoryMap:
    """The memories of a core, by name and by address."""

    def __init__(self, core: NativeCore) -> None:
        self._native = core
        self.memories: dict[str, CoreMemory] = {}
        self._map: list[tuple[int, int, CoreMemory, int]] = []
        self._starts: list[int] = []
        self._waiting: list[tuple[int, int, WriteHandler]] = []
        self._handlers: list[WriteHandler] = []

    def add(self, base: int, size: int, name: str, fill: int = 0, kind: str = "ram") -> CoreMemory:
        """Map memory of `size` bytes, a multiple of 4 KiB, all bytes `fill`.

        kind: "ram"; "flash" or "rom", to which a store of the CPU is a bus fault, unless
        `handle_writes` gives it a handler.
        """
        if kind not in ("ram", "flash", "rom"):
            raise CoreError(f"memory {name}: unknown kind {kind!r}", cure="ram, flash or rom")
        if name in self.memories:
            raise CoreError(
                f"memory {name} is mapped already", cure="use map_alias to show it twice"
            )
        if base % PAGE or size % PAGE or size <= 0 or base + size > 1 << 32:
            raise CoreError(f"memory {name}: base and size must be multiples of {PAGE} bytes")
        data = memoryview(mmap.mmap(-1, size))
        if fill:
            data[:] = bytes([fill]) * size
        pages = memoryview(bytearray(size // PAGE))
        record = native.MemoryRecord()
        record.bytes = ctypes.addressof(ctypes.c_char.from_buffer(data))
        record.size = size
        record.physical = base
        record.writable = kind == "ram"
        record.pages = ctypes.addressof(ctypes.c_char.from_buffer(pages))
        memory = CoreMemory(name, size, kind, data, pages, record)
        self._check_free(name, base, size)
        self._native.uc.mem_map_ptr(base, size, unicorn.UC_PROT_ALL, record.bytes)
        self.memories[name] = memory
        self._add_mapping(memory, base, size, 0)
        return memory

    def alias(self, base: int, target: int, size: int) -> None:
        """Show `size` bytes of the memory at `target` at `base` too."""
        memory, offset, available = self.at(target)
        if memory is None or base % PAGE or size % PAGE or offset % PAGE or size > available:
            raise CoreError(f"alias 0x{base:08X} of 0x{target:08X}: not whole pages of a memory")
        self._check_free(memory.name, base, size)
        self._add_mapping(memory, base, size, offset)

    def _check_free(self, name: str, base: int, size: int) -> None:
        for start, end, other, _ in self._map:
            if base < end and start < base + size:
                raise CoreError(f"memory {name} at 0x{base:08X} overlaps {other.name}")

    def _add_mapping(self, memory: CoreMemory, base: int, size: int, offset: int) -> None:
        memory.bases.append((base, size, offset))
        place = bisect.bisect_right(self._starts, base)
        self._starts.insert(place, base)
        self._map.insert(place, (base, base + size, memory, offset))
        if not self._native.library.core_map_memory(
            self._native.handle, ctypes.byref(memory.record), base, offset, size
        ):
            raise MemoryError
        self._apply_handlers()
        self._native.flush_tlb()

    def follow_fresh(self, wanted: bool) -> None:
        """Follow which bytes of RAM have been written, from power-on: those that are not 0 have."""
        for memory in self.memories.values():
            if memory.kind != "ram":
                continue
            memory.fresh = bytearray(byte == 0 for byte in memory.data) if wanted else bytearray()
            fresh = (ctypes.c_char * len(memory.fresh)).from_buffer(memory.fresh)
            memory.record.fresh = ctypes.addressof(fresh) if wanted else None
            for page, flags in enumerate(memory.pages):
                is_fresh = any(memory.fresh[page * PAGE : (page + 1) * PAGE])
                others = flags & ~native.PAGE_FRESH
                memory.pages[page] = others | native.PAGE_FRESH if is_fresh else others

    def at(self, address: int) -> tuple[CoreMemory | None, int, int]:
        """The memory at an address, the offset in it, and the bytes up to its mapping's end."""
        index = bisect.bisect_right(self._starts, address) - 1
        if index >= 0:
            start, end, memory, offset = self._map[index]
            if address < end:
                return memory, offset + address - start, end - address
        return None, 0, 0

    def handle_writes(self, start: int, size: int, handler: WriteHandler) -> None:
        """Call `handler(address, value, width)` for the CPU's stores to a range of a memory.

        A store through an alias is reported with the address at which the memory was mapped. Memory
        that isn't mapped yet gets its handler when it is.
        """
        if size <= 0 or start + size > 1 << 32:
            raise CoreError(
                f"stores cannot be handled at 0x{start:08X}, {size} bytes",
                cure="check the address and the size of the memory",
            )
        self._waiting.append((start, size, handler))
        self._apply_handlers()

    def _apply_handlers(self) -> None:
        for entry in list(self._waiting):
            if self._native.library.core_handle_writes(self._native.handle, *entry):
                self._waiting.remove(entry)
                self._handlers.append(entry[2])
                self._native.flush_tlb()

    def guard(self, segments: Segments, listener: Callable[[int, int], None]) -> None:
        """Hold the CPU's accesses to a firewall; see `platform.core.Core.set_firewall`."""
        # The core holds a bare pointer: this reference keeps what it points to.
        self._on_firewall = listener
        state = native.FirewallState()
        for index, (start, size) in enumerate(segments.ranges):
            state.segments[index][:] = start, size
        state.enabled, state.open = segments.enabled, segments.is_open
        state.prearmed, state.shared = segments.prearmed, segments.shared
        state.executable = segments.executable
        self._native.library.core_set_firewall(self._native.handle, ctypes.byref(state), listener)

    def code_changed(self, address: int, size: int) -> None:
        """Memory was written by the host: drop what was translated from it."""
        self._native.library.core_code_changed(self._native.handle, address, size)

    # State -----------------------------------------------------------------------------------

    def save(self) -> dict[str, bytes]:
        """The bytes of each memory."""
        return {name: bytes(memory.data) for name, memory in self.memories.items()}

    def check(self, saved: dict[str, bytes]) -> None:
        """Whether `restore` can take these contents. Raises CoreError."""
        if saved.keys() != self.memories.keys() or not all(
            isinstance(data, bytes) and len(data) == self.memories[name].size
            for name, data in saved.items()
        ):
            raise CoreError("the snapshot was taken with other memories")

    def restore(self, saved: dict[str, bytes]) -> None:
        for name, data in saved.items():
            self._restore(self.memories[name], data)

    def _restore(self, memory: CoreMemory, data: bytes) -> None:
        if memory.data == data:
            return
        changed = [
            page
            for page, flags in enumerate(memory.pages)
            if flags & native.PAGE_EXECUTED
            and memory.data[page * PAGE : (page + 1) * PAGE]
            != data[page * PAGE : (page + 1) * PAGE]
        ]
        memory.data[:] = data
        for page in changed:
            for base, size, offset in memory.bases:
                if offset <= page * PAGE < offset + size:
                    self.code_changed(base + page * PAGE - offset, PAGE)
