# ironpython: executed by Renode
"""Registers declared as in a reference manual: name, offset, reset value, fields, behaviour.

A model lists its registers once, in a class attribute. Kinds of access (read clears, write 1
clears, ...), what a write does to another register, and which flags interrupt are data, which
`RegisterFile` carries out. An engine may do so in its place. The methods that a register names give
it what behaviour is left.
"""

# Kinds of access, abbreviated as in RM0351 section 1.1.
READ_WRITE = "rw"
READ_ONLY = "r"
WRITE_ONLY = "w"
"""Reads 0; only the register's `on_write`, `sets` or `clears` sees what is written."""
READ_CLEARS = "rc_r"
ONE_CLEARS = "rc_w1"
ZERO_CLEARS = "rc_w0"
ONE_SETS = "rs"
"""A 1 sets, a 0 changes nothing; only the model clears it."""
ONE_TOGGLES = "t"
SELF_CLEARING = "sc"
"""A request that the hardware takes at once: `on_write` sees the 1, and it reads 0."""
CONSTANT = "c"
"""Reads its reset value for ever."""

WORD = 0xFFFFFFFF


class Field(object):
    """Adjacent bits of a register.

    position: the lowest bit. access: one of the kinds above; by default the register's.
    count: an array of fields, `stride` bits apart (by default `width`): "MODE" with a count of 16
    is MODE0 to MODE15. first: the number of the first; in a name with "{}" it stands there.
    follows: a field of the same register whose value this one always has, as ready flags do.
    """

    __slots__ = ("access", "count", "first", "follows", "name", "position", "stride", "width")

    def __init__(
        self,
        name,
        position,
        width=1,
        access=None,
        count=1,
        stride=None,
        first=0,
        follows=None,
    ):
        # type: (str, int, int, str | None, int, int | None, int, str | None) -> None
        self.name = name
        self.position = position
        self.width = width
        self.access = access
        self.count = count
        self.stride = width if stride is None else stride
        self.first = first
        self.follows = follows

    @property
    def mask(self):
        # type: () -> int
        """The bits in their place; of an array of fields those of all."""
        ones = (1 << self.width) - 1
        mask = 0
        for index in range(self.count):
            mask |= ones << (self.position + index * self.stride)
        return mask

    def get(self, word):
        # type: (int) -> int
        """The field's value in a register's."""
        return (word >> self.position) & ((1 << self.width) - 1)

    def put(self, word, value):
        # type: (int, int) -> int
        """`word` with the field set to `value`."""
        ones = (1 << self.width) - 1
        return (word & ~(ones << self.position)) | ((value & ones) << self.position)

    def expanded(self):
        # type: () -> list[Field]
        """Itself, or the fields of an array."""
        if self.count == 1:
            return [self]
        return [
            Field(
                numbered(self.name, self.first + index),
                self.position + index * self.stride,
                self.width,
                self.access,
            )
            for index in range(self.count)
        ]


def numbered(name, number):
    # type: (str, int | str) -> str
    """The name of one of several: the number stands for "{}", or behind."""
    if "{}" in name:
        return name.replace("{}", str(number))
    return name + str(number)


def reversed_bits(value, bits):
    # type: (int, int) -> int
    """The lowest `bits` bits, from the other end."""
    result = 0
    for _ in range(bits):
        result = result << 1 | value & 1
        value >>= 1
    return result


def packed(text, position=0):
    # type: (str, int) -> tuple[Field, ...]
    """Fields from the lowest bit upwards, as in the manual's bit maps read from the right.

    `"EN MODE:2 -:5 RDY/r"`: one bit EN, two bits MODE, five reserved ones, one read-only bit. The
    lowest bit is at `position`.
    """
    found = []
    for item in text.split():
        name, _, access = item.partition("/")
        name, _, width = name.partition(":")
        bits = int(width or 1)
        if name != "-":
            found.append(Field(name, position, bits, access or None))
        position += bits
    return tuple(found)


class Register(object):
    """One 32-bit register.

    offset: bytes from the base; `word` counts words. reset: value after reset. fields: its bits;
    what is in none is reserved, reads its reset value and ignores writes. access: kind of the
    fields that don't say theirs, and without fields of all 32 bits. rest: kind of what is in no
    field, for registers of which not all bits are documented.

    computed: name of a method `f() -> int` that works out the value and changes nothing;
    on_read: the same of one whose call has an effect;
    on_write: name of a method `f(value, old)` called after the value was stored. value: what was
    written, whatever the bits' access; bytes that the access left out are those of before.
    sets, clears: a register of the block in which the ones written set or clear the bits at the
    same place.
    count, stride: an array of registers, `stride` bytes apart; their methods get the index first.
    Their names end in a number from `first` on, or in one of the letters that `first` is.

    A field's mask is an attribute: `CR1.SPE`; the field itself an item: `CR1["BR"].get(word)`.
    """

    def __init__(
        self,
        name,  # type: str
        offset,  # type: int
        reset=0,  # type: int
        fields=None,  # type: typing.Iterable[Field] | None
        access=READ_WRITE,  # type: str
        computed=None,  # type: str | None
        on_read=None,  # type: str | None
        on_write=None,  # type: str | None
        sets=None,  # type: str | None
        clears=None,  # type: str | None
        count=1,  # type: int
        stride=4,  # type: int
        first=0,  # type: int | str
        rest=CONSTANT,  # type: str
    ):
        # type: (...) -> None
        self.name = name
        self.offset = offset
        self.word = offset // 4
        self.reset = reset
        self.fields = None if fields is None else tuple(fields)
        self.access = access
        self.computed = computed
        self.on_read = on_read
        self.on_write = on_write
        self.sets = sets
        self.clears = clears
        self.count = count
        self.stride = stride
        self.first = first
        self.rest = rest
        self._expanded = None  # type: dict[str, Field] | None
        self._kinds = None  # type: dict[str, int] | None

    def _by_name(self):
        # type: () -> dict[str, Field]
        if self._expanded is None:
            self._expanded = dict(
                (field.name, field) for whole in self.fields or () for field in whole.expanded()
            )
        return self._expanded

    def __getitem__(self, name):
        # type: (str) -> Field
        return self._by_name()[name]

    def has(self, name):
        # type: (str) -> bool
        """Whether it has a field of that name."""
        return name in self._by_name()

    def __getattr__(self, name):
        # type: (str) -> int
        """The mask of a field, of one in an array of fields, or of such an array."""
        # Only what `__init__` didn't set comes here; a mask that was asked for is kept.
        if not name.startswith("_"):
            mask = sum(field.mask for field in self.fields or () if field.name == name)
            if not mask and name in self._by_name():
                mask = self[name].mask
            if mask:
                self.__dict__[name] = mask
                return mask
        raise AttributeError("register %s has no field %s" % (self.__dict__.get("name"), name))

    def only(self, *names):
        # type: (*str) -> Register
        """The same register where a smaller block has no more than these fields, or some of an
        array of fields."""
        part = Register(self.name, self.offset)
        part.__dict__.update(
            (name, value) for name, value in self.__dict__.items() if not name.isupper()
        )
        part.fields = tuple(
            field
            for whole in self.fields or ()
            for field in ([whole] if whole.name in names else whole.expanded())
            if field.name in names
        )
        part._expanded = part._kinds = None
        return part

    def _by_kind(self):
        # type: () -> dict[str, int]
        """The bits of each kind of access, those of no field among them."""
        if self._kinds is None:
            if self.fields is None:
                self._kinds = {self.access: WORD}
            else:
                kinds = self._kinds = {}
                named = 0
                for field in self.fields:
                    bits = field.mask
                    named |= bits
                    kind = field.access or self.access
                    kinds[kind] = kinds.get(kind, 0) | bits
                kinds[self.rest] = kinds.get(self.rest, 0) | ~named & WORD
        return self._kinds

    def mask(self, kind):
        # type: (str) -> int
        """The bits of one kind of access."""
        return self._by_kind().get(kind, 0)

    def written(self):
        # type: () -> int
        """The bits that a write means."""
        bits = 0
        for kind, mask in self._by_kind().items():
            if kind not in (READ_ONLY, CONSTANT):
                bits |= mask
        return bits

    def names(self):
        # type: () -> list[str]
        """Its name, or those of an array's registers."""
        if self.count == 1:
            return [self.name]
        if isinstance(self.first, str):
            return [numbered(self.name, letter) for letter in self.first[: self.count]]
        return [numbered(self.name, self.first + index) for index in range(self.count)]

    def describe(self, value):
        # type: (int) -> str
        """`value` by its fields: the flags that are set, then the other fields that aren't 0."""
        flags = []
        numbers = []
        for whole in self.fields or ():
            for field in whole.expanded():
                part = field.get(value)
                if part and field.width == 1:
                    flags.append((field.position, field.name))
                elif part:
                    text = "%s=%d" if part < 10 else "%s=0x%X"
                    numbers.append((field.position, text % (field.name, part)))
        words = [text for _, text in sorted(flags, reverse=True) + sorted(numbers, reverse=True)]
        return "0x%X" % value + (" (%s)" % " ".join(words) if words else "")


class Cause(object):
    """Why a line is high: a flag is set while the bit that enables it is.

    flags, enables: masks in two registers, any bit of which counts. matched: each flag has its own
    enable bit, at the same place.
    """

    def __init__(self, status, flags, control, enables, matched=False):
        # type: (Register, int, Register, int, bool) -> None
        self.status = status
        self.flags = flags
        self.control = control
        self.enables = enables
        self.matched = matched


class Interrupt(object):
    """An output line of the block that follows its registers; see `Block.INTERRUPTS`."""

    def __init__(self, line, *causes):
        # type: (int | str, *Cause) -> None
        self.line = line
        self.causes = causes


MYPY = False
if MYPY:
    import typing  # noqa: F401
