# ironpython: executed by Renode
"""The flash controller of the CC3220SF (hw_flash_ctrl.h of TI's SDK; the controller of TI's TM4C
family): erases pages of 2 KiB, programs words, and rows of up to 32 words through a write buffer.
"""

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.registers import READ_ONLY, Register, packed

FAILS, HALF = "fails", "half"
"""What a fault does to an operation: it isn't done, or done by half."""

WRKEY = 0xA442
FMC = Register(
    "FMC",
    0x008,
    access=READ_ONLY,
    on_write="_command",
    fields=packed("WRITE ERASE MERASE COMT -:12 WRKEY:16"),
)
FCRIS = Register(
    "FCRIS",
    0x00C,
    access=READ_ONLY,
    fields=packed("ARIS PRIS ERIS -:6 VOLTRIS INVDRIS ERRIS - PROGRIS"),
)
FCIM = Register(
    "FCIM",
    0x010,
    on_write="_update",
    fields=packed("AMASK PMASK EMASK -:6 VOLTMASK INVDMASK ERMASK - PROGMASK ILLMASK"),
)
FCMISC = Register(
    "FCMISC",
    0x014,
    access=READ_ONLY,
    on_write="_clear",
    fields=packed("AMISC PMISC EMISC -:6 VOLTMISC INVDMISC ERMISC - PROGMISC ILLMISC"),
)
FMC2 = Register(
    "FMC2",
    0x020,
    access=READ_ONLY,
    on_write="_command_buffer",
    fields=packed("WRBUF -:15 WRKEY:16"),
)
PAGE = 2048
ROW_WORDS = 32
ERASE_TIME = 15000000
MASS_ERASE_TIME = 50000000
PROGRAM_TIME = 50000
"""ns; per page, per chip, and per word or row (typical values of the TM4C129 data sheet)."""


FWB = Register("FWB", 0x100, count=ROW_WORDS, on_write="_fill")


class CC3220_FLASH_CTRL(Block):
    """base, size: the array. Output 0: interrupt. Times in ns; 0 makes operations instantaneous."""

    OUTPUTS = (0,)
    SIZE = 0x1000
    REGISTERS = (
        Register("FMA", 0x000),
        Register("FMD", 0x004),
        FMC,
        FCRIS,
        FCIM,
        FCMISC,
        FMC2,
        Register("FWBVAL", 0x030),
        Register("FLPEKEY", 0x03C, access=READ_ONLY),
        FWB,
        Register("FSIZE", 0xFC0, reset=0x1FF, access=READ_ONLY, fields=packed("SIZE:16")),
        Register("SSIZE", 0xFC4, reset=0x3FF, access=READ_ONLY, fields=packed("SRAM_SIZE:16")),
    )

    def __init__(
        self,
        machine,
        name,
        base=0x01000000,
        size=0x100000,
        erase_time=ERASE_TIME,
        program_time=PROGRAM_TIME,
    ):
        # type: (typing.Any, str, int, int, int, int) -> None
        self.base = base
        self.size = size
        self.erase_time = erase_time
        self.program_time = program_time
        self._operation = None  # type: typing.Any
        self._flags = 0
        self._reported = False
        self.worn_pages = set()  # type: set[int]
        Block.__init__(self, machine, name)
        machine.bus.handle_writes(base, size, self.store)

    def reset(self):
        # type: () -> None
        if self._operation is not None:
            self._operation.cancel()
            self._operation = None
        Block.reset(self)

    def store(self, address, value, width):
        # type: (int, int, int) -> None
        """A store of the CPU into the array does nothing."""
        if not self._reported:
            self._reported = True
            self.machine.log.warning(
                "%s: store to flash at 0x%08X is lost: use the controller (reported once)",
                self.name,
                address,
            )

    # Operations.

    def _offset(self):
        # type: () -> int
        """FMA names the array from its start, or by its address."""
        address = self.registers["FMA"]  # type: int
        return address - self.base if address >= self.base else address

    def _command(self, value, old):
        # type: (int, int) -> None
        if FMC["WRKEY"].get(value) != WRKEY or self._operation is not None:
            return
        offset = self._offset()
        if value & FMC.MERASE:
            flags = self._erase(0, self.size)
            self._begin("FMC", FMC.MERASE, self.erase_time and MASS_ERASE_TIME, flags)
        elif value & FMC.ERASE:
            flags = FCRIS.ARIS
            if offset < self.size:
                flags = self._erase(offset // PAGE * PAGE, PAGE)
            self._begin("FMC", FMC.ERASE, self.erase_time, flags)
        elif value & FMC.WRITE:
            flags = self._program_struck(offset, {0: self.registers["FMD"]})
            self._begin("FMC", FMC.WRITE, self.program_time, flags)

    def _fill(self, index, value, old):
        # type: (int, int, int) -> None
        self.registers["FWBVAL"] |= 1 << index

    def _command_buffer(self, value, old):
        # type: (int, int) -> None
        if FMC2["WRKEY"].get(value) != WRKEY or not value & FMC2.WRBUF:
            return
        if self._operation is not None:
            return
        row = self._offset() // (4 * ROW_WORDS) * (4 * ROW_WORDS)
        valid = self.registers["FWBVAL"]
        words = {}  # type: dict[int, int]
        for index in range(ROW_WORDS):
            if valid >> index & 1:
                words[index] = self.registers.values[FWB.word + index]
        flags = self._program_struck(row, words)
        self.registers["FWBVAL"] = 0
        self._begin("FMC2", FMC2.WRBUF, self.program_time, flags)

    def _fault(self, operation, offset):
        # type: (str, int) -> str
        """What goes wrong with this operation: FAILS, HALF or nothing."""
        faults = getattr(self.machine, "flash_faults", None)
        if faults is None:
            return ""
        fault = faults.strike(operation, offset // PAGE)  # type: str
        return fault

    def _program_struck(self, offset, words):
        # type: (int, dict[int, int]) -> int
        """Words by their index from `offset` on. Returns the flags of a failure."""
        fault = self._fault("program", offset)
        if fault == FAILS or offset // PAGE in self.worn_pages:
            return FCRIS.INVDRIS
        flags = 0
        indices = sorted(words)
        for index in indices[: len(indices) // 2] if fault == HALF else indices:
            flags |= self._program(offset + 4 * index, [words[index]])
        return flags

    def wear_out(self, page):
        # type: (int) -> None
        """From now on page `page` erases, but can't be programmed."""
        self.worn_pages.add(page)

    def _erase(self, offset, length):
        # type: (int, int) -> int
        """Returns the flags of a failure."""
        fault = self._fault("erase", offset)
        if fault == FAILS:
            return FCRIS.INVDRIS
        if fault == HALF:
            length //= 2
        self.machine.bus.write_bytes(self.base + offset, bytes(bytearray([0xFF] * length)))
        self.machine.trace(self.name, "flash-erase", first=offset, size=length)
        return 0

    def _program(self, offset, words):
        # type: (int, list[int]) -> int
        """Bits only go from 1 to 0. Returns the flags of a failure."""
        if offset + 4 * len(words) > self.size:
            return FCRIS.ARIS
        flags = 0
        for word in words:
            address = self.base + offset
            old = 0
            for shift, byte in enumerate(bytearray(self.machine.bus.read_bytes(address, 4))):
                old |= byte << (8 * shift)
            if word & ~old:
                flags |= FCRIS.INVDRIS
            new = word & old
            data = [new & 0xFF, new >> 8 & 0xFF, new >> 16 & 0xFF, new >> 24]
            self.machine.bus.write_bytes(address, bytes(bytearray(data)))
            offset += 4
        return flags

    def _begin(self, register, bit, duration, flags):
        # type: (str, int, int, int) -> None
        """The command's bit reads 1 until it is done."""
        self.registers[register] = bit
        self._flags = flags
        if duration:
            self._operation = self.machine.clock.schedule(duration, self._end)
        else:
            self._end()

    def _end(self):
        # type: () -> None
        self._operation = None
        self.registers["FMC"] = 0
        self.registers["FMC2"] = 0
        self.registers["FCRIS"] |= FCRIS.PRIS | self._flags
        self._update(0, 0)

    # Interrupt.

    def _update(self, value, old):
        # type: (int, int) -> None
        masked = self.registers["FCRIS"] & self.registers["FCIM"]
        self.registers["FCMISC"] = masked
        self.lines[0].set(masked != 0)

    def _clear(self, value, old):
        # type: (int, int) -> None
        self.registers["FCRIS"] &= ~value
        self._update(0, 0)


MYPY = False
if MYPY:
    import typing  # noqa: F401
