"""Independent watchdog (RM0351 section 36), clocked by the LSI."""

from __future__ import annotations

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.clock import SECOND, Event
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.base.register_file import SERVE_READS
from renode_wifi.peripherals.base.registers import READ_ONLY, WRITE_ONLY, Field, Register

KR = Register("KR", 0x00, access=WRITE_ONLY, on_write="_key", fields=(Field("KEY", 0, 16),))
PR = Register("PR", 0x04, fields=(Field("PR", 0, 3),))
RLR = Register("RLR", 0x08, reset=0xFFF, fields=(Field("RL", 0, 12),))
SR = Register(
    "SR", 0x0C, access=READ_ONLY, fields=(Field("PVU", 0), Field("RVU", 1), Field("WVU", 2))
)
WINR = Register("WINR", 0x10, reset=0xFFF, fields=(Field("WIN", 0, 12),))

KEY_RELOAD, KEY_START, KEY_UNLOCK = 0xAAAA, 0xCCCC, 0x5555
NO_WINDOW = 0xFFF


class STM32_IndependentWatchdog(Block):
    """frequency: of the LSI in Hz. windowOption: WINR exists. defaultPrescaler: PR after reset."""

    SERVED = SERVE_READS
    OUTPUTS = ()
    REGISTERS = (KR, PR, RLR, SR, WINR)
    PROTECTED = (PR.offset, RLR.offset, WINR.offset)

    def __init__(
        self,
        machine: Machine,
        name: str,
        frequency: int = 32_000,
        windowOption: bool = True,
        defaultPrescaler: int = 0,
    ) -> None:
        super().__init__(machine, name)
        self._hertz = frequency
        self._has_window = windowOption
        self._default_prescaler = defaultPrescaler
        self._event: Event | None = None
        self._clear()

    def reset(self) -> None:
        if self._event is not None:
            self._event.cancel()
            self._event = None
        super().reset()
        self._clear()

    def _clear(self) -> None:
        self.registers["PR"] = self._default_prescaler
        self._started = False
        self._unlocked = False
        self._loaded_at = 0

    def _tick(self) -> int:
        """ns from one count to the next."""
        divider = 4 << min(self.registers["PR"], 6)
        return divider * SECOND // self._hertz

    def write(self, offset: int, value: int, width: int) -> None:
        if offset in self.PROTECTED and not self._unlocked:
            return
        if offset == WINR.offset and not self._has_window:
            return
        super().write(offset, value, width)
        if offset == WINR.offset and self._started:
            # Writing the window reloads the counter.
            self._load()

    def _key(self, value: int, old: int) -> None:
        key = value & 0xFFFF
        self._unlocked = key == KEY_UNLOCK
        if key == KEY_START:
            self._started = True
            self._load()
        elif key == KEY_RELOAD and self._started:
            window = self.registers["WINR"]
            elapsed = (self.machine.clock.now - self._loaded_at) // self._tick()
            if self.registers["RLR"] - elapsed > window:
                self._expire()
            else:
                self._load()

    def _load(self) -> None:
        if self._event is not None:
            self._event.cancel()
        self._loaded_at = self.machine.clock.now
        delay = (self.registers["RLR"] + 1) * self._tick()
        self._event = self.machine.clock.schedule(delay, self._expire)

    def _expire(self) -> None:
        if self._event is not None:
            self._event.cancel()
            self._event = None
        self.machine.log.warning("%s: not refreshed in time", self.name)
        self.machine.request_reset("iwdg")
