# ironpython: executed by Renode
"""The registers of a block at work: a declaration made ready for accesses, and the values.

`values` always holds what a side-effect-free read returns, but for registers that are computed. A
class of blocks has one plan, in plain tables, from which an engine may serve accesses itself.
"""

from array import array

from renode_wifi.peripherals.base.registers import (
    ONE_CLEARS,
    ONE_SETS,
    ONE_TOGGLES,
    READ_CLEARS,
    READ_WRITE,
    WORD,
    ZERO_CLEARS,
)

# What an engine may do of a block's accesses by itself.
SERVE_NOTHING = 0
SERVE_READS = 1
"""No writes: the model's `write` does more than pass on."""
SERVE_ALL = 2
"""Whatever the declaration allows."""

STORED_KINDS = (READ_WRITE, READ_CLEARS, ONE_CLEARS, ZERO_CLEARS, ONE_SETS, ONE_TOGGLES)
"""Kinds of which a mask is kept per word, in this order."""


class RegisterPlan(object):
    """A declaration in the form that accesses need; the blocks of a class share it.

    by_word: register of each word that has one. words: word of each name.
    masks: for each of STORED_KINDS an array with the bits of that kind of every word.
    readers, writers: word -> (name of a method, index or None). computed: words whose reader
    changes nothing. effects: word -> (word, whether it sets, bits). follows: word -> ((bits, bits
    that follow them, places to the left), ...). interrupts: ((line, ((word of flags, flags, word of
    enables, enables, matched), ...)), ...). interrupting: words of those. read_clears: word ->
    bits. special: words of which a write does more than store and call.
    """

    def __init__(self, registers, size, interrupts=()):
        # type: (typing.Sequence[Register], int, typing.Sequence[Interrupt]) -> None
        self.size = size
        self.by_name = {}  # type: dict[str, Register]
        self.by_word = {}  # type: dict[int, Register]
        self.words = {}  # type: dict[str, int]
        count = size // 4
        self.reset = array("I", [0] * count)  # type: array[int]
        self.masks = tuple(array("I", [0] * count) for _ in STORED_KINDS)
        self.readers = {}  # type: dict[int, tuple[str, int | None]]
        self.writers = {}  # type: dict[int, tuple[str, int | None]]
        self.computed = set()  # type: set[int]
        self.effects = {}  # type: dict[int, tuple[int, bool, int]]
        self.follows = {}  # type: dict[int, tuple[tuple[int, int, int], ...]]
        for register in registers:
            self._add(register)
        for register in registers:
            target = register.sets or register.clears
            if target is not None:
                effect = (self.words[target], register.sets is not None, register.written())
                self.effects[register.word] = effect
        self.interrupts = tuple(
            (
                interrupt.line,
                tuple(
                    (
                        self.words[cause.status.name],
                        cause.flags,
                        self.words[cause.control.name],
                        cause.enables,
                        cause.matched,
                    )
                    for cause in interrupt.causes
                ),
            )
            for interrupt in interrupts
        )
        self.interrupting = set()  # type: set[int]
        for _, causes in self.interrupts:
            for status, _, control, _, _ in causes:
                self.interrupting.update((status, control))
        clears = self.masks[STORED_KINDS.index(READ_CLEARS)]
        self.read_clears = dict((word, clears[word]) for word in self.by_word if clears[word])
        self.special = set(self.follows) | set(self.effects)
        for word in self.by_word:
            if any(mask[word] for mask in self.masks[2:]):
                self.special.add(word)

    def _add(self, register):
        # type: (Register) -> None
        first = register.word
        self.by_name[register.name] = register
        self.words[register.name] = first
        masks = [register.mask(kind) for kind in STORED_KINDS]
        reader = register.computed or register.on_read
        follows = tuple(
            (
                register[field.follows].mask,
                field.mask,
                field.position - register[field.follows].position,
            )
            for field in register.fields or ()
            if field.follows is not None
        )
        names = register.names()
        for index in range(register.count):
            word = first + index * register.stride // 4
            self.words[names[index]] = word
            self.by_word[word] = register
            self.reset[word] = register.reset
            number = index if register.count > 1 else None
            for array_of_kind, mask in zip(self.masks, masks):  # noqa: B905
                if mask:
                    array_of_kind[word] = mask
            if reader is not None:
                self.readers[word] = (reader, number)
            if register.computed is not None:
                self.computed.add(word)
            if register.on_write is not None:
                self.writers[word] = (register.on_write, number)
            if follows:
                self.follows[word] = follows

    def name_of(self, word):
        # type: (int) -> str
        """The name of the register at a word that has one."""
        register = self.by_word[word]
        return register.names()[(4 * word - register.offset) // register.stride]


_PLANS = {}  # type: dict[tuple[type, str, int], RegisterPlan]


def plan_of(owner, variant, size):
    # type: (typing.Any, str, int) -> RegisterPlan
    """The plan of a class of blocks, for the registers in its attribute `variant`."""
    plan = _PLANS.get((owner, variant, size))
    if plan is None:
        declared = getattr(owner, variant)
        plan = RegisterPlan(declared, size, getattr(owner, "INTERRUPTS", ()))
        _PLANS[(owner, variant, size)] = plan
    return plan


class RegisterFile(object):
    """The registers of one block.

    owner: the model, with the attributes `name`, `machine` and `lines`, whose class declares
    registers in the attribute `variant`, and INTERRUPTS. served: SERVE_ALL, ... `size` is the
    owner's SIZE, in bytes.
    """

    def __init__(self, owner, served=SERVE_ALL, variant="REGISTERS"):
        # type: (typing.Any, int, str) -> None
        self.owner = owner
        self.served = served
        self.variant = variant
        self.size = owner.SIZE  # type: int
        # Offsets without a register that were logged.
        self._unknown = set()  # type: set[int]
        self._bind()
        self.values = array("I", self.plan.reset)  # type: array[int]

    def _bind(self):
        # type: () -> None
        """What an access needs, flat, because every access of the guest comes through here."""
        owner = self.owner
        self.plan = plan = plan_of(type(owner), self.variant, self.size)
        self._words = plan.words
        # word -> (method, index in its array or None).
        self._readers = {}  # type: dict[int, tuple[typing.Any, int | None]]
        # word -> (writable bits, whether a write does more than store and call, method or None,
        # index or None, whether interrupts follow).
        self._writers = {}  # type: dict[int, tuple[int, bool, typing.Any, int | None, bool]]
        writable = plan.masks[0]
        for word in plan.by_word:
            method = index = None
            if word in plan.writers:
                name, index = plan.writers[word]
                method = getattr(owner, name)
            special = word in plan.special
            self._writers[word] = (
                writable[word],
                special,
                method,
                index,
                word in plan.interrupting,
            )
        for word, (name, index) in plan.readers.items():
            self._readers[word] = (getattr(owner, name), index)
        for word in plan.read_clears:
            self._readers[word] = (self._read_and_clear, word)

    def __getstate__(self):
        # type: () -> dict[str, typing.Any]
        kept = ("owner", "served", "variant", "size", "values", "_unknown")
        return dict((name, self.__dict__[name]) for name in kept)

    def __setstate__(self, state):
        # type: (dict[str, typing.Any]) -> None
        self.__dict__.update(state)
        twin = getattr(self.owner, "registers", None)
        if isinstance(twin, RegisterFile) and twin.is_like(self):
            # A snapshot is restored into the same model.
            self.plan, self._words, self._writers = twin.plan, twin._words, twin._writers
            self._readers = dict(twin._readers)
            for word in self.plan.read_clears:
                self._readers[word] = (self._read_and_clear, word)
        else:
            self._bind()

    def is_like(self, other):
        # type: (RegisterFile) -> bool
        """Whether another has the same registers of the same model."""
        return (
            self.owner is other.owner and self.variant == other.variant and self.size == other.size
        )

    def reset(self):
        # type: () -> None
        """Every register to its reset value; calls no method of the owner."""
        # One by one: IronPython would put a slice elsewhere, and who reads them has their address.
        values, initial = self.values, self.plan.reset
        for word in self.plan.by_word:
            values[word] = initial[word]

    # By name.

    def __getitem__(self, name):
        # type: (str) -> int
        return self.values[self._words[name]]

    def __setitem__(self, name, value):
        # type: (str, int) -> None
        """Set what the register reads, past its write rules."""
        self.values[self._words[name]] = value & WORD

    def offset_of(self, name):
        # type: (str) -> int
        """Bytes from the base."""
        return 4 * self._words[name]

    def names(self):
        # type: () -> list[str]
        """Names of all registers, by offset."""
        return [self.plan.name_of(word) for word in sorted(self.plan.by_word)]

    def describe(self, name):
        # type: (str) -> str
        """`CR1 = 0x37C (SSM SSI SPE MSTR BR=7)`, without the effects of a read."""
        word = self._words[name]
        value = self.values[word]
        if word in self.plan.computed:
            method, index = self._readers[word]
            value = method() if index is None else method(index)
        return "%s = %s" % (self.plan.name_of(word), self.plan.by_word[word].describe(value))

    def __str__(self):
        # type: () -> str
        """All registers, one a line."""
        return "\n".join(self.describe(name) for name in self.names())

    # What an engine may serve.

    def plain_words(self):
        # type: () -> list[int]
        """Word indices whose reads have no side effect and always equal `values`."""
        if self.served == SERVE_NOTHING:
            return []
        return sorted(word for word in self._writers if word not in self._readers)

    def storage_words(self):
        # type: () -> dict[int, int]
        """Word index -> writable bits, for words whose writes do nothing but store."""
        if self.served != SERVE_ALL:
            return {}
        return dict(
            (word, writable)
            for word, (writable, special, method, _, interrupting) in self._writers.items()
            if not special and method is None and not interrupting
        )

    # Accesses.

    def read(self, offset, width):
        # type: (int, int) -> int
        word = offset >> 2
        if word in self._readers:
            reader, index = self._readers[word]
            value = reader() if index is None else reader(index)  # type: int
        elif word in self._writers:
            value = self.values[word]
        else:
            value = 0
            self._log_unknown("read of", offset)
        if width == 4:
            return value
        return (value >> (8 * (offset & 3))) & ((1 << (8 * width)) - 1)

    def _read_and_clear(self, word):
        # type: (int) -> int
        """A register with bits that a read clears; its method works out the value before."""
        value = self.values[word]
        if word in self.plan.readers:
            name, index = self.plan.readers[word]
            method = getattr(self.owner, name)
            value = method() if index is None else method(index)
        self.values[word] &= ~self.plan.read_clears[word] & WORD
        if word in self.plan.interrupting:
            self.update_interrupts()
        return value

    def write(self, offset, value, width):
        # type: (int, int, int) -> None
        word = offset >> 2
        plan = self._writers.get(word)
        if plan is None:
            self._log_unknown("write to", offset)
            return
        writable, special, writer, index, interrupting = plan
        old = self.values[word]
        written = value
        if width != 4:
            shift = 8 * (offset & 3)
            touched = ((1 << (8 * width)) - 1) << shift
            written = (value << shift) & touched
            value = (old & ~touched) | written
        new = (old & ~writable) | (value & writable)
        if special:
            new = self._specially(word, value, written, new)
        self.values[word] = new & WORD
        if writer is not None:
            if index is None:
                writer(value, old)
            else:
                writer(index, value, old)
        if interrupting:
            self.update_interrupts()

    def _specially(self, word, value, written, new):
        # type: (int, int, int, int) -> int
        """What a write makes of bits that don't just store, and of another register's.

        value: the whole word; written: the bytes that were written, 0 elsewhere.
        """
        plan = self.plan
        _, _, ones, zeros, sets, toggles = plan.masks
        new &= ~(written & ones[word])
        # Bytes that weren't written have the old bits in `value`: what is 0 there stays 0.
        new &= value | ~zeros[word]
        new |= written & sets[word]
        new ^= written & toggles[word]
        for source, target, shift in plan.follows.get(word, ()):
            bits = new & source
            new = (new & ~target) | ((bits << shift if shift >= 0 else bits >> -shift) & target)
        if word in plan.effects:
            other, to_one, bits = plan.effects[word]
            if to_one:
                self.values[other] |= written & bits
            else:
                self.values[other] &= ~(written & bits) & WORD
            if other in plan.interrupting:
                self.update_interrupts()
        return new

    def update_interrupts(self):
        # type: () -> None
        """Set the lines of the owner's INTERRUPTS as its registers say."""
        values = self.values
        for line, causes in self.plan.interrupts:
            level = False
            for status, flags, control, enables, matched in causes:
                pending = values[status] & flags
                enabled = values[control] & enables
                if pending & enabled if matched else pending and enabled:
                    level = True
                    break
            self.owner.lines[line].set(level)

    def _log_unknown(self, what, offset):
        # type: (str, int) -> None
        if offset not in self._unknown:
            self._unknown.add(offset)
            self.owner.machine.log.warning(
                "%s: %s undocumented offset 0x%03X (reported once)", self.owner.name, what, offset
            )


MYPY = False
if MYPY:
    import typing  # noqa: F401

    from renode_wifi.peripherals.base.registers import Interrupt, Register  # noqa: F401
