# ironpython: executed by Renode
"""USB controller OTG_FS (RM0351 section 47), as a device on the cable of a host.

`host` is at the other end of the cable (`usb.packets` says what passes); without one the bus is
idle, and a device that shows itself is suspended after 3 ms.
"""

from renode_wifi.peripherals.stm32l4.otg_fs_endpoints import (
    GLOBAL_OUT_NAK,
    STRIDE_WORDS,
    DeviceEndpoints,
)
from renode_wifi.peripherals.stm32l4.otg_fs_registers import (
    DCFG,
    DCTL,
    DSTS,
    ENDPOINTS,
    GCCFG,
    GINTSTS,
    GOTGCTL,
    GOTGINT,
    GRSTCTL,
    GUSBCFG,
    HCCHAR,
    HCINT,
)

ALL_FIFOS = 0x10
"""In GRSTCTL.TXFNUM."""

KEPT_BY_CORE_RESET = (("GUSBCFG", 0xFFFFFFFF), ("GCCFG", 0xFFFFFFFF), ("DCFG", DCFG.DSPD))
"""What CSRST leaves as it is (section 47.15.5); GCCFG by what TinyUSB's dwc2_stm32.h relies on."""
FULL_SPEED = 3
SUSPENDED_AFTER = 3000000
"""ns of idle bus (USB 2.0 section 7.1.7.6)."""


class STM32L4_OTG_FS(DeviceEndpoints):
    def __init__(self, machine, name):
        # type: (typing.Any, str) -> None
        DeviceEndpoints.__init__(self, machine, name)
        self._vbus = False
        self._suspension = None  # type: typing.Any

    def reset(self):
        # type: () -> None
        DeviceEndpoints.reset(self)
        self._start()
        self._look_at_session(0, 0)

    # Core.

    def _reset_core(self, value, old):
        # type: (int, int) -> None
        if value & GRSTCTL.CSRST:
            kept = [(name, self.registers[name], bits) for name, bits in KEPT_BY_CORE_RESET]
            self.registers.reset()
            self._start()
            for name, before, bits in kept:
                self.registers[name] = (self.registers[name] & ~bits) | (before & bits)
            self._choose_mode(self.registers["GUSBCFG"], 0)
        if value & GRSTCTL.RXFFLSH:
            self._flush_received()
        if value & GRSTCTL.TXFFLSH:
            chosen = GRSTCTL["TXFNUM"].get(value)
            for number in range(ENDPOINTS):
                if chosen in (number, ALL_FIFOS):
                    self._flush(number)
        self._update(0, 0)

    def _choose_mode(self, value, old):
        # type: (int, int) -> None
        """CMOD follows the forced mode; the open ID pin makes a device."""
        status = self.registers["GINTSTS"] & ~GINTSTS.CMOD
        self.registers["GINTSTS"] = status | (GINTSTS.CMOD if value & GUSBCFG.FHMOD else 0)
        self._look_at_session(0, 0)

    def _is_session_valid(self):
        # type: () -> bool
        """V_BUS as the core sees it: sensed, or by override."""
        control = self.registers["GOTGCTL"]
        if control & GOTGCTL.BVALOEN:
            return bool(control & GOTGCTL.BVALOVAL)
        return bool(self._vbus and self.registers["GCCFG"] & GCCFG.VBDEN)

    def _look_at_session(self, value, old):
        # type: (int, int) -> None
        """Whether the session is valid, and the pull-up by which a device shows itself."""
        valid = self._is_session_valid()
        control = self.registers["GOTGCTL"]
        if valid != bool(control & GOTGCTL.BSVLD):
            self.registers["GOTGCTL"] = control ^ GOTGCTL.BSVLD
            if valid:
                self.registers["GINTSTS"] |= GINTSTS.SRQINT
            else:
                self.registers["GOTGINT"] |= GOTGINT.SEDET
        pulls_up = bool(
            valid
            and self.registers["GCCFG"] & GCCFG.PWRDWN
            and not self.registers["DCTL"] & DCTL.SDIS
            and not self.registers["GINTSTS"] & GINTSTS.CMOD
        )
        if pulls_up != self._pulls_up:
            self._pulls_up = pulls_up
            self._watch_bus()
            if self.host is not None:
                self.host.on_pull_up(pulls_up)
        self._update(0, 0)

    def _watch_bus(self):
        # type: () -> None
        """An idle bus suspends the device."""
        if self._suspension is not None:
            self._suspension.cancel()
            self._suspension = None
        if self._pulls_up and not self._vbus:
            self._suspension = self.machine.clock.schedule(SUSPENDED_AFTER, self._suspend)

    def _suspend(self):
        # type: () -> None
        self._suspension = None
        self.registers["DSTS"] |= DSTS.SUSPSTS
        self.registers["GINTSTS"] |= GINTSTS.ESUSP | GINTSTS.USBSUSP
        self._update(0, 0)

    def _resume(self):
        # type: () -> None
        if self.registers["DSTS"] & DSTS.SUSPSTS:
            self.registers["DSTS"] &= ~DSTS.SUSPSTS
            self.registers["GINTSTS"] |= GINTSTS.WKUPINT

    def _configure_device(self, value, old):
        # type: (int, int) -> None
        self._old_address = DCFG["DAD"].get(old)

    def _device_status(self):
        # type: () -> int
        frame = 0 if self.host is None else self.host.frame
        return DSTS["FNSOF"].put(self.registers["DSTS"], frame & 0x7FF)

    def _control_device(self, value, old):
        # type: (int, int) -> None
        control = self.registers["DCTL"]
        for sets, clears, status, effective in (
            (DCTL.SGINAK, DCTL.CGINAK, DCTL.GINSTS, GINTSTS.GINAKEFF),
            (DCTL.SGONAK, DCTL.CGONAK, DCTL.GONSTS, GINTSTS.GONAKEFF),
        ):
            if value & sets:
                control |= status
                if sets == DCTL.SGONAK and self._received:
                    # It takes effect when software comes to this word.
                    self._received.append((GLOBAL_OUT_NAK << 17, []))
                else:
                    self.registers["GINTSTS"] |= effective
            if value & clears:
                control &= ~status
                self.registers["GINTSTS"] &= ~effective
        self.registers["DCTL"] = control
        self._look_at_session(0, 0)
        self._notify()

    # The cable.

    def set_vbus(self, level):
        # type: (bool) -> None
        self._vbus = level
        self._watch_bus()
        if level and self._pulls_up:
            self.host.on_pull_up(True)
        self._look_at_session(0, 0)

    def reset_bus(self):
        # type: () -> None
        if self.registers["DSTS"] & DSTS.SUSPSTS:
            self.registers["GINTSTS"] |= GINTSTS.RSTDET
        self._resume()
        self.registers["DCFG"] &= ~DCFG.DAD
        self._old_address = 0
        self.registers["GINTSTS"] |= GINTSTS.USBRST
        self._update(0, 0)

    def end_reset(self):
        # type: () -> None
        self.registers["DSTS"] = DSTS["ENUMSPD"].put(self.registers["DSTS"], FULL_SPEED)
        self.registers["GINTSTS"] |= GINTSTS.ENUMDNE
        self._update(0, 0)

    def start_frame(self):
        # type: () -> None
        self._resume()
        self.registers["GINTSTS"] |= GINTSTS.SOF
        self._update(0, 0)

    # Host mode.

    def _control_channel(self, number, value, old):
        # type: (int, int, int) -> None
        """A channel that is disabled halts."""
        if value & HCCHAR.CHDIS:
            word = number * STRIDE_WORDS
            self.registers.values[HCCHAR.word + word] &= ~(HCCHAR.CHENA | HCCHAR.CHDIS) & 0xFFFFFFFF
            self.registers.values[HCINT.word + word] |= HCINT.CHH


MYPY = False
if MYPY:
    import typing  # noqa: F401
