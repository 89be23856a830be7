# ironpython: executed by Renode
"""USB controller OTG_FS (RM0351 section 47) with nothing at its connector.

The core resets, flushes its FIFOs and changes its mode at once. As a device it waits for a host, as
a host for a device.
"""

from renode_wifi.peripherals.base.block import RegistersOnly
from renode_wifi.peripherals.stm32l4.otg_fs_registers import (
    DCTL,
    DEVICE,
    DIEPCTL,
    DIEPINT,
    DOEPCTL,
    DOEPINT,
    ENDPOINT_STRIDE,
    GINTSTS,
    GLOBAL,
    GRSTCTL,
    GUSBCFG,
    HCCHAR,
    HCINT,
    HOST,
)

FIFOS = 0x1000
"""Offset of the first FIFO's window; the registers end before it."""
ENDPOINT_ZERO_ACTIVE = DIEPCTL.USBAEP


class STM32L4_OTG_FS(RegistersOnly):
    MISSING = "the wire: no host and no device is ever found"
    SIZE = 0x1000
    REGISTERS = GLOBAL + HOST + DEVICE

    def __init__(self, machine, name):
        # type: (typing.Any, str) -> None
        RegistersOnly.__init__(self, machine, name)
        self._activate_endpoint_zero()

    def reset(self):
        # type: () -> None
        RegistersOnly.reset(self)
        self._activate_endpoint_zero()

    def _activate_endpoint_zero(self):
        # type: () -> None
        self.registers.values[DIEPCTL.word] = ENDPOINT_ZERO_ACTIVE
        self.registers.values[DOEPCTL.word] = ENDPOINT_ZERO_ACTIVE

    def read(self, offset, width):
        # type: (int, int) -> int
        """Windows of FIFOs are empty."""
        return RegistersOnly.read(self, offset, width) if offset < FIFOS else 0

    def write(self, offset, value, width):
        # type: (int, int, int) -> None
        """What is pushed into a FIFO is dropped."""
        if offset < FIFOS:
            RegistersOnly.write(self, offset, value, width)

    def _reset_core(self, value, old):
        # type: (int, int) -> None
        if value & GRSTCTL.CSRST:
            configuration = self.registers["GUSBCFG"]
            self.reset()
            self.registers["GUSBCFG"] = configuration
            self._choose_mode(configuration, configuration)

    def _choose_mode(self, value, old):
        # type: (int, int) -> None
        """CMOD follows the forced mode; the open ID pin makes a device."""
        status = self.registers["GINTSTS"] & ~GINTSTS.CMOD
        self.registers["GINTSTS"] = status | (GINTSTS.CMOD if value & GUSBCFG.FHMOD else 0)

    def _control_device(self, value, old):
        # type: (int, int) -> None
        control = self.registers["DCTL"]
        for sets, clears, status in (
            (DCTL.SGINAK, DCTL.CGINAK, DCTL.GINSTS),
            (DCTL.SGONAK, DCTL.CGONAK, DCTL.GONSTS),
        ):
            if value & sets:
                control |= status
            if value & clears:
                control &= ~status
        self.registers["DCTL"] = control

    def _control_in(self, number, value, old):
        # type: (int, int, int) -> None
        self._control_endpoint(DIEPCTL, DIEPINT, number, value)

    def _control_out(self, number, value, old):
        # type: (int, int, int) -> None
        self._control_endpoint(DOEPCTL, DOEPINT, number, value)

    def _control_endpoint(self, control, flags, number, value):
        # type: (Register, Register, int, int) -> None
        values = self.registers.values
        word = control.word + number * ENDPOINT_STRIDE // 4
        setting = values[word]
        if value & DIEPCTL.CNAK:
            setting &= ~DIEPCTL.NAKSTS
        if value & DIEPCTL.SNAK:
            setting |= DIEPCTL.NAKSTS
        if value & DIEPCTL.SD0PID:
            setting &= ~DIEPCTL.EONUM
        if value & DIEPCTL.SODDFRM:
            setting |= DIEPCTL.EONUM
        if value & DIEPCTL.EPDIS:
            if value & DIEPCTL.EPENA:
                values[flags.word + number * ENDPOINT_STRIDE // 4] |= DIEPINT.EPDISD
            setting &= ~(DIEPCTL.EPENA | DIEPCTL.EPDIS)
        if number == 0:
            setting |= ENDPOINT_ZERO_ACTIVE
        values[word] = setting & 0xFFFFFFFF

    def _control_channel(self, number, value, old):
        # type: (int, int, int) -> None
        """A channel that is disabled halts."""
        if value & HCCHAR.CHDIS:
            word = number * ENDPOINT_STRIDE // 4
            self.registers.values[HCCHAR.word + word] &= ~(HCCHAR.CHENA | HCCHAR.CHDIS) & 0xFFFFFFFF
            self.registers.values[HCINT.word + word] |= HCINT.CHH


MYPY = False
if MYPY:
    import typing  # noqa: F401

    from renode_wifi.peripherals.base.registers import Register  # noqa: F401
