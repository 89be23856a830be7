"""Who called: by unwind tables where an image has them, elsewhere by the stack's look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from renode_wifi.emulation.image import thumb
from renode_wifi.emulation.image.image import Image
from renode_wifi.emulation.image.unwind import LR, PC, SP, ReadMemory, Registers, word

STACK_WORDS_SCANNED = 512

CORE_REGISTERS = {**{f"r{i}": i for i in range(13)}, "sp": SP, "lr": LR, "pc": PC}
SCRATCH = (*range(4), 12)
STACKED = (0, 1, 2, 3, 12, LR, PC)
"""By an exception, lowest address first; then xPSR (DDI 0403E section B1.5.6)."""
BASIC_FRAME, EXTENDED_FRAME = 0x20, 0x68
EXC_RETURN = frozenset(0xFFFFFFE0 + low for low in (0x01, 0x09, 0x0D, 0x11, 0x19, 0x1D))
"""Values of LR in a handler. That of a reset, 0xFFFFFFFF, is none (section B1.5.8)."""
USES_PSP, IS_BASIC = 1 << 2, 1 << 4
"""Of EXC_RETURN."""
IS_PADDED = 1 << 9
"""Of a stacked xPSR."""


@dataclass(frozen=True)
class CallSite:
    """address: of the call, or of the instruction before which an exception was taken."""

    address: int
    is_guess: bool = False
    is_interrupted: bool = False


def call_chain(
    registers: Mapping[str, int],
    image: Image,
    read_memory: ReadMemory,
    depth: int,
) -> list[CallSite]:
    """Call sites, innermost first.

    registers: by lower-case name; without pc those at a function's entry; with psp, chains go on
    behind an exception of a thread that has a stack of its own. Where unwind tables end before the
    chain does, every word of the stack that points behind a call counts as a return address: a
    stale one can be among them, so these are guesses.
    """
    state: Registers = {CORE_REGISTERS[k]: v for k, v in registers.items() if k in CORE_REGISTERS}
    walk = _Walk(state, registers.get("psp"), image, read_memory)
    sites = []
    for site in walk.certain():
        sites.append(site)
        if len(sites) == depth:
            return sites
    for address in walk.guesses():
        if not sites or sites[-1].address != address:
            sites.append(CallSite(address, is_guess=True))
        if len(sites) == depth:
            break
    return sites


class _Walk:
    """From frame to frame. `is_whole`: the outermost frame was found."""

    def __init__(
        self, state: Registers, process_stack: int | None, image: Image, read_memory: ReadMemory
    ) -> None:
        self._state = state
        self._process_stack = process_stack
        self._image = image
        self._read = read_memory
        self.is_whole = False

    def certain(self) -> Iterator[CallSite]:
        """As far as tables lead."""
        is_call = False
        while (site := self._step(is_call)) is not None:
            yield site
            is_call = not site.is_interrupted

    def _step(self, is_call: bool) -> CallSite | None:
        """Go to the caller's frame. is_call: this one is at a call, not between instructions."""
        found = self._caller(is_call)
        if found is None:
            return None
        returns_to = found[PC]
        if returns_to in EXC_RETURN:
            return self._interrupted(found, returns_to)
        address = call_site(returns_to, self._image)
        if address is None:
            # Threads begin with a return address of their kernel's, the reset handler with none.
            self.is_whole = self._image.unwind.is_exact(self._state.get(PC, 0))
            return None
        self._state = found
        return CallSite(address)

    def _caller(self, is_call: bool) -> Registers | None:
        state = self._state
        pc = state.get(PC)
        if not is_call and self._is_leaf(pc):
            return _without_scratch({**state, PC: state[LR]})
        if pc is None:
            return None
        try:
            found = self._image.unwind.caller(state, self._read, pc - is_call)
        except Exception:
            # Tables and stacks of a crashed program may be anything.
            return None
        if found is not None and found[SP] < state.get(SP, 0):
            return None
        return found

    def _is_leaf(self, pc: int | None) -> bool:
        """It is at a function's entry, behind a call of what is no function, or in assembler code
        without tables and without a call of its own since LR was set."""
        called = call_site(self._state.get(LR, 0), self._image)
        if called is None:
            return False
        if pc is None:
            return True
        here, there = self._image.symbols.at(pc), self._image.symbols.at(called)
        is_elsewhere = here is None or there is None or here[0] is not there[0]
        return is_elsewhere and not self._image.unwind.knows(pc)

    def _interrupted(self, handler: Registers, exc_return: int) -> CallSite | None:
        frame = self._process_stack if exc_return & USES_PSP else handler.get(SP)
        if frame is None:
            return None
        try:
            stacked = [word(self._read, frame + 4 * i) for i in range(len(STACKED) + 1)]
        except Exception:
            return None
        size = BASIC_FRAME if exc_return & IS_BASIC else EXTENDED_FRAME
        size += 4 if stacked[-1] & IS_PADDED else 0
        self._state = {**handler, **dict(zip(STACKED, stacked, strict=False)), SP: frame + size}
        return CallSite(self._state[PC], is_interrupted=True)

    def guesses(self) -> Iterator[int]:
        """From the innermost frame that no table explains on."""
        if self.is_whole:
            return
        candidates = [self._state.get(LR, 0)]
        pointer = self._state.get(SP, 0)
        for offset in range(0, STACK_WORDS_SCANNED * 4, 4):
            try:
                candidates.append(word(self._read, pointer + offset))
            except Exception:
                break
        for value in candidates:
            address = call_site(value, self._image)
            if address is not None:
                yield address


def _without_scratch(state: Registers) -> Registers:
    return {number: value for number, value in state.items() if number not in (*SCRATCH, LR)}


def call_site(value: int, image: Image) -> int | None:
    """The address of the BL or BLX that returns to `value`, if there is one."""
    if not value & 1 or image.symbols.at(value) is None:
        return None
    address = value & ~1
    before = image.read(address - 4, 4)
    if before is None:
        return None
    first = int.from_bytes(before[:2], "little")
    second = int.from_bytes(before[2:], "little")
    size = thumb.call_size(first, second)
    return address - size if size else None
