"""The device `sysbus`: the bus as a debugger sees it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from weakref import WeakKeyDictionary

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.image import Image
from renode_wifi.emulation.image.load import load_image
from renode_wifi.emulation.platform.core import Access
from renode_wifi.emulation.platform.machine import Machine
from renode_wifi.emulation.platform.stock.locked_ranges import LockedRanges
from renode_wifi.emulation.platform.stock.tagged_range import WIDTHS, Tag
from renode_wifi.emulation.platform.syntax import Range
from renode_wifi.emulation.script import downloads
from renode_wifi.emulation.script.interpreter import Interpreter
from renode_wifi.emulation.script.members.hooks import MachineHooks
from renode_wifi.emulation.script.type_names import type_name
from renode_wifi.emulation.script.values import Sized
from renode_wifi.peripherals.base.bus_master import BusError

QUAD_WORD = 8
"""Bytes."""
WORD = 4


class SystemBus:
    """The bus as a debugger sees it."""

    def __init__(self, interpreter: Interpreter, hooks: Callable[[Machine], MachineHooks]) -> None:
        self._interpreter = interpreter
        self._hooks = hooks
        self._locked: WeakKeyDictionary[Machine, LockedRanges] = WeakKeyDictionary()

    def load_elf(self, file_name: str) -> None:
        self._load(load_image(local(file_name)))

    def load_hex(self, file_name: str) -> None:
        self._load(load_image(local(file_name)))

    def load_binary(self, file_name: str, load_point: int) -> None:
        self._load(load_image(local(file_name), load_point))

    def load_symbols_from(self, file_name: str) -> None:
        self._interpreter.current.images.append(load_image(local(file_name)))

    def _load(self, image: Image) -> None:
        machine = self._interpreter.current
        machine.load(image)
        machine.start(image)

    def read_byte(self, address: int) -> int:
        return self._read(address, 1)

    def read_word(self, address: int) -> int:
        return self._read(address, 2)

    def read_double_word(self, address: int) -> int:
        return self._read(address, 4)

    def read_quad_word(self, address: int) -> int:
        return self._read(address, QUAD_WORD)

    def read_bytes(self, address: int, count: int) -> bytes:
        return self._interpreter.current.bus.read_bytes(address, count)

    def write_byte(self, address: int, value: int) -> None:
        self._write(address, value, 1)

    def write_word(self, address: int, value: int) -> None:
        self._write(address, value, 2)

    def write_double_word(self, address: int, value: int) -> None:
        self._write(address, value, 4)

    def _read(self, address: int, width: int) -> int:
        machine = self._interpreter.current
        if self._locks(machine).blocks_read(address, width):
            return Sized(0, width)
        hooks = self._hooks(machine)
        value = self._value(machine, address, width)
        return Sized(hooks.filtered(Access(address, value, width, False)), width)

    def _value(self, machine: Machine, address: int, width: int) -> int:
        tag = machine.tags.at(address, overriding=True)
        if tag is not None:
            return machine.tags.read(tag, address, width)
        try:
            if width > WORD:
                return int.from_bytes(machine.bus.read_bytes(address, width), "little")
            return machine.bus.read(address, width)
        except BusError:
            tag = machine.tags.at(address)
            if tag is not None:
                return machine.tags.read(tag, address, width)
            kind = WIDTHS[width]
            machine.log.warning(
                "sysbus: Read%s from non existing peripheral at 0x%X.", kind, address
            )
            return 0

    def _write(self, address: int, value: int, width: int) -> None:
        machine = self._interpreter.current
        if self._locks(machine).blocks_write(address, value & (1 << 8 * width) - 1, width):
            return
        hooks = self._hooks(machine)
        value = hooks.filtered(Access(address, value & (1 << 8 * width) - 1, width, True))
        self._store(machine, address, value, width)

    def _store(self, machine: Machine, address: int, value: int, width: int) -> None:
        tag = machine.tags.at(address, overriding=True)
        if tag is not None:
            machine.tags.write(tag, address, value, width)
            return
        try:
            if width > WORD:
                machine.bus.write_bytes(address, value.to_bytes(width, "little"))
            else:
                machine.bus.write(address, value, width)
        except BusError:
            tag = machine.tags.at(address)
            if tag is not None:
                machine.tags.write(tag, address, value, width)
                return
            machine.log.warning(
                "sysbus: Write%s to non existing peripheral at 0x%X, value 0x%X.",
                *(WIDTHS[width], address, value),
            )

    def write_quad_word(self, address: int, value: int) -> None:
        self._write(address, value, QUAD_WORD)

    def write_bytes(self, bytes: list[int], address: int) -> None:
        self._interpreter.current.bus.write_bytes(address, _bytes(bytes))

    def write_ascii_string(self, address: int, string_to_load: str) -> None:
        """Store a text, without a zero behind it."""
        data = string_to_load.encode("ascii", "replace")
        self._interpreter.current.bus.write_bytes(address, data)

    def zero_range(self, start: int, size: int) -> None:
        self._interpreter.current.bus.write_bytes(start, bytes(size))

    def tag(
        self,
        range: Range,
        tag: str,
        default_value: int = 0,
        pausing: bool = False,
        silent: bool = False,
        override_peripheral_accesses: bool = False,
    ) -> None:
        """Name addresses where nothing is: they read `default_value`, and accesses are logged
        (`silent`: as Debug). overridePeripheralAccesses: also where something is; a memory goes on
        for the processor."""
        if pausing:
            raise self._interpreter.error(
                "tags don't pause here", "sysbus AddWatchpointHook … \"monitor.Parse('pause')\""
            )
        new = Tag(range, tag, default_value, silent, override_peripheral_accesses)
        self._interpreter.current.tag(new)

    def remove_tag(self, address: int) -> None:
        """Remove the tag at an address. What the processor has accessed there reads 0 then."""
        self._interpreter.current.tags.remove(address)

    def set_address_range_locked(self, range: Range, locked: bool) -> None:
        """Let what is at these addresses read 0 and take no stores, or end that. Of memories, those
        that the monitor alone reaches."""
        machine = self._interpreter.current
        locks = self._locks(machine)
        if not locked:
            locks.unlock(range)
            return
        locks.lock(range)
        try:
            locks.cover(machine.core, machine.places, machine.peripherals)
        except RenodeWifiError:
            locks.unlock(range)
            raise

    def is_address_range_locked(self, range: Range) -> bool:
        """Whether any of these addresses is locked."""
        return self._locks(self._interpreter.current).overlaps(range.start, range.size)

    def _locks(self, machine: Machine) -> LockedRanges:
        return self._locked.setdefault(machine, LockedRanges(machine.log))

    def silence_range(self, area: Range) -> None:
        self._interpreter.current.tag(Tag(area, f"silenced {area}", silent=True))

    def apply_svd(self, path: str) -> None:
        """Read a description of a chip's registers. Its names are not needed: the models have the
        manual's, and what no model has is reported by its address. One that has the address of
        another host is not fetched."""
        if path.startswith(downloads.ADDRESSES):
            return
        # Imported late: few scripts name an SVD file.
        from xml.etree import ElementTree

        try:
            root = ElementTree.parse(path).getroot()
        except OSError as error:
            raise self._interpreter.error(
                f"Could not find file '{path}'", "give the path of an .svd file"
            ) from error
        except ElementTree.ParseError as error:
            raise self._interpreter.error(
                f"{path} is no SVD file: {error}", "give the path of an .svd file"
            ) from error
        if root.tag != "device":
            raise self._interpreter.error(
                f"{path} is no SVD file: it describes a {root.tag}", "give the path of an .svd file"
            )

    def find_symbol_at(self, offset: int) -> str | None:
        """The function or variable around an address, and how far into it."""
        for image in reversed(self._interpreter.current.images):
            if image.symbols.at(offset) is not None:
                return image.symbols.describe(offset)
            for symbol in image.symbols:
                if symbol.address <= offset < symbol.address + symbol.size:
                    behind = offset - symbol.address
                    return f"{symbol.name}+0x{behind:X}" if behind else symbol.name
        return None

    def get_symbol_address(self, symbol_name: str, index: int | None = None) -> int:
        """index: from 0, where several symbols have that name."""
        found = self._addresses(symbol_name)
        if index is None and len(found) > 1:
            raise self._interpreter.error(
                f"Found {len(found)} possible addresses for the symbol.",
                f'give an index from 0: sysbus GetSymbolAddress "{symbol_name}" 0',
            )
        if not 0 <= (index or 0) < len(found):
            raise self._interpreter.error(
                f"Wrong index {index}: {symbol_name} has {len(found)} addresses",
                "indices begin at 0",
            )
        return found[index or 0]

    def get_all_symbol_addresses(self, symbol_name: str) -> list[int]:
        return self._addresses(symbol_name)

    def _addresses(self, name: str) -> list[int]:
        """Of the image loaded last that has the symbol."""
        for image in reversed(self._interpreter.current.images):
            found = {symbol.address: None for symbol in image.symbols if symbol.name == name}
            if found:
                return list(found)
        raise self._interpreter.error(
            f"Could not find any address for symbol: {name}",
            "load the image with symbols: sysbus LoadELF",
        )

    def what_peripheral_is_at(self, address: int) -> str:
        """The name, type and range of what answers at an address."""
        return self.what_is_at(address) or "nothing"

    def what_is_at(self, address: int) -> str | None:
        """The same; prints nothing where nothing is, as in Renode."""
        machine = self._interpreter.current
        for name, ranges in machine.places.items():
            for area in ranges:
                if area.start <= address < area.end:
                    kind = type_name(machine.peripherals[name])
                    return f"{machine.full_name(name)} ({kind}) {area}"
        tag = machine.tags.at(address)
        return None if tag is None else f"{tag.name} (tag) {tag.area}"

    def get_registration_points(self, peripheral: object) -> list[str]:
        """Where a peripheral is on the bus: first and last address of each place."""
        machine = self._interpreter.current
        return [
            f"<0x{area.start:08X}, 0x{area.end - 1:08X}>"
            for name, areas in machine.places.items()
            if machine.peripherals.get(name) is peripheral
            for area in areas
        ]


def local(file_name: str) -> Path:
    """A file of this host, fetched first where an address names it."""
    is_address = file_name.startswith(downloads.ADDRESSES)
    return downloads.fetch(file_name) if is_address else Path(file_name)


def _bytes(values: list[int]) -> bytes:
    try:
        return bytes(values)
    except (TypeError, ValueError) as error:
        raise RenodeWifiError(f"{values!r} are no bytes", cure="write [1, 0x2F]") from error
