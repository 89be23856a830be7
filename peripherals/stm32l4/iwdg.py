"""Independent watchdog (RM0351 section 36), clocked by the LSI."""

from __future__ import annotations

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.clock import SECOND, Event
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.base.registers import Register

KEY_RELOAD, KEY_START, KEY_UNLOCK = 0xAAAA, 0xCCCC, 0x5555
NO_WINDOW = 0xFFF


class STM32_IndependentWatchdog(Block):
    """frequency: of the LSI in Hz. windowOption: WINR exists. defaultPrescaler: PR after reset."""

    GATED = True
    OUTPUTS = ()
    REGISTERS = (
        Register("KR", 0x00, writable=0, on_write="_key"),
        Register("PR", 0x04, writable=0x7),
        Register("RLR", 0x08, reset=0xFFF, writable=0xFFF),
        Register("SR", 0x0C, writable=0),
        Register("WINR", 0x10, reset=NO_WINDOW, writable=0xFFF),
    )
    PROTECTED = (0x04, 0x08, 0x10)

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
        if offset == 0x10 and not self._has_window:
            return
        super().write(offset, value, width)
        if offset == 0x10 and self._started:
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
