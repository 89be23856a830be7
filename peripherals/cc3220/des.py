# ironpython: executed by Renode
"""The DES engine (SWRU465 section 20): single and triple, ECB, CBC and CFB.

A block starts when DATA_H was written; blocks take no virtual time.
"""

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.registers import Register
from renode_wifi.peripherals.cc3220.cipher_des import crypt, round_keys

CTRL_OUTPUT_READY, CTRL_INPUT_READY = 1 << 0, 1 << 1
CTRL_DIRECTION, CTRL_TDES = 1 << 2, 1 << 3
CTRL_MODE_SHIFT = 4
CTRL_CONTEXT = 1 << 31
CTRL_STATUS = CTRL_OUTPUT_READY | CTRL_INPUT_READY | CTRL_CONTEXT
CBC, CFB = 1, 2
IRQ_CONTEXT_IN, IRQ_DATA_IN, IRQ_DATA_OUT = 1, 2, 4
SYSCONFIG_SOFTRESET = 1 << 1
SYSCONFIG_DATA_IN, SYSCONFIG_DATA_OUT, SYSCONFIG_CONTEXT_IN = 1 << 5, 1 << 6, 1 << 7
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
        Register("CTRL", 0x20, reset=CTRL_CONTEXT, writable=0x3C, on_write="_configure"),
        Register("LENGTH", 0x24, on_write="_start"),
        Register("DATA_L", 0x28),
        Register("DATA_H", 0x2C, on_read="_take", on_write="_put"),
        Register("REVISION", 0x30, reset=0x40000001, writable=0),
        Register("SYSCONFIG", 0x34, reset=1, writable=0xFF, on_write="_configure_system"),
        Register("SYSSTATUS", 0x38, reset=1, writable=0),
        Register("IRQSTATUS", 0x3C, writable=0),
        Register("IRQENABLE", 0x40, writable=7, on_write="_update"),
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
        if self.registers["CTRL"] & CTRL_TDES:
            block = crypt(crypt(block, second[::-1]), third)
        return block

    def _decrypt(self, block):
        # type: (int) -> int
        first, second, third = self._schedule()
        if self.registers["CTRL"] & CTRL_TDES:
            block = crypt(crypt(block, third[::-1]), second)
        return crypt(block, first[::-1])

    def _configure_system(self, value, old):
        # type: (int, int) -> None
        if value & SYSCONFIG_SOFTRESET:
            self.reset()
        self._update(0, 0)

    def _configure(self, value, old):
        # type: (int, int) -> None
        self._set_status(CTRL_CONTEXT)

    def _start(self, value, old):
        # type: (int, int) -> None
        self._left = value
        self._set_status(CTRL_INPUT_READY)

    def _set_status(self, status):
        # type: (int) -> None
        self.registers["CTRL"] = self.registers["CTRL"] & ~CTRL_STATUS | status
        self._update(0, 0)

    def _put(self, value, old):
        # type: (int, int) -> None
        block, chained = self._pair("DATA"), self._pair("IV")
        control = self.registers["CTRL"]
        encrypting = control & CTRL_DIRECTION != 0
        mode = control >> CTRL_MODE_SHIFT & 3
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
        self._set_status(CTRL_OUTPUT_READY)

    def _take(self):
        # type: () -> int
        if self.registers["CTRL"] & CTRL_OUTPUT_READY:
            self._set_status(CTRL_INPUT_READY if self._left else CTRL_CONTEXT)
        return self.registers["DATA_H"]

    def _update(self, value, old):
        # type: (int, int) -> None
        control = self.registers["CTRL"]
        status = 0
        if control & CTRL_CONTEXT:
            status |= IRQ_CONTEXT_IN
        if control & CTRL_INPUT_READY:
            status |= IRQ_DATA_IN
        if control & CTRL_OUTPUT_READY:
            status |= IRQ_DATA_OUT
        self.registers["IRQSTATUS"] = status
        self.lines[0].set(status & self.registers["IRQENABLE"] != 0)
        system = self.registers["SYSCONFIG"]
        for line, enable, bit in (
            (1, SYSCONFIG_CONTEXT_IN, CTRL_CONTEXT),
            (3, SYSCONFIG_DATA_OUT, CTRL_OUTPUT_READY),
            (2, SYSCONFIG_DATA_IN, CTRL_INPUT_READY),
        ):
            self.lines[line].set(system & enable != 0 and control & bit != 0)


MYPY = False
if MYPY:
    import typing  # noqa: F401
