# ironpython: executed by Renode
"""The DES engine (SWRU465 section 20): single and triple, ECB, CBC and CFB.

A block starts when DATA_H was written; blocks take no virtual time.
"""

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.registers import READ_ONLY, Register, packed
from renode_wifi.peripherals.cc3220.cipher_des import crypt, round_keys

CTRL = Register(
    "CTRL",
    0x20,
    reset=1 << 31,
    on_write="_configure",
    fields=packed("OUTPUT_READY/r INPUT_READY/r DIRECTION TDES MODE:2 -:25 CONTEXT/r"),
)
CTRL_STATUS = CTRL.OUTPUT_READY | CTRL.INPUT_READY | CTRL.CONTEXT
CBC, CFB = 1, 2
SYSCONFIG = Register(
    "SYSCONFIG",
    0x34,
    reset=1,
    on_write="_configure_system",
    fields=packed(
        "AUTOIDLE SOFTRESET/w SIDLE:2 - DMA_REQ_DATA_IN_EN DMA_REQ_DATA_OUT_EN "
        "DMA_REQ_CONTEXT_IN_EN"
    ),
)
IRQSTATUS = Register(
    "IRQSTATUS", 0x3C, access=READ_ONLY, fields=packed("CONTEXT_IN DATA_IN DATA_OUT")
)
IRQENABLE = Register(
    "IRQENABLE", 0x40, on_write="_update", fields=packed("M_CONTEXT_IN M_DATA_IN M_DATA_OUT")
)
BLOCK = 8


def _swapped(word):
    # type: (int) -> int
    """Registers hold bytes in the order of memory, the cipher reads them the other way round."""
    return (word & 0xFF) << 24 | (word & 0xFF00) << 8 | (word >> 8) & 0xFF00 | (word >> 24) & 0xFF


class CC3220_DES(Block):
    """Outputs: 0 interrupt; 1 to 3 DMA requests: context in, data in, data out."""

    OUTPUTS = (0, 1, 2, 3)
    SIZE = 0x100
    REGISTERS = (
        Register("KEY3_L", 0x00, on_write="_change_key"),
        Register("KEY3_H", 0x04, on_write="_change_key"),
        Register("KEY2_L", 0x08, on_write="_change_key"),
        Register("KEY2_H", 0x0C, on_write="_change_key"),
        Register("KEY1_L", 0x10, on_write="_change_key"),
        Register("KEY1_H", 0x14, on_write="_change_key"),
        Register("IV_L", 0x18),
        Register("IV_H", 0x1C),
        CTRL,
        Register("LENGTH", 0x24, on_write="_start"),
        Register("DATA_L", 0x28),
        Register("DATA_H", 0x2C, on_read="_take", on_write="_put"),
        Register(
            "REVISION",
            0x30,
            reset=0x40000001,
            access=READ_ONLY,
            fields=packed("Y_MINOR:6 CUSTOM:2 X_MAJOR:3 R_RTL:5 FUNC:12 -:2 SCHEME:2"),
        ),
        SYSCONFIG,
        Register("SYSSTATUS", 0x38, reset=1, access=READ_ONLY, fields=packed("RESETDONE")),
        IRQSTATUS,
        IRQENABLE,
    )

    def __init__(self, machine, name):
        # type: (typing.Any, str) -> None
        Block.__init__(self, machine, name)
        self._left = 0
        self._keys = None  # type: list[list[int]] | None

    def reset(self):
        # type: () -> None
        Block.reset(self)
        self._left = 0
        self._keys = None

    def _pair(self, name):
        # type: (str) -> int
        high = _swapped(self.registers[name + "_L"])
        return high << 32 | _swapped(self.registers[name + "_H"])

    def _set_pair(self, name, value):
        # type: (str, int) -> None
        self.registers[name + "_L"] = _swapped(value >> 32)
        self.registers[name + "_H"] = _swapped(value & 0xFFFFFFFF)

    def _change_key(self, value, old):
        # type: (int, int) -> None
        self._keys = None

    def _schedule(self):
        # type: () -> list[list[int]]
        if self._keys is None:
            names = ("KEY1", "KEY2", "KEY3")
            self._keys = [round_keys(self._pair(name)) for name in names]
        return self._keys

    def _encrypt(self, block):
        # type: (int) -> int
        first, second, third = self._schedule()
        block = crypt(block, first)
        if self.registers["CTRL"] & CTRL.TDES:
            block = crypt(crypt(block, second[::-1]), third)
        return block

    def _decrypt(self, block):
        # type: (int) -> int
        first, second, third = self._schedule()
        if self.registers["CTRL"] & CTRL.TDES:
            block = crypt(crypt(block, third[::-1]), second)
        return crypt(block, first[::-1])

    def _configure_system(self, value, old):
        # type: (int, int) -> None
        if value & SYSCONFIG.SOFTRESET:
            self.reset()
        self._update(0, 0)

    def _configure(self, value, old):
        # type: (int, int) -> None
        self._set_status(CTRL.CONTEXT)

    def _start(self, value, old):
        # type: (int, int) -> None
        self._left = value
        self._set_status(CTRL.INPUT_READY)

    def _set_status(self, status):
        # type: (int) -> None
        self.registers["CTRL"] = self.registers["CTRL"] & ~CTRL_STATUS | status
        self._update(0, 0)

    def _put(self, value, old):
        # type: (int, int) -> None
        block, chained = self._pair("DATA"), self._pair("IV")
        control = self.registers["CTRL"]
        encrypting = control & CTRL.DIRECTION != 0
        mode = CTRL["MODE"].get(control)
        if mode == CBC:
            result = (
                self._encrypt(block ^ chained) if encrypting else self._decrypt(block) ^ chained
            )
        elif mode == CFB:
            result = block ^ self._encrypt(chained)
        else:
            result = self._encrypt(block) if encrypting else self._decrypt(block)
        if mode in (CBC, CFB):
            self._set_pair("IV", result if encrypting else block)
        self._set_pair("DATA", result)
        self._left = max(0, self._left - BLOCK)
        self._set_status(CTRL.OUTPUT_READY)

    def _take(self):
        # type: () -> int
        if self.registers["CTRL"] & CTRL.OUTPUT_READY:
            self._set_status(CTRL.INPUT_READY if self._left else CTRL.CONTEXT)
        return self.registers["DATA_H"]

    def _update(self, value, old):
        # type: (int, int) -> None
        control = self.registers["CTRL"]
        status = 0
        if control & CTRL.CONTEXT:
            status |= IRQSTATUS.CONTEXT_IN
        if control & CTRL.INPUT_READY:
            status |= IRQSTATUS.DATA_IN
        if control & CTRL.OUTPUT_READY:
            status |= IRQSTATUS.DATA_OUT
        self.registers["IRQSTATUS"] = status
        self.lines[0].set(status & self.registers["IRQENABLE"] != 0)
        system = self.registers["SYSCONFIG"]
        for line, enable, bit in (
            (1, SYSCONFIG.DMA_REQ_CONTEXT_IN_EN, CTRL.CONTEXT),
            (3, SYSCONFIG.DMA_REQ_DATA_OUT_EN, CTRL.OUTPUT_READY),
            (2, SYSCONFIG.DMA_REQ_DATA_IN_EN, CTRL.INPUT_READY),
        ):
            self.lines[line].set(system & enable != 0 and control & bit != 0)


MYPY = False
if MYPY:
    import typing  # noqa: F401
