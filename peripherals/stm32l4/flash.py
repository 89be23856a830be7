# ironpython: executed by Renode
"""Flash controller of the 1 MiB dual-bank array (RM0351 section 3).

Stores of the CPU into the array come here. While PG is set, two words into one aligned slot program
a double word; anything else raises the error flag the manual names. The array itself is memory on
the bus and outlives every reset.

Operations take the typical times of the data sheet (DS10969, flash memory characteristics), during
which BSY reads 1. The contents change at once, which nobody can see, for the chip stalls reads of a
busy bank. Where the chip would stall the bus (a store, or a write of CR, while busy) the running
operation ends early instead. Times of 0 make operations instant.
"""

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.stm32l4 import flash_options
from renode_wifi.peripherals.stm32l4.flash_options import (
    BANK_PAGES,
    BANK_SIZE,
    OPTIONS,
    PAGE_SIZE,
)
from renode_wifi.peripherals.stm32l4.flash_registers import (
    ACR,
    CR,
    ECCR,
    KEYR,
    OPTKEYR,
    OPTR,
    PCROP1ER,
    PCROP1SR,
    PCROP2ER,
    PCROP2SR,
    PDKEYR,
    SR,
    WRP1AR,
    WRP1BR,
    WRP2AR,
    WRP2BR,
)
from renode_wifi.peripherals.stm32l4.memories import FLASH, SRAM1, SRAM2

FAILS, HALF = "fails", "half"
"""What a fault does to an operation: it isn't done, or done by half."""

SLOT = 8
ROW_WORDS = 64

KEYS = (0x45670123, 0xCDEF89AB)
OPTION_KEYS = (0x08192A3B, 0x4C5D6E7F)
POWER_DOWN_KEYS = (0x04152637, 0xFAFBFCFD)


PROGRAM_ERRORS = SR.PROGERR | SR.WRPERR | SR.PGAERR | SR.SIZERR | SR.PGSERR | SR.MISERR | SR.FASTERR

STARTS = CR.STRT | CR.OPTSTRT | CR.OBL_LAUNCH
LOCKS = CR.LOCK | CR.OPTLOCK
# Bits of CR that a write stores.
SETTINGS = CR.written() & ~(STARTS | LOCKS)

# Where a vector table's SP may point to, for the boot loader to take bank 2 as firmware.
STACKS = (SRAM1, SRAM2)


class STM32L4_FLASH(Block):
    """base, size: the array on the bus. strict: a double word is programmed once between erases.

    programTime, pageEraseTime, massEraseTime: in ns. Without `strict` a second programming is let
    through and clears further bits, as older parts do.
    """

    STATUS = PARTLY
    MISSING = "reads of PCROP areas are let through; nobody debugs what RDP would hide"
    REGISTERS = (
        ACR,
        PDKEYR,
        KEYR,
        OPTKEYR,
        SR,
        CR,
        ECCR,
        OPTR,
        PCROP1SR,
        PCROP1ER,
        WRP1AR,
        WRP1BR,
        PCROP2SR,
        PCROP2ER,
        WRP2AR,
        WRP2BR,
    )

    def __init__(
        self,
        machine,
        name,
        base=FLASH[0],
        size=FLASH[1],
        strict=True,
        programTime=81690,
        pageEraseTime=22020000,
        massEraseTime=22130000,
    ):
        # type: (typing.Any, str, int, int, bool, int, int, int) -> None
        Block.__init__(self, machine, name)
        self.base = base
        self.size = size
        self.strict = strict
        self.program_time = programTime
        self.page_erase_time = pageEraseTime
        self.mass_erase_time = massEraseTime
        self.worn_pages = set()  # type: set[int]
        self.is_swapped = False
        self._programmed = self._option_registers()
        self._operation = None  # type: typing.Any
        self._clear()
        machine.bus.handle_writes(base, size, self.store)

    def reset(self):
        # type: () -> None
        """An operation under way is over: the array has its result already."""
        if self._operation is not None:
            self._operation.cancel()
        Block.reset(self)
        for option, value in self._programmed.items():
            self.registers[option] = value
        self._clear()
        self.swap_banks(self._boots_second_bank())

    def _clear(self):
        # type: () -> None
        self._operation = None
        self._options = self._programmed
        self._staged = self._programmed
        self._failed = False
        self._slot = None  # type: tuple[int, int] | None
        self._row = []  # type: list[int]
        self._row_address = 0
        self._keys_seen = 0
        self._option_keys_seen = 0
        self._power_down_keys_seen = 0
        self._locked_up = False
        self._options_locked_up = False

    def wear_out(self, page):
        # type: (int) -> None
        """From now on page `page` (0 to 511) erases, but can't be programmed: PROGERR."""
        self.worn_pages.add(page)

    # Banks.

    def swap_banks(self, swapped):
        # type: (bool) -> None
        """Bank 2 at the start of the array and bank 1 behind it, or as they are after reset."""
        if swapped == self.is_swapped:
            return
        self._finish()
        self.is_swapped = swapped
        bus, middle = self.machine.bus, self.base + BANK_SIZE
        first, second = bus.read_bytes(self.base, BANK_SIZE), bus.read_bytes(middle, BANK_SIZE)
        bus.write_bytes(self.base, second)
        bus.write_bytes(middle, first)
        self.machine.trace(self.name, "flash-banks", swapped=swapped)

    def _boots_second_bank(self):
        # type: () -> bool
        """BFB2 has the boot loader start bank 2, if there is firmware in it (section 2.6)."""
        if not self._options["OPTR"] & OPTR.BFB2:
            return False
        start = self._address_of(BANK_PAGES * PAGE_SIZE)
        stack = self.machine.bus.read(start, 4)
        return any(base < stack <= base + size for base, size in STACKS)

    def _offset_of(self, address):
        # type: (int) -> int
        """From the start of bank 1, wherever that is."""
        offset = address - self.base
        return offset ^ BANK_SIZE if self.is_swapped else offset

    def _address_of(self, offset):
        # type: (int) -> int
        return self.base + (offset ^ BANK_SIZE if self.is_swapped else offset)

    # Keys.

    def _key(self, value, old):
        # type: (int, int) -> None
        if self._locked_up or not self.registers["CR"] & CR.LOCK:
            return
        if value != KEYS[self._keys_seen]:
            self._locked_up = True
            self._report_locked_up("CR")
            return
        self._keys_seen = (self._keys_seen + 1) % 2
        if self._keys_seen == 0:
            self.registers["CR"] &= ~CR.LOCK

    def _option_key(self, value, old):
        # type: (int, int) -> None
        if self._options_locked_up or not self.registers["CR"] & CR.OPTLOCK:
            return
        if value != OPTION_KEYS[self._option_keys_seen] or self.registers["CR"] & CR.LOCK:
            self._options_locked_up = True
            self._report_locked_up("the option registers")
            return
        self._option_keys_seen = (self._option_keys_seen + 1) % 2
        if self._option_keys_seen == 0:
            self.registers["CR"] &= ~CR.OPTLOCK

    def _power_down_key(self, value, old):
        # type: (int, int) -> None
        if self._power_down_keys_seen < 2 and value == POWER_DOWN_KEYS[self._power_down_keys_seen]:
            self._power_down_keys_seen += 1
        else:
            self._power_down_keys_seen = 0

    def _report_locked_up(self, what):
        # type: (str) -> None
        self.machine.log.warning(
            "%s: wrong key, %s can't be unlocked before the next reset", self.name, what
        )

    # Control.

    def _access(self, value, old):
        # type: (int, int) -> None
        """RUN_PD changes only after both power-down keys."""
        if self._power_down_keys_seen < 2 and (value ^ old) & ACR.RUN_PD:
            self.registers["ACR"] ^= ACR.RUN_PD

    def _control(self, value, old):
        # type: (int, int) -> None
        # Until it is known what of it counts.
        self.registers["CR"] = old
        if old & CR.LOCK:
            return
        self._finish()
        settings = value & SETTINGS
        # The lock bits can only be set here; the keys clear them.
        self.registers["CR"] = settings | ((old | value) & LOCKS)
        if not value & CR.FSTPG:
            self._row = []
        if not value & CR.PG:
            self._slot = None
        if value & CR.OBL_LAUNCH and not old & CR.OPTLOCK:
            self.machine.request_reset("option-bytes")
        elif value & CR.OPTSTRT and not old & CR.OPTLOCK:
            self._program_options()
        elif value & CR.STRT:
            self._erase()
        self._update(0, 0)

    def _update(self, value, old):
        # type: (int, int) -> None
        control = self.registers["CR"]
        status = self.registers["SR"]
        self.lines["IRQ"].set(
            (control & CR.EOPIE != 0 and status & SR.EOP != 0)
            or (control & CR.ERRIE != 0 and status & SR.OPERR != 0)
        )

    def _fail(self, flag):
        # type: (int) -> None
        """An operation that isn't even started."""
        self._slot = None
        self.registers["SR"] |= flag
        if self.registers["CR"] & CR.ERRIE:
            self.registers["SR"] |= SR.OPERR
        self._update(0, 0)

    def _begin(self, duration):
        # type: (int) -> None
        self.registers["SR"] |= SR.BSY
        if duration:
            self._operation = self.machine.clock.schedule(duration, self._end)
        else:
            self._end()

    def _finish(self):
        # type: () -> None
        """End the running operation now."""
        if self._operation is not None:
            self._operation.cancel()
            self._end()

    def _end(self):
        # type: () -> None
        self._operation = None
        self.registers["SR"] &= ~SR.BSY
        self.registers["CR"] &= ~STARTS
        if self._failed:
            self._failed = False
            self._fail(SR.PROGERR)
        elif self.registers["CR"] & CR.EOPIE:
            # EOP is set only while its interrupt is enabled.
            self.registers["SR"] |= SR.EOP
        self._update(0, 0)

    # Erasing.

    def _erase(self):
        # type: () -> None
        control = self.registers["CR"]
        kinds = control & (CR.PER | CR.MER1 | CR.MER2)
        if control & (CR.PG | CR.FSTPG) or not kinds or self._has_program_error():
            self._fail(SR.PGSERR)
            return
        pages = set()  # type: set[int]
        if control & CR.PER:
            page = CR["PNB"].get(control)
            pages.add(page + BANK_PAGES if control & CR.BKER else page)
        if control & CR.MER1:
            pages.update(range(BANK_PAGES))
        if control & CR.MER2:
            pages.update(range(BANK_PAGES, 2 * BANK_PAGES))
        if any(self._is_protected(page * PAGE_SIZE, PAGE_SIZE) for page in pages):
            self._fail(SR.WRPERR)
            return
        fault = self._fault("erase", min(pages))
        self._failed = fault == FAILS
        length = 0 if fault == FAILS else PAGE_SIZE // 2 if fault == HALF else PAGE_SIZE
        for page in sorted(pages):
            if page * PAGE_SIZE < self.size and length:
                self._write_array(self._address_of(page * PAGE_SIZE), [0xFF] * length)
        self.machine.trace(self.name, "flash-erase", pages=len(pages), first=min(pages))
        self.registers["CR"] |= CR.STRT
        self._begin(self.page_erase_time if kinds == CR.PER else self.mass_erase_time)

    def _is_protected(self, offset, size):
        # type: (int, int) -> bool
        """By WRP or PCROP."""
        return flash_options.is_write_protected(
            self._options, offset // PAGE_SIZE
        ) or flash_options.is_proprietary(self._options, offset, size)

    # Programming.

    def store(self, address, value, width):
        # type: (int, int, int) -> None
        """A store of the CPU into the array."""
        self._finish()
        control = self.registers["CR"]
        if control & CR.LOCK or not control & (CR.PG | CR.FSTPG) or self._has_program_error():
            self._fail(SR.PGSERR)
        elif width != 4:
            self._fail(SR.SIZERR)
        elif address & 3:
            self._fail(SR.PGAERR)
        elif control & CR.FSTPG:
            self._store_row(address, value)
        else:
            self._store_slot(address, value)

    def _has_program_error(self):
        # type: () -> bool
        return self.registers["SR"] & PROGRAM_ERRORS != 0

    def _store_slot(self, address, value):
        # type: (int, int) -> None
        if self._slot is None:
            if address % SLOT:
                self._fail(SR.PGAERR)
            else:
                self._slot = (address, value)
            return
        first, low = self._slot
        self._slot = None
        if address != first + 4:
            self._fail(SR.PGAERR)
        elif self._is_protected(self._offset_of(first), SLOT):
            self._fail(SR.WRPERR)
        else:
            self._program(first, [low, value], self.program_time)

    def _store_row(self, address, value):
        # type: (int, int) -> None
        """Fast programming: 32 double words of one row, stored in order."""
        if not self._row:
            if address % (4 * ROW_WORDS):
                self._fail(SR.PGAERR)
                return
            self._row_address = address
        elif address != self._row_address + 4 * len(self._row):
            self._row = []
            self._fail(SR.PGAERR | SR.FASTERR)
            return
        self._row.append(value)
        if len(self._row) == ROW_WORDS:
            row, self._row = self._row, []
            if self._is_protected(self._offset_of(self._row_address), 4 * ROW_WORDS):
                self._fail(SR.WRPERR)
            else:
                # A row takes less than its double words would: 1.91 ms instead of 2.61 ms.
                duration = self.program_time * ROW_WORDS // 2 * 191 // 261
                self._program(self._row_address, row, duration)

    def _program(self, address, words, duration):
        # type: (int, list[int], int) -> None
        """Program whole double words; bits only go from 1 to 0."""
        old = self._read_array(address, 4 * len(words))
        new = []  # type: list[int]
        for word in words:
            new += [(word >> shift) & 0xFF for shift in (0, 8, 16, 24)]
        page = self._offset_of(address) // PAGE_SIZE
        erased = all(byte == 0xFF for byte in old)
        fault = self._fault("program", page)
        if fault == HALF:
            new[len(new) // 2 :] = old[len(new) // 2 :]
        if fault == FAILS or page in self.worn_pages:
            self._failed = True
        elif not erased and any(new) and self.strict and len(words) == 2:
            # Only all zeros may go over what is programmed already.
            self._fail(SR.PROGERR)
            return
        else:
            # Nearly always the slot is erased.
            self._write_array(
                address,
                new if erased else [a & b for a, b in zip(old, new)],  # noqa: B905
            )
        self._begin(duration)

    def _fault(self, operation, page):
        # type: (str, int) -> str
        """What goes wrong with this operation: FAILS, HALF or nothing."""
        faults = getattr(self.machine, "flash_faults", None)
        if faults is None:
            return ""
        fault = faults.strike(operation, page)  # type: str
        return fault

    def _read_array(self, address, length):
        # type: (int, int) -> list[int]
        return list(bytearray(self.machine.bus.read_bytes(address, length)))

    def _write_array(self, address, data):
        # type: (int, list[int]) -> None
        self.machine.bus.write_bytes(address, bytes(bytearray(data)))

    # Option bytes.

    def _option_written(self, value, old):
        # type: (int, int) -> None
        """The option registers hold what OPTSTRT will program; locked, they don't change."""
        if self.registers["CR"] & LOCKS:
            for option, staged in self._staged.items():
                self.registers[option] = staged
        else:
            self._staged = self._option_registers()

    def _option_registers(self):
        # type: () -> dict[str, int]
        return dict((option.name, self.registers[option.name]) for option in OPTIONS)

    def programmed_option(self, name):
        # type: (str) -> int
        """The option word as it stands in the flash."""
        return self._programmed[name]

    def _program_options(self):
        # type: () -> None
        """The new options act after the next reset, which loads them."""
        wanted = self._option_registers()
        if flash_options.level(self._programmed) == 2:
            self.machine.log.warning("%s: RDP is at level 2: options stay as they are", self.name)
            wanted = self._programmed
        elif flash_options.is_regression(self._programmed, wanted):
            self._erase_protected(wanted)
        self._programmed = flash_options.after_programming(self._programmed, wanted)
        self.registers["CR"] |= CR.OPTSTRT
        self._begin(self.page_erase_time)

    def _erase_protected(self, wanted):
        # type: (dict[str, int]) -> None
        """From RDP level 1 to 0: flash, SRAM2 and backup registers (section 3.5.1).

        Unless PCROP_RDP is set, PCROP areas stay.
        """
        keeps = not wanted["PCROP1ER"] & PCROP1ER.PCROP_RDP
        for page in range(self.size // PAGE_SIZE):
            offset = page * PAGE_SIZE
            if not (keeps and flash_options.is_proprietary(self._programmed, offset, PAGE_SIZE)):
                self._write_array(self._address_of(offset), [0xFF] * PAGE_SIZE)
        self.machine.bus.write_bytes(SRAM2[0], bytes(bytearray(SRAM2[1])))
        try:
            forget = self.machine.peripheral("rtc").forget_backup
        except (KeyError, AttributeError):
            return
        forget()


MYPY = False
if MYPY:
    import typing  # noqa: F401
