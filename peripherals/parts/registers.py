"""Parts whose registers of a byte are read and written over I2C, by a register number in front."""

from __future__ import annotations

from typing import ClassVar

from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.parts.part import Part


class ByteRegister:
    """One register, or `count` adjacent ones.

    writable: bits that the master can write. on_read: name of a method `f() -> int`, or
    `f(index) -> int` of several registers; on_write: of a method `f(value)`, called after the value
    was stored.
    """

    __slots__ = ("address", "count", "name", "on_read", "on_write", "reset", "writable")

    def __init__(
        self,
        name: str,
        address: int,
        reset: int = 0,
        writable: int = 0xFF,
        on_read: str = "",
        on_write: str = "",
        count: int = 1,
    ) -> None:
        self.name = name
        self.address = address
        self.reset = reset
        self.writable = writable
        self.on_read = on_read
        self.on_write = on_write
        self.count = count


class ByteRegisters:
    """The registers of a bank at work: values by name or by address."""

    def __init__(self, declared: tuple[ByteRegister, ...]) -> None:
        self._by_address: dict[int, ByteRegister] = {}
        self._addresses: dict[str, int] = {}
        for register in declared:
            self._addresses[register.name] = register.address
            for index in range(register.count):
                self._by_address[register.address + index] = register
        self.values: dict[int, int] = {}
        self.reset()

    def reset(self) -> None:
        for address, register in self._by_address.items():
            self.values[address] = register.reset

    def __getitem__(self, name: str) -> int:
        return self.values[self._addresses[name]]

    def __setitem__(self, name: str, value: int) -> None:
        """Past its write rules."""
        self.values[self._addresses[name]] = value & 0xFF

    def at(self, address: int) -> ByteRegister | None:
        return self._by_address.get(address)

    def store(self, address: int, value: int) -> ByteRegister | None:
        """A write of the master; the register whose bits it changed, None where there is none."""
        register = self._by_address.get(address)
        if register is not None and register.writable:
            kept = self.values[address] & ~register.writable
            self.values[address] = kept | value & register.writable
            return register
        return None

    def put(self, name: str, data: bytes) -> None:
        """Bytes from a register on, past its write rules."""
        first = self._addresses[name]
        for index, byte in enumerate(data):
            self.values[first + index] = byte


class I2CPart(Part):
    """An I2C device with registers. The first byte after an address for writing is a register's
    number; it stays until the next one.

    NUMBER_MASK: bits of that byte that are the number.
    """

    REGISTERS: ClassVar[tuple[ByteRegister, ...]] = ()
    NUMBER_MASK: ClassVar[int] = 0xFF

    def __init__(self, machine: Machine, name: str) -> None:
        super().__init__(machine, name)
        self.address: int | None = None
        """Seven bits; None while it isn't on a bus."""
        self.registers = ByteRegisters(self.REGISTERS)
        self._pointer = 0
        self._expects_number = False

    def power_on(self) -> None:
        self.registers.reset()
        self._pointer = 0
        self._expects_number = False

    def bank(self) -> ByteRegisters:
        """The registers that the master sees."""
        return self.registers

    def next_address(self, address: int) -> int:
        """The register after `address` in one transfer."""
        return (address + 1) & self.NUMBER_MASK

    def number_written(self, byte: int) -> None:
        """The master has sent a register's number."""

    def before_access(self) -> None:
        """Called when the master begins to read, and before it writes a register."""

    # I2C.

    def start(self, reading: bool) -> bool:
        self._expects_number = not reading
        if reading:
            self.before_access()
        return True

    def write(self, byte: int) -> bool:
        if self._expects_number:
            self._expects_number = False
            self._pointer = byte & self.NUMBER_MASK
            self.number_written(byte)
            return True
        self.before_access()
        bank, address = self.bank(), self._pointer
        self._pointer = self.next_address(address)
        register = bank.store(address, byte)
        if register is not None and register.on_write:
            getattr(self, register.on_write)(byte)
        return True

    def read(self) -> int:
        bank, address = self.bank(), self._pointer
        self._pointer = self.next_address(address)
        register = bank.at(address)
        if register is None:
            return 0
        if not register.on_read:
            return bank.values[address]
        method = getattr(self, register.on_read)
        value = method(address - register.address) if register.count > 1 else method()
        return int(value)

    def stop(self) -> None:
        """A part keeps its register number."""
