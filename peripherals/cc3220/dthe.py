# ironpython: executed by Renode
"""DTHE, what the crypto engines share (SWRU465 sections 18 to 21): interrupts of their DMA
transfers, the CRC and checksum engine, and four words of random key.

A CRC takes the bytes of a word from the upper one down, after the swaps that ENDIAN asks for.
"""

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.registers import Register

ENGINES = ("SHA", "AES", "DES")
CTRL_TYPE = 0xF
CTRL_ENDIAN_SHIFT = 4
CTRL_BR = 1 << 7
CTRL_OBR = 1 << 8
CTRL_RESINV = 1 << 9
CTRL_SIZE_BYTE = 1 << 12
CTRL_INIT_SHIFT = 13
TYPE_CHECKSUM = 8
POLYNOMIALS = {0: (16, 0x8005), 1: (16, 0x1021), 2: (32, 0x04C11DB7), 3: (32, 0x1EDC6F41)}
RAND_KEYS = 4


def reversed_bits(value, bits):
    # type: (int, int) -> int
    result = 0
    for _ in range(bits):
        result = result << 1 | value & 1
        value >>= 1
    return result


class CC3220_DTHE(Block):
    """Inputs 0 to 11: pulses at the end of DMA transfers, four per engine: SHA, AES, DES. Outputs 0
    to 2: the engines' interrupts by DMA.
    """

    OUTPUTS = (0, 1, 2)
    SIZE = 0x1000
    REGISTERS = (
        Register("SHA_IM", 0x810, reset=7, writable=0xF, on_write="_update"),
        Register("SHA_RIS", 0x814, writable=0),
        Register("SHA_MIS", 0x818, writable=0),
        Register("SHA_IC", 0x81C, writable=0, on_write="_clear_sha"),
        Register("AES_IM", 0x820, reset=0xF, writable=0xF, on_write="_update"),
        Register("AES_RIS", 0x824, writable=0),
        Register("AES_MIS", 0x828, writable=0),
        Register("AES_IC", 0x82C, writable=0, on_write="_clear_aes"),
        Register("DES_IM", 0x830, reset=7, writable=0xF, on_write="_update"),
        Register("DES_RIS", 0x834, writable=0),
        Register("DES_MIS", 0x838, writable=0),
        Register("DES_IC", 0x83C, writable=0, on_write="_clear_des"),
        Register("EIP_CGCFG", 0xA00),
        Register("EIP_CGREQ", 0xA04),
        Register("CRC_CTRL", 0xC00, writable=0x7FBF, on_write="_configure"),
        Register("CRC_SEED", 0xC10),
        Register("CRC_DIN", 0xC14, on_write="_feed"),
        Register("CRC_RSLT_PP", 0xC18, writable=0, on_read="_result"),
        Register("RAND_KEY", 0xF00, writable=0, count=RAND_KEYS),
    )

    def __init__(self, machine, name):
        # type: (typing.Any, str) -> None
        self._random = machine.random(name)
        Block.__init__(self, machine, name)
        self._draw_keys()

    def reset(self):
        # type: () -> None
        Block.reset(self)
        self._draw_keys()

    def _draw_keys(self):
        # type: () -> None
        for number in range(RAND_KEYS):
            self.registers.values[0xF00 // 4 + number] = self._random.getrandbits(32)

    # Interrupts.

    def on_gpio(self, number, level):
        # type: (int, bool) -> None
        if level:
            self.registers[ENGINES[number // 4] + "_RIS"] |= 1 << (number % 4)
            self._update(0, 0)

    def _update(self, value, old):
        # type: (int, int) -> None
        for number, engine in enumerate(ENGINES):
            masked = self.registers[engine + "_RIS"] & ~self.registers[engine + "_IM"]
            self.registers[engine + "_MIS"] = masked
            self.lines[number].set(masked != 0)

    def _clear_engine(self, engine, value):
        # type: (str, int) -> None
        self.registers[engine + "_RIS"] &= ~value
        self._update(0, 0)

    def _clear_sha(self, value, old):
        # type: (int, int) -> None
        self._clear_engine("SHA", value)

    def _clear_aes(self, value, old):
        # type: (int, int) -> None
        self._clear_engine("AES", value)

    def _clear_des(self, value, old):
        # type: (int, int) -> None
        self._clear_engine("DES", value)

    # CRC.

    def _configure(self, value, old):
        # type: (int, int) -> None
        start = value >> CTRL_INIT_SHIFT & 3
        if start == 2:
            self.registers["CRC_SEED"] = 0
        elif start == 3:
            self.registers["CRC_SEED"] = 0xFFFFFFFF

    def _bytes(self, word):
        # type: (int) -> list[int]
        if self.registers["CRC_CTRL"] & CTRL_SIZE_BYTE:
            return [word & 0xFF]
        data = [word >> 24 & 0xFF, word >> 16 & 0xFF, word >> 8 & 0xFF, word & 0xFF]
        endian = self.registers["CRC_CTRL"] >> CTRL_ENDIAN_SHIFT & 3
        if endian & 1:
            data = [data[1], data[0], data[3], data[2]]
        if endian & 2:
            data = [data[2], data[3], data[0], data[1]]
        return data

    def _feed(self, value, old):
        # type: (int, int) -> None
        kind = self.registers["CRC_CTRL"] & CTRL_TYPE
        if kind & TYPE_CHECKSUM:
            total = self.registers["CRC_SEED"] + (value >> 16) + (value & 0xFFFF)
            while total >> 16:
                total = (total >> 16) + (total & 0xFFFF)
            self.registers["CRC_SEED"] = total
            return
        bits, polynomial = POLYNOMIALS[kind & 3]
        mask, top = (1 << bits) - 1, 1 << (bits - 1)
        crc = self.registers["CRC_SEED"] & mask
        for byte in self._bytes(value):
            if self.registers["CRC_CTRL"] & CTRL_BR:
                byte = reversed_bits(byte, 8)
            crc ^= byte << (bits - 8)
            for _ in range(8):
                crc = (crc << 1 ^ polynomial if crc & top else crc << 1) & mask
        self.registers["CRC_SEED"] = crc

    def _result(self):
        # type: () -> int
        control = self.registers["CRC_CTRL"]
        bits = 16 if control & TYPE_CHECKSUM else POLYNOMIALS[control & 3][0]
        value = self.registers["CRC_SEED"] & ((1 << bits) - 1)
        if control & CTRL_OBR:
            value = reversed_bits(value, bits)
        if control & CTRL_RESINV:
            value ^= (1 << bits) - 1
        return value


MYPY = False
if MYPY:
    import typing  # noqa: F401
