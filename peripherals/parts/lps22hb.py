"""ST LPS22HB, pressure and temperature (data sheet DocID027083: FIFO in section 4, registers in 9).

The low-pass filter keeps its settings only. Interrupts compare what the part measures with its
thresholds at each sample.
"""

from __future__ import annotations

from collections import deque
from typing import ClassVar

from renode_wifi.peripherals.base.clock import MILLISECOND
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.parts.part import Measured, signed16
from renode_wifi.peripherals.parts.registers import ByteRegister, I2CPart
from renode_wifi.peripherals.parts.sampler import Sampler

IDENTITY = 0xB1
CFG_AUTORIFP, CFG_RESET_ARP, CFG_AUTOZERO, CFG_RESET_AZ = 1 << 7, 1 << 6, 1 << 5, 1 << 4
CFG_DIFF_EN, CFG_LIR, CFG_PLE, CFG_PHE = 1 << 3, 1 << 2, 1 << 1, 1 << 0
CTRL2_FIFO_EN, CTRL2_STOP_ON_FTH, CTRL2_IF_ADD_INC = 1 << 6, 1 << 5, 1 << 4
CTRL2_SWRESET, CTRL2_ONE_SHOT = 1 << 2, 1 << 0
CTRL3_INT_H_L, CTRL3_F_FSS5, CTRL3_F_FTH = 1 << 7, 1 << 5, 1 << 4
CTRL3_F_OVR, CTRL3_DRDY, CTRL3_INT_S = 1 << 3, 1 << 2, 3
SOURCE_IA, SOURCE_PL, SOURCE_PH = 1 << 2, 1 << 1, 1 << 0
FIFO_FTH, FIFO_OVR = 1 << 7, 1 << 6
STATUS_T_OR, STATUS_P_OR, STATUS_T_DA, STATUS_P_DA = 1 << 5, 1 << 4, 1 << 1, 1 << 0
RATES = (0, 1_000, 10_000, 25_000, 50_000, 75_000, 0, 0)
"""In mHz by ODR; 0: one-shot."""
CONVERSION = 13 * MILLISECOND
"""To the first sample: less than 1/75 Hz, the fastest rate."""
FIFO_DEPTH = 32
BYPASS, FIFO, STREAM, STREAM_TO_FIFO, BYPASS_TO_STREAM = 0, 1, 2, 3, 4
DYNAMIC_STREAM, BYPASS_TO_FIFO = 6, 7
TRIGGERED = {
    STREAM_TO_FIFO: (STREAM, FIFO),
    BYPASS_TO_STREAM: (BYPASS, STREAM),
    BYPASS_TO_FIFO: (BYPASS, FIFO),
}
"""Modes that an interrupt event changes: before it, after it."""
COUNTS = 4096
"""Per hPa."""
THS_P, REF_P, RPDS, PRESS_OUT, TEMP_OUT, TEMP_OUT_H = 0x0C, 0x15, 0x18, 0x28, 0x2B, 0x2C
INT_DRDY = 0
"""Output."""

Sample = tuple[int, int]
"""Pressure in 1/4096 hPa, temperature in 1/100 degrees."""


class LPS22HB(I2CPart):
    """At 0x5D. Output 0: INT_DRDY, pin 7."""

    OUTPUTS = (INT_DRDY,)
    NUMBER_MASK = 0x7F
    REGISTERS: ClassVar = (
        ByteRegister("INTERRUPT_CFG", 0x0B, on_write="_configure"),
        ByteRegister("THS_P", THS_P, count=2),
        ByteRegister("WHO_AM_I", 0x0F, IDENTITY, 0),
        ByteRegister("CTRL_REG1", 0x10, 0, 0x7F, on_write="_control"),
        ByteRegister("CTRL_REG2", 0x11, 0x10, 0x78, on_write="_command"),
        ByteRegister("CTRL_REG3", 0x12, on_write="_wire"),
        ByteRegister("FIFO_CTRL", 0x14, on_write="_fifo_control"),
        ByteRegister("REF_P", REF_P, count=3),
        ByteRegister("RPDS", RPDS, count=2),
        ByteRegister("RES_CONF", 0x1A, 0, 0x01),
        ByteRegister("INT_SOURCE", 0x25, 0, 0, on_read="_read_source"),
        ByteRegister("FIFO_STATUS", 0x26, 0, 0),
        ByteRegister("STATUS", 0x27, 0, 0),
        ByteRegister("PRESS_OUT", PRESS_OUT, 0, 0, count=3, on_read="_read_pressure"),
        ByteRegister("TEMP_OUT", TEMP_OUT, 0, 0, count=2, on_read="_read_temperature"),
        ByteRegister("LPFP_RES", 0x33, 0, 0),
    )

    pressure = Measured(1013.25)
    temperature = Measured(25.0)

    def __init__(self, machine: Machine, name: str) -> None:
        super().__init__(machine, name)
        self._fifo: deque[Sample] = deque()
        self._triggered = False
        self._zeroed = False
        self._sampler = Sampler(machine.clock, self._sample)
        self._one_shot = Sampler(machine.clock, self._sample_once)

    def power_on(self) -> None:
        super().power_on()
        self._forget()
        self._zeroed = False
        self._control(0)
        self._update()

    def _forget(self) -> None:
        self._fifo.clear()
        self._triggered = False

    def next_address(self, address: int) -> int:
        control = self.registers["CTRL_REG2"]
        if not control & CTRL2_IF_ADD_INC:
            return address
        if address == TEMP_OUT_H and control & CTRL2_FIFO_EN:
            # A burst reads sample after sample.
            return PRESS_OUT
        return super().next_address(address)

    def before_access(self) -> None:
        self._sampler.catch_up()
        self._one_shot.catch_up()

    # Conversions.

    def _control(self, value: int) -> None:
        rate = RATES[self.registers["CTRL_REG1"] >> 4 & 7]
        self._sampler.follow(rate, CONVERSION)
        self._watch()

    def _command(self, value: int) -> None:
        if value & CTRL2_SWRESET:
            self.registers.reset()
            self._forget()
            self._zeroed = False
            self._control(0)
        elif value & CTRL2_ONE_SHOT and not self._sampler.running:
            self.registers["CTRL_REG2"] |= CTRL2_ONE_SHOT
            self._one_shot.start(1000, CONVERSION)
        if not self.registers["CTRL_REG2"] & CTRL2_FIFO_EN:
            self._forget()
        self._watch()
        self._update()

    def _sample_once(self, time: int, missed: int) -> None:
        self._one_shot.stop()
        self.registers["CTRL_REG2"] &= ~CTRL2_ONE_SHOT
        self._sample(time, missed)

    def _sample(self, time: int, missed: int) -> None:
        counts = round(COUNTS * self.value("pressure", time)) - 256 * self._word(RPDS, 2)
        measured = limited(counts)
        if self.registers["INTERRUPT_CFG"] & (CFG_AUTOZERO | CFG_AUTORIFP):
            self._take_reference(measured)
        difference = measured - self._word(REF_P, 3)
        pressure = difference if self._zeroed else measured
        temperature = round(100 * self.value("temperature", time))
        self._compare(difference)
        self._keep((limited(pressure), temperature), missed)
        self._update()

    def _word(self, first: int, size: int) -> int:
        data = bytes(self.registers.values[first + index] for index in range(size))
        return int.from_bytes(data, "little", signed=first != THS_P)

    # Reference and thresholds.

    def _configure(self, value: int) -> None:
        if value & (CFG_RESET_ARP | CFG_RESET_AZ):
            self.registers.put("REF_P", bytes(3))
            self._zeroed = self._zeroed and not value & CFG_RESET_AZ
            self.registers["INTERRUPT_CFG"] &= ~(CFG_RESET_ARP | CFG_RESET_AZ)
        if not value & CFG_DIFF_EN:
            self.registers["INT_SOURCE"] = 0
        self._update()

    def _take_reference(self, measured: int) -> None:
        """AUTOZERO and AUTORIFP take the present pressure once."""
        configuration = self.registers["INTERRUPT_CFG"]
        self._zeroed = self._zeroed or bool(configuration & CFG_AUTOZERO)
        self.registers.put("REF_P", measured.to_bytes(3, "little", signed=True))
        self.registers["INTERRUPT_CFG"] = configuration & ~(CFG_AUTOZERO | CFG_AUTORIFP)

    def _compare(self, difference: int) -> None:
        """THS_P is in 1/16 hPa."""
        configuration, threshold = self.registers["INTERRUPT_CFG"], 256 * self._word(THS_P, 2)
        if not configuration & CFG_DIFF_EN:
            return
        source = 0
        if configuration & CFG_PHE and difference > threshold:
            source |= SOURCE_PH | SOURCE_IA
        if configuration & CFG_PLE and difference < -threshold:
            source |= SOURCE_PL | SOURCE_IA
        self._triggered = self._triggered or bool(source)
        if configuration & CFG_LIR:
            source |= self.registers["INT_SOURCE"]
        self.registers["INT_SOURCE"] = source

    def _read_source(self) -> int:
        source = self.registers["INT_SOURCE"]
        if self.registers["INTERRUPT_CFG"] & CFG_LIR:
            self.registers["INT_SOURCE"] = 0
            self._update()
        return source

    # The FIFO, of which the first sample is what the outputs show.

    def _fifo_control(self, value: int) -> None:
        if value >> 5 == BYPASS:
            self._forget()
        self._watch()
        self._update()

    def _mode(self) -> int:
        if not self.registers["CTRL_REG2"] & CTRL2_FIFO_EN:
            return BYPASS
        mode = self.registers["FIFO_CTRL"] >> 5
        return TRIGGERED[mode][self._triggered] if mode in TRIGGERED else mode

    def _keep(self, sample: Sample, missed: int) -> None:
        status = self.registers["STATUS"]
        new = STATUS_P_DA | STATUS_T_DA
        overrun = new if missed else status & new
        self.registers["STATUS"] = status | new | overrun << 4
        mode = self._mode()
        if mode == BYPASS:
            self._fifo.clear()
            self._show(sample)
            return
        depth = FIFO_DEPTH
        if self.registers["CTRL_REG2"] & CTRL2_STOP_ON_FTH:
            depth = max(1, self.registers["FIFO_CTRL"] & 0x1F)
        if len(self._fifo) >= depth:
            self.registers["FIFO_STATUS"] |= FIFO_OVR
            if mode == FIFO:
                return
            self._fifo.popleft()
        self._fifo.append(sample)
        self._show(self._fifo[0])

    def _show(self, sample: Sample) -> None:
        pressure, temperature = sample
        self.registers.put("PRESS_OUT", pressure.to_bytes(3, "little", signed=True))
        self.registers.put("TEMP_OUT", signed16(temperature))

    def _read_pressure(self, index: int) -> int:
        byte = self.registers.values[PRESS_OUT + index]
        if index == 2:
            self.registers["STATUS"] &= ~(STATUS_P_DA | STATUS_P_OR)
            self._update()
        return byte

    def _read_temperature(self, index: int) -> int:
        byte = self.registers.values[TEMP_OUT + index]
        if index == 1:
            self.registers["STATUS"] &= ~(STATUS_T_DA | STATUS_T_OR)
            if self._fifo:
                self._fifo.popleft()
                self.registers["FIFO_STATUS"] &= ~FIFO_OVR
            if self._fifo:
                self._show(self._fifo[0])
            self._update()
        return byte

    # The interrupt pin.

    def _wire(self, value: int) -> None:
        self._watch()
        self._update()

    def _watch(self) -> None:
        """Samples are taken in their own time while the FIFO, the pin or a comparison need it."""
        self._sampler.watch(
            self._mode() != BYPASS
            or self.registers["CTRL_REG3"] & CTRL3_DRDY != 0
            or self.registers["INTERRUPT_CFG"] & CFG_DIFF_EN != 0
        )
        self._one_shot.watch(self.registers["CTRL_REG3"] & CTRL3_DRDY != 0)

    def _update(self) -> None:
        level = len(self._fifo)
        watermark = self.registers["FIFO_CTRL"] & 0x1F
        overrun = self.registers["FIFO_STATUS"] & FIFO_OVR if level else 0
        full = FIFO_FTH if level and level >= watermark else 0
        self.registers["FIFO_STATUS"] = overrun | full | level
        control = self.registers["CTRL_REG3"]
        source = self.registers["INT_SOURCE"]
        if control & CTRL3_INT_S:
            wanted = (0, SOURCE_PH, SOURCE_PL, SOURCE_PH | SOURCE_PL)[control & CTRL3_INT_S]
            active = bool(source & wanted)
        else:
            active = (
                bool(control & CTRL3_DRDY and self.registers["STATUS"] & STATUS_P_DA)
                or bool(control & CTRL3_F_FTH and full)
                or bool(control & CTRL3_F_OVR and overrun)
                or bool(control & CTRL3_F_FSS5 and level == FIFO_DEPTH)
            )
        self.lines[INT_DRDY].set(active != bool(control & CTRL3_INT_H_L))


def limited(counts: int) -> int:
    """To what 24 bits hold."""
    return max(-0x800000, min(0x7FFFFF, counts))
