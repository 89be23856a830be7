"""`Memory.MappedMemory` and `Memory.ArrayMemory`: RAM, ROM or flash."""

from __future__ import annotations

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform.stock.model import StockMachine, StockModel


class Memory(StockModel):
    """RAM, ROM or flash. On the bus its bytes live in the core; off it, inside a serial flash for
    instance, they are kept here by pages, of which only those written take room. So they are where
    it doesn't fill whole pages of the core, which can't run code from there then.
    """

    PAGE = 256
    CORE_PAGE = 4096

    def __init__(self, machine: StockMachine, name: str, size: int, initialValue: int = 0) -> None:
        super().__init__(machine, name)
        if size <= 0:
            raise RenodeWifiError(f"memory size {size} is not possible", cure="give bytes above 0")
        self.size = size
        self.reset_byte = initialValue
        self.base: int | None = None
        self._pages: dict[int, bytearray] = {}

    def place(self, base: int) -> None:
        """Map it at `base`; a second time is an alias of the first."""
        if base % self.CORE_PAGE or self.size % self.CORE_PAGE:
            self.machine.core.map_peripheral(base, self.size, self)
        elif self.base is None:
            self.base = base
            self.machine.core.map_memory(base, self.size, name=self.name, fill=self.reset_byte)
        else:
            self.machine.core.map_alias(base, self.base, self.size)

    def reset(self) -> None:
        """Bytes outlive a reset."""

    def read(self, offset: int, width: int) -> int:
        return int.from_bytes(self._access(offset, width, None), "little")

    def write(self, offset: int, value: int, width: int) -> None:
        data = (value & ((1 << 8 * width) - 1)).to_bytes(width, "little")
        self._access(offset, width, data)

    def _access(self, offset: int, length: int, data: bytes | None) -> bytes:
        if not 0 <= offset <= self.size - length:
            raise RenodeWifiError(
                f"offset 0x{offset:X} is outside of {self.name}", cure=f"it has {self.size} bytes"
            )
        if self.base is None:
            return self._access_pages(offset, length, data)
        if data is not None:
            self.machine.bus.write_bytes(self.base + offset, data)
            return data
        return self.machine.bus.read_bytes(self.base + offset, length)

    def _access_pages(self, offset: int, length: int, data: bytes | None) -> bytes:
        found = bytearray()
        for position in range(offset, offset + length):
            number, place = divmod(position, self.PAGE)
            page = self._pages.get(number)
            if data is not None:
                if page is None:
                    page = self._pages[number] = bytearray([self.reset_byte]) * self.PAGE
                page[place] = data[position - offset]
            found.append(self.reset_byte if page is None else page[place])
        return bytes(found)
