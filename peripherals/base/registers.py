# ironpython: executed by Renode
"""Register blocks declared as in a reference manual: name, offset, reset value, behaviour.

A model lists its registers once, in a class attribute, and names the methods that give a register
its behaviour. Everything else is storage. `values` always holds what a side-effect-free read of
the register returns, so that an engine may serve plain registers without calling the model.
"""

from array import array


class Register(object):
    """One 32-bit register.

    offset: bytes from the base. reset: value after reset. writable: bits that a write stores.
    write_one_clears: bits that a 1 clears (w1c); write_zero_clears: bits that a 0 clears (rc_w0).
    on_read: name of a method `f() -> int` that computes the value, with or without side effects;
    on_write: name of a method `f(value, old)` called after the value was stored.
    count/stride: an array of `count` registers, `stride` bytes apart; their methods get the index
    first.
    """

    def __init__(
        self,
        name,
        offset,
        reset=0,
        writable=0xFFFFFFFF,
        write_one_clears=0,
        write_zero_clears=0,
        on_read=None,
        on_write=None,
        count=1,
        stride=4,
    ):
        # type: (str, int, int, int, int, int, str | None, str | None, int, int) -> None
        self.name = name
        self.offset = offset
        self.reset = reset
        self.writable = writable & ~write_one_clears & ~write_zero_clears
        self.write_one_clears = write_one_clears
        self.write_zero_clears = write_zero_clears
        self.on_read = on_read
        self.on_write = on_write
        self.count = count
        self.stride = stride


class RegisterFile(object):
    """The registers of one block.

    owner: the model, with the attributes `name` and `machine`. size: bytes of the block. gated: the
    owner's `write` does more than pass on, so no write may be served without it.
    """

    def __init__(self, owner, registers, size, gated=False):
        # type: (typing.Any, typing.Sequence[Register], int, bool) -> None
        self.owner = owner
        self.size = size
        self.gated = gated
        self.values = array("I", [0] * (size // 4))  # type: array[int]
        self._by_name = {}  # type: dict[str, Register]
        self._by_word = {}  # type: dict[int, Register]
        # What an access needs, flat, because every access of the guest comes through here:
        # word -> (method, index in its array or None).
        self._readers = {}  # type: dict[int, tuple[typing.Any, int | None]]
        # word -> (writable, write_one_clears, write_zero_clears, method or None, index or None).
        self._writers = {}  # type: dict[int, tuple[int, int, int, typing.Any, int | None]]
        self._unknown = set()  # type: set[int]
        for register in registers:
            self._by_name[register.name] = register
            reader = getattr(owner, register.on_read) if register.on_read else None
            writer = getattr(owner, register.on_write) if register.on_write else None
            for index in range(register.count):
                word = (register.offset + index * register.stride) // 4
                number = index if register.count > 1 else None
                self._by_word[word] = register
                if reader is not None:
                    self._readers[word] = (reader, number)
                self._writers[word] = (
                    register.writable,
                    register.write_one_clears,
                    register.write_zero_clears,
                    writer,
                    number,
                )
        self.reset()

    def reset(self):
        # type: () -> None
        """Every register to its reset value; calls no method of the owner."""
        for word in range(len(self.values)):
            self.values[word] = 0
        for word, register in self._by_word.items():
            self.values[word] = register.reset

    def __getitem__(self, name):
        # type: (str) -> int
        return self.values[self._by_name[name].offset // 4]

    def __setitem__(self, name, value):
        # type: (str, int) -> None
        """Set what the register reads, past its write rules."""
        self.values[self._by_name[name].offset // 4] = value & 0xFFFFFFFF

    def plain_words(self):
        # type: () -> list[int]
        """Word indices whose reads have no side effect and always equal `values`."""
        return sorted(word for word in self._by_word if word not in self._readers)

    def storage_words(self):
        # type: () -> dict[int, int]
        """Word index -> writable bits, for words whose writes do nothing but store."""
        return dict(
            (word, plan[0])
            for word, plan in self._writers.items()
            if not self.gated and plan[3] is None and not plan[1] and not plan[2]
        )

    def read(self, offset, width):
        # type: (int, int) -> int
        word = offset >> 2
        if word in self._readers:
            reader, index = self._readers[word]
            value = reader() if index is None else reader(index)  # type: int
        elif word in self._by_word:
            value = self.values[word]
        else:
            value = 0
            self._tell_unknown("read of", offset)
        if width == 4:
            return value
        return (value >> (8 * (offset & 3))) & ((1 << (8 * width)) - 1)

    def write(self, offset, value, width):
        # type: (int, int, int) -> None
        word = offset >> 2
        plan = self._writers.get(word)
        if plan is None:
            self._tell_unknown("write to", offset)
            return
        writable, ones, zeros, writer, index = plan
        old = self.values[word]
        if width != 4:
            shift = 8 * (offset & 3)
            touched = ((1 << (8 * width)) - 1) << shift
            ones &= touched
            zeros &= touched
            value = (old & ~touched) | ((value << shift) & touched)
        new = (old & ~writable) | (value & writable)
        if ones:
            new &= ~(value & ones)
        if zeros:
            new &= value | ~zeros
        self.values[word] = new & 0xFFFFFFFF
        if writer is not None:
            if index is None:
                writer(value, old)
            else:
                writer(index, value, old)

    def _tell_unknown(self, what, offset):
        # type: (str, int) -> None
        if offset not in self._unknown:
            self._unknown.add(offset)
            self.owner.machine.log.warning(
                "%s: %s undocumented offset 0x%03X (told once)", self.owner.name, what, offset
            )


MYPY = False
if MYPY:
    import typing  # noqa: F401
