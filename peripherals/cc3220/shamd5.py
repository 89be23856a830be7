# ironpython: executed by Renode
"""The engine for MD5, SHA-1, SHA-224 and SHA-256, with HMAC (SWRU465 section 21).

A message starts with the write of LENGTH and goes through DATA0 to DATA15, 64 bytes at a time; the
last bytes need as many words as they fill. Words count in the order of their writes, whichever of
the registers they go to: TI's SHAMD5DataWriteMultiple writes a last word that isn't full to the
register before its own. Digests stand in the registers as they would in memory.
Blocks take no virtual time.
"""

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.registers import READ_ONLY, Register, packed
from renode_wifi.peripherals.cc3220.digests import (
    MD5_START,
    SHA1_START,
    SHA224_START,
    SHA256_START,
    compress_md5,
    compress_sha1,
    compress_sha2,
)

REVISION = packed("Y_MINOR:6 CUSTOM:2 X_MAJOR:3 R_RTL:5 FUNC:12 -:2 SCHEME:2")
ODIGEST = Register("ODIGEST", 0x000, count=8)
IDIGEST = Register("IDIGEST", 0x020, count=8)
MODE = Register(
    "MODE",
    0x044,
    fields=packed("- ALGO:2 ALGO_CONSTANT CLOSE_HASH HMAC_KEY_PROC - HMAC_OUTER_HASH"),
)
SYSCONFIG = Register(
    "SYSCONFIG",
    0x110,
    reset=1,
    on_write="_configure_system",
    fields=packed("AUTOIDLE SOFTRESET/w PIT_EN PDMA_EN SIDLE:2 PCONT_SWT PADVANCED"),
)
IRQSTATUS = Register(
    "IRQSTATUS",
    0x118,
    reset=0x8,
    access=READ_ONLY,
    fields=packed("OUTPUT_READY INPUT_READY PARTHASH_READY CONTEXT_READY"),
)
IRQENABLE = Register(
    "IRQENABLE",
    0x11C,
    on_write="_update",
    fields=packed("M_OUTPUT_READY M_INPUT_READY M_PARTHASH_READY M_CONTEXT_READY"),
)
BLOCK = 64
WORDS = 16
DATA_IN = Register("DATA_IN", 0x080, count=WORDS, on_write="_put")
INNER_PAD, OUTER_PAD = 0x36, 0x5C

# By MODE.ALGO: start, compression, whether numbers are big-endian, words of the digest.
ALGORITHMS = (
    (MD5_START, compress_md5, False, 4),
    (SHA1_START, compress_sha1, True, 5),
    (SHA224_START, compress_sha2, True, 7),
    (SHA256_START, compress_sha2, True, 8),
)


def _swapped(word):
    # type: (int) -> int
    return (word & 0xFF) << 24 | (word & 0xFF00) << 8 | (word >> 8) & 0xFF00 | (word >> 24) & 0xFF


class CC3220_SHAMD5(Block):
    """Outputs: 0 interrupt; 1 to 3 DMA requests: context in, data in, context out."""

    OUTPUTS = (0, 1, 2, 3)
    SIZE = 0x400
    REGISTERS = (
        ODIGEST,
        IDIGEST,
        Register("DIGEST_COUNT", 0x040),
        MODE,
        Register("LENGTH", 0x048, on_write="_start"),
        DATA_IN,
        Register("REVISION", 0x100, reset=0x40000001, access=READ_ONLY, fields=REVISION),
        SYSCONFIG,
        Register("SYSSTATUS", 0x114, reset=1, access=READ_ONLY, fields=packed("RESETDONE")),
        IRQSTATUS,
        IRQENABLE,
        Register("HASH512_ODIGEST", 0x200, count=16),
        Register("HASH512_IDIGEST", 0x240, count=16),
        Register("HASH512_DIGEST_COUNT", 0x280),
        Register("HASH512_MODE", 0x284),
        Register("HASH512_LENGTH", 0x288),
    )

    def __init__(self, machine, name):
        # type: (typing.Any, str) -> None
        Block.__init__(self, machine, name)
        self._left = 0
        self._data = []  # type: list[int]
        self._words = []  # type: list[int]
        self._running = False

    def reset(self):
        # type: () -> None
        Block.reset(self)
        self._left = 0
        del self._data[:]
        del self._words[:]
        self._running = False

    def _configure_system(self, value, old):
        # type: (int, int) -> None
        if value & SYSCONFIG.SOFTRESET:
            self.reset()
        self._update(0, 0)

    # Digests in registers.

    def _algorithm(self):
        # type: () -> tuple[typing.Any, typing.Any, bool, int]
        return ALGORITHMS[MODE["ALGO"].get(self.registers["MODE"])]

    def _state(self, digest):
        # type: (Register) -> list[int]
        start, _, big_endian, _ = self._algorithm()
        words = [self.registers.values[digest.word + i] for i in range(len(start))]
        return [_swapped(word) for word in words] if big_endian else words

    def _set_state(self, digest, state):
        # type: (Register, typing.Sequence[int]) -> None
        big_endian = self._algorithm()[2]
        for i, word in enumerate(state):
            self.registers.values[digest.word + i] = _swapped(word) if big_endian else word

    def _compress(self, state, data):
        # type: (typing.Sequence[int], list[int]) -> list[int]
        compressed = self._algorithm()[1](state, data)  # type: list[int]
        return compressed

    # Messages.

    def _start(self, value, old):
        # type: (int, int) -> None
        mode = self.registers["MODE"]
        self._left = value
        self._running = True
        del self._data[:]
        del self._words[:]
        if mode & MODE.HMAC_KEY_PROC:
            self._process_key()
        elif mode & MODE.ALGO_CONSTANT:
            self._set_state(IDIGEST, self._algorithm()[0])
            self.registers["DIGEST_COUNT"] = 0
        self._set_status(IRQSTATUS.INPUT_READY)
        if not value and mode & (MODE.CLOSE_HASH | MODE.HMAC_KEY_PROC):
            self._close()

    def _process_key(self):
        # type: () -> None
        """A key of 64 bytes stands in ODIGEST and IDIGEST; its two digests take their place."""
        key = []
        for index in range(WORDS):
            word = self.registers.values[index]
            key += [word & 0xFF, word >> 8 & 0xFF, word >> 16 & 0xFF, word >> 24]
        start = self._algorithm()[0]
        self._set_state(ODIGEST, self._compress(start, [byte ^ OUTER_PAD for byte in key]))
        self._set_state(IDIGEST, self._compress(start, [byte ^ INNER_PAD for byte in key]))
        self.registers["DIGEST_COUNT"] = BLOCK

    def _put(self, index, value, old):
        # type: (int, int, int) -> None
        """A block is complete with its last word, or with the last word of the message."""
        if not self._running:
            return
        words = self._words
        words.append(value)
        if len(words) != WORDS and 4 * len(words) < self._left:
            return
        used = min(BLOCK, self._left)
        data = []
        for word in words:
            data += [word & 0xFF, word >> 8 & 0xFF, word >> 16 & 0xFF, word >> 24]
        del words[:]
        self._left -= used
        if used == BLOCK:
            self._absorb(data)
        else:
            self._data = data[:used]
        if not self._left:
            self._close()

    def _absorb(self, data):
        # type: (list[int]) -> None
        self._set_state(IDIGEST, self._compress(self._state(IDIGEST), data))
        self.registers["DIGEST_COUNT"] += BLOCK

    def _close(self):
        # type: () -> None
        mode = self.registers["MODE"]
        self._running = False
        if mode & MODE.CLOSE_HASH:
            total = self.registers["DIGEST_COUNT"] + len(self._data)
            self._set_state(IDIGEST, self._padded(self._state(IDIGEST), self._data, total))
            self.registers["DIGEST_COUNT"] = total
            if mode & MODE.HMAC_OUTER_HASH:
                self._close_outer()
        self._set_status(IRQSTATUS.OUTPUT_READY | IRQSTATUS.CONTEXT_READY)

    def _padded(self, state, rest, total):
        # type: (list[int], list[int], int) -> list[int]
        """The end of a message of `total` bytes, of which `rest` is still to come."""
        big_endian = self._algorithm()[2]
        data = rest + [0x80]
        data += [0] * ((BLOCK - 8 - len(data)) % BLOCK)
        shifts = range(56, -8, -8) if big_endian else range(0, 64, 8)
        data += [8 * total >> shift & 0xFF for shift in shifts]
        for start in range(0, len(data), BLOCK):
            state = self._compress(state, data[start : start + BLOCK])
        return state

    def _close_outer(self):
        # type: () -> None
        """HMAC: the inner digest behind the key's outer block."""
        words = self._algorithm()[3]
        digest = []
        for index in range(words):
            word = self.registers.values[IDIGEST.word + index]
            digest += [word & 0xFF, word >> 8 & 0xFF, word >> 16 & 0xFF, word >> 24]
        outer = self._padded(self._state(ODIGEST), digest, BLOCK + len(digest))
        self._set_state(IDIGEST, outer)

    # Interrupt and requests.

    def _set_status(self, status):
        # type: (int) -> None
        self.registers["IRQSTATUS"] = status
        self._update(0, 0)

    def _update(self, value, old):
        # type: (int, int) -> None
        status = self.registers["IRQSTATUS"]
        system = self.registers["SYSCONFIG"]
        enabled = self.registers["IRQENABLE"] if system & SYSCONFIG.PIT_EN else 0
        self.lines[0].set(status & enabled != 0)
        dma = system & SYSCONFIG.PDMA_EN != 0
        self.lines[1].set(dma and status & IRQSTATUS.CONTEXT_READY != 0)
        self.lines[3].set(dma and status & IRQSTATUS.OUTPUT_READY != 0)
        self.lines[2].set(dma and status & IRQSTATUS.INPUT_READY != 0)


MYPY = False
if MYPY:
    import typing  # noqa: F401
