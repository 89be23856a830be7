# ironpython: executed by Renode
"""DTHE, what the crypto engines share (SWRU465 sections 18 to 21): interrupts of their DMA
transfers, the CRC and checksum engine, and four words of random key.

A CRC takes the bytes of a word from the upper one down, after the swaps that ENDIAN asks for.
"""

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.registers import (
    READ_ONLY,
    WRITE_ONLY,
    Register,
    packed,
    reversed_bits,
)

ENGINES = ("SHA", "AES", "DES")
SHA_EVENTS = packed("CIN DIN COUT")
AES_EVENTS = packed("CIN COUT DIN DOUT")
DES_EVENTS = packed("CIN DIN DOUT")
"""The ends of DMA transfers of contexts and data (driverlib: SHAMD5_INT_DMA_, AES_, DES_)."""
CRC_CTRL = Register(
    "CRC_CTRL",
    0xC00,
    on_write="_configure",
    fields=packed("TYPE:4 ENDIAN:2 - IBR OBR OINV -:2 SIZE INIT:2"),
)
RAND_KEYS = 4
RAND_KEY = Register("RAND_KEY", 0xF00, access=READ_ONLY, count=RAND_KEYS)
TYPE_CHECKSUM = 8
POLYNOMIALS = {0: (16, 0x8005), 1: (16, 0x1021), 2: (32, 0x04C11DB7), 3: (32, 0x1EDC6F41)}


class CC3220_DTHE(Block):
    """Inputs 0 to 11: pulses at the end of DMA transfers, four per engine: SHA, AES, DES. Outputs 0
    to 2: the engines' interrupts by DMA.
    """

    OUTPUTS = (0, 1, 2)
    SIZE = 0x1000
    REGISTERS = (
        Register("SHA_IM", 0x810, reset=7, on_write="_update", fields=SHA_EVENTS),
        Register("SHA_RIS", 0x814, access=READ_ONLY, fields=SHA_EVENTS),
        Register("SHA_MIS", 0x818, access=READ_ONLY, fields=SHA_EVENTS),
        Register("SHA_IC", 0x81C, access=WRITE_ONLY, on_write="_clear_sha", fields=SHA_EVENTS),
        Register("AES_IM", 0x820, reset=0xF, on_write="_update", fields=AES_EVENTS),
        Register("AES_RIS", 0x824, access=READ_ONLY, fields=AES_EVENTS),
        Register("AES_MIS", 0x828, access=READ_ONLY, fields=AES_EVENTS),
        Register("AES_IC", 0x82C, access=WRITE_ONLY, on_write="_clear_aes", fields=AES_EVENTS),
        Register("DES_IM", 0x830, reset=7, on_write="_update", fields=DES_EVENTS),
        Register("DES_RIS", 0x834, access=READ_ONLY, fields=DES_EVENTS),
        Register("DES_MIS", 0x838, access=READ_ONLY, fields=DES_EVENTS),
        Register("DES_IC", 0x83C, access=WRITE_ONLY, on_write="_clear_des", fields=DES_EVENTS),
        Register(
            "EIP_CGCFG",
            0xA00,
            fields=packed("EIP57_CFG EIP36_CFG EIP16_CFG EIP75_CFG EIP29_CFG"),
        ),
        Register(
            "EIP_CGREQ",
            0xA04,
            fields=packed("EIP57_REQ EIP36_REQ EIP16_REQ EIP75_REQ EIP29_REQ -:23 Key:4"),
        ),
        CRC_CTRL,
        Register("CRC_SEED", 0xC10),
        Register("CRC_DIN", 0xC14, on_write="_feed"),
        Register("CRC_RSLT_PP", 0xC18, access=READ_ONLY, on_read="_result"),
        RAND_KEY,
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
            self.registers.values[RAND_KEY.word + number] = self._random.getrandbits(32)

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
        start = CRC_CTRL["INIT"].get(value)
        if start == 2:
            self.registers["CRC_SEED"] = 0
        elif start == 3:
            self.registers["CRC_SEED"] = 0xFFFFFFFF

    def _bytes(self, word):
        # type: (int) -> list[int]
        if self.registers["CRC_CTRL"] & CRC_CTRL.SIZE:
            return [word & 0xFF]
        data = [word >> 24 & 0xFF, word >> 16 & 0xFF, word >> 8 & 0xFF, word & 0xFF]
        endian = CRC_CTRL["ENDIAN"].get(self.registers["CRC_CTRL"])
        if endian & 1:
            data = [data[1], data[0], data[3], data[2]]
        if endian & 2:
            data = [data[2], data[3], data[0], data[1]]
        return data

    def _feed(self, value, old):
        # type: (int, int) -> None
        kind = self.registers["CRC_CTRL"] & CRC_CTRL.TYPE
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
            if self.registers["CRC_CTRL"] & CRC_CTRL.IBR:
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
        if control & CRC_CTRL.OBR:
            value = reversed_bits(value, bits)
        if control & CRC_CTRL.OINV:
            value ^= (1 << bits) - 1
        return value


MYPY = False
if MYPY:
    import typing  # noqa: F401
