# ironpython: executed by Renode
"""Digital-to-analogue converter DAC1 (RM0351 section 19): two channels, on PA4 and PA5."""

from renode_wifi.peripherals.base.block import PARTLY, Block, output_of
from renode_wifi.peripherals.base.registers import (
    READ_ONLY,
    SELF_CLEARING,
    Field,
    Register,
    packed,
)

CHANNELS = 2
CHANNEL_SHIFT = 16
"""Between the halves of CR, SR, CCR and MCR."""

CR = Register(
    "CR",
    0x00,
    on_write="_control",
    fields=packed(
        "EN1 - TEN1 TSEL1:3 WAVE1:2 MAMP1:4 DMAEN1 DMAUDRIE1 CEN1 - "
        "EN2 - TEN2 TSEL2:3 WAVE2:2 MAMP2:4 DMAEN2 DMAUDRIE2 CEN2"
    ),
)
SWTRIGR = Register(
    "SWTRIGR",
    0x04,
    access=SELF_CLEARING,
    on_write="_trigger_by_software",
    fields=packed("SWTRIG1 SWTRIG2"),
)
HOLDING = (
    # (register, (channel, position in the register, places of its 12 bits), ...)
    ("DHR12R1", 0x08, ((0, 0, 12, 0),)),
    ("DHR12L1", 0x0C, ((0, 4, 12, 0),)),
    ("DHR8R1", 0x10, ((0, 0, 8, 4),)),
    ("DHR12R2", 0x14, ((1, 0, 12, 0),)),
    ("DHR12L2", 0x18, ((1, 4, 12, 0),)),
    ("DHR8R2", 0x1C, ((1, 0, 8, 4),)),
    ("DHR12RD", 0x20, ((0, 0, 12, 0), (1, 16, 12, 0))),
    ("DHR12LD", 0x24, ((0, 4, 12, 0), (1, 20, 12, 0))),
    ("DHR8RD", 0x28, ((0, 0, 8, 4), (1, 8, 8, 4))),
)
"""Name, offset, and the parts: (channel, position, width, shift to the 12 bits of the channel)."""
SR = Register(
    "SR",
    0x34,
    on_write="_update",
    fields=packed("-:13 DMAUDR1/rc_w1 CAL_FLAG1/r BWST1/r -:13 DMAUDR2/rc_w1 CAL_FLAG2/r BWST2/r"),
)
CCR = Register(
    "CCR",
    0x38,
    reset=0x00100010,
    on_write="_calibrate",
    fields=packed("OTRIM1:5 -:11 OTRIM2:5"),
)
TRIMMED = 0x10
"""The offset trim from which on CAL_FLAG is 1."""

TRIGGERS = ("tim6", "tim8", "tim7", "tim5", "tim2", "tim4", None, None)
"""Timers whose TRGO TSEL chooses (table 117); then EXTI line 9, and software."""
SOFTWARE = 7
NOISE, TRIANGLE = 1, 2
NOISE_SEED = 0xAAA
FULL = 0xFFF


def _holding(index):
    # type: (int) -> Register
    name, offset, parts = HOLDING[index]
    fields = [Field("DACC%dDHR" % (part[0] + 1), part[1], part[2]) for part in parts]
    return Register(name, offset, on_write="_hold_%d" % index, fields=fields)


class STM32L4_DAC(Block):
    """Outputs: 0 interrupt, 1 and 2 the DMA requests. `output(channel)` is what is converted."""

    STATUS = PARTLY
    MISSING = "sample and hold mode, EXTI triggers"
    OUTPUTS = ("IRQ", "DMARequest1", "DMARequest2")
    REGISTERS = (
        (CR, SWTRIGR)
        + tuple(_holding(index) for index in range(len(HOLDING)))
        + (
            Register("DOR1", 0x2C, access=READ_ONLY, fields=packed("DACC1DOR:12")),
            Register("DOR2", 0x30, access=READ_ONLY, fields=packed("DACC2DOR:12")),
            SR,
            CCR,
            Register("MCR", 0x3C, fields=packed("MODE1:3 -:13 MODE2:3")),
            Register("SHSR1", 0x40, fields=packed("TSAMPLE1:10")),
            Register("SHSR2", 0x44, fields=packed("TSAMPLE2:10")),
            Register("SHHR", 0x48, reset=0x00010001, fields=packed("THOLD1:10 -:6 THOLD2:10")),
            Register("SHRR", 0x4C, reset=0x00010001, fields=packed("TREFRESH1:8 -:8 TREFRESH2:8")),
        )
    )

    def __init__(self, machine, name):
        # type: (typing.Any, str) -> None
        Block.__init__(self, machine, name)
        self._listens = set()  # type: set[str]
        self._logged = False
        self._clear()

    def reset(self):
        # type: () -> None
        Block.reset(self)
        self._clear()

    def _clear(self):
        # type: () -> None
        self._held = [0] * CHANNELS
        self._noise = [NOISE_SEED] * CHANNELS
        self._step = [0] * CHANNELS
        self._rises = [True] * CHANNELS

    def output(self, channel):
        # type: (int) -> int
        """The code at channel 0 or 1, of 12 bits; 0 while it is off."""
        if not self._setting(channel) & CR.EN1:
            return 0
        return self.registers["DOR%d" % (channel + 1)]

    def _setting(self, channel):
        # type: (int) -> int
        """CR's half of a channel."""
        return self.registers["CR"] >> CHANNEL_SHIFT * channel & 0xFFFF

    # Registers.

    def _control(self, value, old):
        # type: (int, int) -> None
        for channel in range(CHANNELS):
            setting = self._setting(channel)
            if setting & CR.EN1 and not setting & CR.TEN1:
                self._convert(channel)
            if setting & CR.TEN1:
                self._listen(channel, CR["TSEL1"].get(setting))
            if not setting & CR.DMAEN1:
                self.lines["DMARequest%d" % (channel + 1)].set(False)
        self._calibrate(0, 0)
        self._update(0, 0)

    def hold(self, index, value):
        # type: (int, int) -> None
        """A store to the holding register `index`."""
        for channel, position, width, shift in HOLDING[index][2]:
            self._held[channel] = (value >> position & ((1 << width) - 1)) << shift
            self.lines["DMARequest%d" % (channel + 1)].set(False)
            setting = self._setting(channel)
            if setting & CR.EN1 and not setting & CR.TEN1:
                self._convert(channel)

    def _calibrate(self, value, old):
        # type: (int, int) -> None
        for channel in range(CHANNELS):
            trim = CCR["OTRIM1"].get(self.registers["CCR"] >> CHANNEL_SHIFT * channel)
            flag = SR.CAL_FLAG1 << CHANNEL_SHIFT * channel
            calibrates = self._setting(channel) & CR.CEN1 and trim >= TRIMMED
            status = self.registers["SR"] & ~flag
            self.registers["SR"] = status | (flag if calibrates else 0)

    def _update(self, value, old):
        # type: (int, int) -> None
        pending = any(
            self.registers["SR"] >> CHANNEL_SHIFT * channel & SR.DMAUDR1
            and self._setting(channel) & CR.DMAUDRIE1
            for channel in range(CHANNELS)
        )
        self.lines["IRQ"].set(pending)

    # Triggers.

    def _trigger_by_software(self, value, old):
        # type: (int, int) -> None
        for channel in range(CHANNELS):
            if value >> channel & 1 and CR["TSEL1"].get(self._setting(channel)) == SOFTWARE:
                self._trigger(channel)

    def _listen(self, channel, choice):
        # type: (int, int) -> None
        source = TRIGGERS[choice]
        if choice == SOFTWARE or source in self._listens:
            return
        line = None if source is None else output_of(self.machine, source, "TRGO")
        if source is not None and line is not None:
            self._listens.add(source)
            line.connect(self, choice)
        elif not self._logged:
            self._logged = True
            self.machine.log.warning(
                "%s: trigger %d isn't modelled (logged once)", self.name, choice
            )

    def on_gpio(self, number, level):
        # type: (int, bool) -> None
        """The trigger that TSEL calls `number`."""
        if level:
            for channel in range(CHANNELS):
                if CR["TSEL1"].get(self._setting(channel)) == number:
                    self._trigger(channel)

    def _trigger(self, channel):
        # type: (int) -> None
        setting = self._setting(channel)
        if not (setting & CR.EN1 and setting & CR.TEN1):
            return
        self._convert(channel)
        self._advance_wave(channel, setting)
        if setting & CR.DMAEN1:
            request = self.lines["DMARequest%d" % (channel + 1)]
            if request.level:
                self.registers["SR"] |= SR.DMAUDR1 << CHANNEL_SHIFT * channel
                self._update(0, 0)
            else:
                # A level: the DMA's store takes it back.
                request.set(True)

    def _convert(self, channel):
        # type: (int) -> None
        setting = self._setting(channel)
        wave = CR["WAVE1"].get(setting) if setting & CR.TEN1 else 0
        code = self._held[channel]
        mask = (2 << CR["MAMP1"].get(setting)) - 1 & FULL
        if wave == NOISE:
            code += self._noise[channel] & mask
        elif wave >= TRIANGLE:
            code += self._step[channel]
        self.registers["DOR%d" % (channel + 1)] = code & FULL

    def _advance_wave(self, channel, setting):
        # type: (int, int) -> None
        noise = self._noise[channel]
        bit = (noise ^ noise >> 1 ^ noise >> 4 ^ noise >> 6) & 1
        self._noise[channel] = noise >> 1 | bit << 11
        top = (2 << CR["MAMP1"].get(setting)) - 1 & FULL
        step = self._step[channel] + (1 if self._rises[channel] else -1)
        if step >= top:
            self._rises[channel] = False
        elif step <= 0:
            self._rises[channel] = True
        self._step[channel] = min(max(step, 0), top)


def _hold(index):
    # type: (int) -> typing.Callable[[STM32L4_DAC, int, int], None]
    def written(dac, value, old):
        # type: (STM32L4_DAC, int, int) -> None
        dac.hold(index, value)

    return written


# The methods that the holding registers name.
for _index in range(len(HOLDING)):
    setattr(STM32L4_DAC, "_hold_%d" % _index, _hold(_index))

MYPY = False
if MYPY:
    import typing  # noqa: F401
