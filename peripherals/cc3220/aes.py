# ironpython: executed by Renode
"""The AES engine (SWRU465 section 19): ECB, CBC, CTR, ICM, CFB, CBC-MAC, GCM and CCM with keys of
128, 192 and 256 bits. XTS, F8 and F9 pass data through, and say so.

A block starts when the last word of DATA_IN, DATA_IN_0, was written. Writing the length starts a
message. Blocks take no virtual time.
"""

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.base.registers import READ_ONLY, Register, packed
from renode_wifi.peripherals.cc3220.cipher_aes import BLOCK, decrypt, encrypt, expand_key

CTRL = Register(
    "CTRL",
    0x50,
    reset=1 << 31,
    on_write="_configure",
    fields=packed(
        "OUTPUT_READY/r INPUT_READY/r DIRECTION KEY_SIZE:2 MODE CTR CTR_WIDTH:2 ICM CFB XTS:2 F8 "
        "F9 CBCMAC GCM:2 CCM CCM_L:3 CCM_M:3 -:4 SAVE_CONTEXT SVCTXTRDY/r CTXTRDY/r"
    ),
)
CTRL_STATUS = CTRL.OUTPUT_READY | CTRL.INPUT_READY | CTRL.SVCTXTRDY | CTRL.CTXTRDY
CTRL_XTS_F8_F9 = CTRL.XTS | CTRL.F8 | CTRL.F9
SYSCONFIG = Register(
    "SYSCONFIG",
    0x84,
    reset=1,
    on_write="_configure_system",
    fields=packed(
        "AUTOIDLE SOFTRESET/w SIDLE:2 - DMA_REQ_DATA_IN_EN DMA_REQ_DATA_OUT_EN "
        "DMA_REQ_CONTEXT_IN_EN DMA_REQ_CONTEXT_OUT_EN MAP_CONTEXT_OUT_ON_DATA_OUT"
    ),
)
EVENTS = packed("CONTEXT_IN DATA_IN DATA_OUT CONTEXT_OUT")
IRQSTATUS = Register("IRQSTATUS", 0x8C, access=READ_ONLY, fields=EVENTS)
IRQENABLE = Register("IRQENABLE", 0x90, on_write="_update", fields=EVENTS)
KEY1 = Register("KEY1", 0x20, count=8, on_write="_change_key")
IV_IN = Register("IV_IN", 0x40, count=4)
DATA_IN = Register("DATA_IN", 0x60, count=4, on_read="_take", on_write="_put")
TAG_OUT = Register("TAG_OUT", 0x70, access=READ_ONLY, count=4, on_read="_take_tag")
GCM_POLYNOMIAL = 0xE1 << 120


def _words(data):
    # type: (list[int]) -> list[int]
    return [
        data[i] | data[i + 1] << 8 | data[i + 2] << 16 | data[i + 3] << 24
        for i in range(0, len(data), 4)
    ]


def _exclusive_or(left, right):
    # type: (list[int], list[int]) -> list[int]
    return [a ^ b for a, b in zip(left, right)]  # noqa: B905


def _number(data):
    # type: (list[int]) -> int
    value = 0
    for byte in data:
        value = value << 8 | byte
    return value


def _data(number, length=BLOCK):
    # type: (int, int) -> list[int]
    return [number >> (8 * (length - 1 - i)) & 0xFF for i in range(length)]


def _gcm_product(left, right):
    # type: (int, int) -> int
    """In GF(2^128) with the bits of GCM, the first one highest (NIST SP 800-38D, 6.3)."""
    product = 0
    for bit in range(127, -1, -1):
        if left >> bit & 1:
            product ^= right
        right = right >> 1 ^ GCM_POLYNOMIAL if right & 1 else right >> 1
    return product


class CC3220_AES(Block):
    """Outputs: 0 interrupt; 1 to 4 DMA requests: context in, context out, data in, data out."""

    STATUS = PARTLY
    MISSING = "XTS, F8 and F9"
    OUTPUTS = (0, 1, 2, 3, 4)
    SIZE = 0x100
    REGISTERS = (
        Register("KEY2", 0x00, count=8, on_write="_change_key"),
        KEY1,
        IV_IN,
        CTRL,
        Register("C_LENGTH_0", 0x54, on_write="_start"),
        Register("C_LENGTH_1", 0x58, on_write="_start", fields=packed("LENGTH:29")),
        Register("AUTH_LENGTH", 0x5C, on_write="_start"),
        DATA_IN,
        TAG_OUT,
        Register(
            "REVISION",
            0x80,
            reset=0x40000001,
            access=READ_ONLY,
            fields=packed("Y_MINOR:6 CUSTOM:2 X_MAJOR:3 R_RTL:5 FUNC:12 -:2 SCHEME:2"),
        ),
        SYSCONFIG,
        Register("SYSSTATUS", 0x88, reset=1, access=READ_ONLY, fields=packed("RESETDONE")),
        IRQSTATUS,
        IRQENABLE,
    )

    def __init__(self, machine, name):
        # type: (typing.Any, str) -> None
        Block.__init__(self, machine, name)
        self._reported = False
        self._clear()

    def reset(self):
        # type: () -> None
        Block.reset(self)
        self._clear()

    def _clear(self):
        # type: () -> None
        self._round_keys = None  # type: list[list[int]] | None
        self._left = 0
        self._header_left = 0
        self._running = False
        self._header = []  # type: list[int]
        self._hash = [0] * BLOCK
        self._mac = [0] * BLOCK
        self._counter = [0] * BLOCK

    # Registers as bytes.

    def _load(self, register, words, order=None):
        # type: (Register, int, list[int] | None) -> list[int]
        data = []
        for index in order or range(words):
            word = self.registers.values[register.word + index]
            data += [word & 0xFF, word >> 8 & 0xFF, word >> 16 & 0xFF, word >> 24]
        return data

    def _store(self, register, data, order=None):
        # type: (Register, list[int], list[int] | None) -> None
        words = _words(data)
        for position, index in enumerate(order or range(len(words))):
            self.registers.values[register.word + index] = words[position]

    def _change_key(self, index, value, old):
        # type: (int, int, int) -> None
        self._round_keys = None

    def _keys(self):
        # type: () -> list[list[int]]
        if self._round_keys is None:
            words = 2 + 2 * CTRL["KEY_SIZE"].get(self.registers["CTRL"])
            order = [index ^ 6 for index in range(words)]
            self._round_keys = expand_key(self._load(KEY1, words, order))
        return self._round_keys

    def _cipher(self, block):
        # type: (list[int]) -> list[int]
        return encrypt(self._keys(), block)

    # Messages.

    def _configure_system(self, value, old):
        # type: (int, int) -> None
        if value & SYSCONFIG.SOFTRESET:
            self.reset()
        self._update(0, 0)

    def _configure(self, value, old):
        # type: (int, int) -> None
        self._round_keys = None
        self._running = False
        if value & CTRL_XTS_F8_F9 and not self._reported:
            self._reported = True
            self.machine.log.warning("%s: XTS, F8 and F9 aren't modelled", self.name)
        status = self.registers["CTRL"] & ~CTRL_STATUS
        self.registers["CTRL"] = status | CTRL.CTXTRDY
        self._update(0, 0)

    def _mode(self):
        # type: () -> tuple[bool, int, bool]
        """GCM mode without its variants, the CCM bit, and whether there is a tag."""
        control = self.registers["CTRL"]
        gcm = CTRL["GCM"].get(control)
        return control & CTRL.CCM != 0, gcm, bool(control & (CTRL.CCM | CTRL.CBCMAC) or gcm)

    def _start(self, value, old):
        # type: (int, int) -> None
        """Lengths begin a message; those of an authenticated one come in any order."""
        self._left = self.registers["C_LENGTH_1"] << 32 | self.registers["C_LENGTH_0"]
        ccm, gcm, _ = self._mode()
        self._header_left = self.registers["AUTH_LENGTH"] if ccm or gcm else 0
        self._running = True
        self._header = []
        self._hash = [0] * BLOCK
        self._mac = [0] * BLOCK
        self._counter = self._load(IV_IN, 4)
        if ccm:
            self._start_ccm()
        self._set_status(CTRL.INPUT_READY)
        if not self._left and not self._header_left and (ccm or gcm):
            self._finish()

    def _start_ccm(self):
        # type: () -> None
        """The first block authenticates lengths and nonce (RFC 3610, 2.2). IV is the A0 block."""
        control = self.registers["CTRL"]
        size = CTRL["CCM_L"].get(control)
        tag = CTRL["CCM_M"].get(control)
        block = [(0x40 if self._header_left else 0) | tag << 3 | size] + self._counter[1:]
        length = _data(self._left, size + 1)
        block[BLOCK - len(length) :] = length
        self._mac = self._cipher(block)

    def _set_status(self, status):
        # type: (int) -> None
        self.registers["CTRL"] = self.registers["CTRL"] & ~CTRL_STATUS | status
        self._update(0, 0)

    def _put(self, index, value, old):
        # type: (int, int, int) -> None
        """The last word of a block in the order of its bytes is the first register."""
        if index == 0:
            self._process(self._load(DATA_IN, 4, [3, 2, 1, 0]))

    def _take(self, index):
        # type: (int) -> int
        word = self.registers.values[DATA_IN.word + index]
        if index == 0 and self.registers["CTRL"] & CTRL.OUTPUT_READY:
            self._set_status(
                (self.registers["CTRL"] & CTRL_STATUS) & ~CTRL.OUTPUT_READY | self._after()
            )
        return word

    def _after(self):
        # type: () -> int
        """What follows the last block that was taken."""
        if self._running:
            return CTRL.INPUT_READY
        return CTRL.CTXTRDY

    def _take_tag(self, index):
        # type: (int) -> int
        word = self.registers.values[TAG_OUT.word + index]
        if index == 3:
            self._set_status(
                (self.registers["CTRL"] & CTRL_STATUS) & ~CTRL.SVCTXTRDY | CTRL.CTXTRDY
            )
        return word

    def _process(self, block):
        # type: (list[int]) -> None
        ccm, gcm, tagged = self._mode()
        if self._header_left:
            used = min(BLOCK, self._header_left)
            self._header_left -= used
            self._authenticate_header(block[:used] + [0] * (BLOCK - used), ccm)
            if self._left or self._header_left:
                self._set_status(CTRL.INPUT_READY)
            else:
                self._finish()
            return
        used = min(BLOCK, self._left) if self._left else BLOCK
        result = self._transform(block, used, ccm, gcm)
        self._left -= min(used, self._left)
        if result is not None:
            self._store(DATA_IN, result, [3, 2, 1, 0])
        output = 0 if result is None else CTRL.OUTPUT_READY
        if self._left or not self._running:
            self._set_status(output or CTRL.INPUT_READY)
        elif tagged:
            self._finish()
            self.registers["CTRL"] |= output
            self._update(0, 0)
        else:
            self._running = False
            context = CTRL.SVCTXTRDY if self.registers["CTRL"] & CTRL.SAVE_CONTEXT else 0
            self._set_status(output | context | (0 if output else CTRL.CTXTRDY))

    def _authenticate_header(self, block, ccm):
        # type: (list[int], bool) -> None
        if not ccm:
            self._update_hash(block)
            return
        # CCM puts the header's length in front of it, in two bytes (RFC 3610, 2.2).
        self._header += block
        if not self._header_left:
            length = self.registers["AUTH_LENGTH"]
            data = _data(length, 2) + self._header[:length]
            data += [0] * (-len(data) % BLOCK)
            for start in range(0, len(data), BLOCK):
                piece = data[start : start + BLOCK]
                self._mac = self._cipher(_exclusive_or(self._mac, piece))

    def _update_hash(self, block):
        # type: (list[int]) -> None
        subkey = _number(self._cipher([0] * BLOCK))
        self._hash = _data(_gcm_product(_number(_exclusive_or(self._hash, block)), subkey))

    def _next_counter(self, width):
        # type: (int) -> list[int]
        """The counter as it stands, which then counts in its last `width` bits."""
        counter = self._counter
        value = _number(counter)
        mask = (1 << width) - 1
        self._counter = _data(value & ~mask | (value + 1) & mask)
        return counter

    def _transform(self, block, used, ccm, gcm):
        # type: (list[int], int, bool, int) -> list[int] | None
        """One block through the cipher in its mode; None where nothing comes out."""
        control = self.registers["CTRL"]
        encrypting = control & CTRL.DIRECTION != 0
        chained = self._load(IV_IN, 4)
        if control & CTRL.CBCMAC:
            self._mac = self._cipher(_exclusive_or(self._mac, block))
            return None
        if ccm or gcm:
            return self._transform_authenticated(block, used, ccm, encrypting)
        if control & (CTRL.CTR | CTRL.ICM):
            width = 16 if control & CTRL.ICM else 32 * (1 + CTRL["CTR_WIDTH"].get(control))
            if not self._running:
                self._counter = chained
            stream = self._cipher(self._next_counter(width))
            self._store(IV_IN, self._counter)
            return _exclusive_or(block, stream)
        if control & CTRL.CFB:
            result = _exclusive_or(block, self._cipher(chained))
            self._store(IV_IN, result if encrypting else block)
            return result
        if control & CTRL.MODE:
            if encrypting:
                result = self._cipher(_exclusive_or(block, chained))
                self._store(IV_IN, result)
            else:
                result = _exclusive_or(decrypt(self._keys(), block), chained)
                self._store(IV_IN, block)
            return result
        if control & CTRL_XTS_F8_F9:
            return block
        return self._cipher(block) if encrypting else decrypt(self._keys(), block)

    def _transform_authenticated(self, block, used, ccm, encrypting):
        # type: (list[int], int, bool, bool) -> list[int]
        if ccm:
            # A0 is for the tag: data starts at A1.
            size = 8 * (CTRL["CCM_L"].get(self.registers["CTRL"]) + 1)
            mask = (1 << size) - 1
            value = _number(self._counter)
            self._counter = _data(value & ~mask | (value + 1) & mask)
            stream = self._cipher(self._counter)
        else:
            self._next_counter(32)
            stream = self._cipher(self._counter)
        result = _exclusive_or(block, stream)
        clear = block if encrypting else result
        coded = result if encrypting else block
        if ccm:
            self._mac = self._cipher(_exclusive_or(self._mac, clear[:used] + [0] * (BLOCK - used)))
        else:
            self._update_hash(coded[:used] + [0] * (BLOCK - used))
        return result

    def _finish(self):
        # type: () -> None
        """The tag of an authenticated message."""
        ccm, gcm, _ = self._mode()
        self._running = False
        if ccm:
            size = 8 * (CTRL["CCM_L"].get(self.registers["CTRL"]) + 1)
            first = _data(_number(self._load(IV_IN, 4)) >> size << size)
            tag = _exclusive_or(self._mac, self._cipher(first))
        elif gcm:
            header = self.registers["AUTH_LENGTH"]
            length = self.registers["C_LENGTH_1"] << 32 | self.registers["C_LENGTH_0"]
            self._update_hash(_data(8 * header, 8) + _data(8 * length, 8))
            tag = _exclusive_or(self._hash, self._cipher(self._load(IV_IN, 4)))
        else:
            tag = self._mac
        self._store(TAG_OUT, tag)
        self._set_status(CTRL.SVCTXTRDY)

    # Interrupt and requests.

    def _update(self, value, old):
        # type: (int, int) -> None
        control = self.registers["CTRL"]
        status = 0
        for bit, flag in (
            (CTRL.CTXTRDY, IRQSTATUS.CONTEXT_IN),
            (CTRL.INPUT_READY, IRQSTATUS.DATA_IN),
            (CTRL.OUTPUT_READY, IRQSTATUS.DATA_OUT),
            (CTRL.SVCTXTRDY, IRQSTATUS.CONTEXT_OUT),
        ):
            if control & bit:
                status |= flag
        self.registers["IRQSTATUS"] = status
        self.lines[0].set(status & self.registers["IRQENABLE"] != 0)
        system = self.registers["SYSCONFIG"]
        for line, enable, bit in (
            (1, SYSCONFIG.DMA_REQ_CONTEXT_IN_EN, CTRL.CTXTRDY),
            (2, SYSCONFIG.DMA_REQ_CONTEXT_OUT_EN, CTRL.SVCTXTRDY),
            (4, SYSCONFIG.DMA_REQ_DATA_OUT_EN, CTRL.OUTPUT_READY),
            (3, SYSCONFIG.DMA_REQ_DATA_IN_EN, CTRL.INPUT_READY),
        ):
            self.lines[line].set(system & enable != 0 and control & bit != 0)


MYPY = False
if MYPY:
    import typing  # noqa: F401
