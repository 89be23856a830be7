"""The report of a guest's crash, from which its author finds the cause."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from renode_wifi.emulation.image.image import Image

STACK_WORDS_SCANNED = 512
BACKTRACE_DEPTH = 16

REGISTERS = (*(f"r{i}" for i in range(13)), "sp", "lr", "pc", "xpsr")


@dataclass(frozen=True)
class Crash:
    """A fault as the CPU took it.

    cause: in words. time: ns. address: what was accessed, if that is the cause. registers: at the
    faulting instruction, by lower-case name. fault_status: CFSR, HFSR and the like by name
    (ARMv7-M architecture reference manual, B3.2). cure: what to try.
    """

    cause: str
    time: int
    registers: dict[str, int]
    address: int | None = None
    fault_status: dict[str, int] = field(default_factory=dict)
    cure: str | None = None

    @property
    def pc(self) -> int:
        return self.registers["pc"]


def place(address: int, image: Image | None) -> str:
    """An address with its function and source line, as far as the image has them."""
    text = f"0x{address:08X}"
    if image is None or image.symbols.at(address) is None:
        return text
    text += f" {image.symbols.describe(address)}"
    line = image.lines.at(address)
    return f"{text} ({line})" if line is not None else text


def render_crash(
    crash: Crash,
    image: Image | None,
    read_memory: Callable[[int, int], bytes],
    tasks: Sequence[str] = (),
    cure: str | None = None,
) -> str:
    """The whole story as text: cause, place, registers, backtrace, cure.

    tasks: lines about those of an RTOS. cure: in place of the crash's own.
    """

    rows = [f"The firmware crashed: {crash.cause}", f"  at    {place(crash.pc, image)}"]
    if crash.address is not None:
        rows.append(f"  address 0x{crash.address:08X}")
    rows.append(f"  time  {crash.time / 1e9:.6f} s")
    named = [name for name in REGISTERS if name in crash.registers]
    for start in range(0, len(named), 4):
        rows.append(
            "  "
            + "  ".join(
                f"{name:>4} {crash.registers[name]:08X}" for name in named[start : start + 4]
            )
        )
    if crash.fault_status:
        rows.append("  " + "  ".join(f"{k} {v:08X}" for k, v in crash.fault_status.items()))
    callers = [] if image is None else backtrace(crash, image, read_memory)
    if callers:
        rows.append("  called from")
        rows += [f"    {place(address, image)}" for address in callers]
    rows += tasks
    if cure or crash.cure:
        rows.append(f"  {cure or crash.cure}")
    return "\n".join(rows)


def backtrace(crash: Crash, image: Image, read_memory: Callable[[int, int], bytes]) -> list[int]:
    """Call sites, innermost first.

    Without unwind tables every word of the stack that points behind a call instruction counts as a
    return address; a stale one can be among them, which a reader of a crash can live with.
    """
    candidates = [crash.registers.get("lr", 0)]
    pointer = crash.registers.get("sp", 0)
    for offset in range(0, STACK_WORDS_SCANNED * 4, 4):
        try:
            candidates.append(int.from_bytes(read_memory(pointer + offset, 4), "little"))
        except Exception:
            break
    sites: list[int] = []
    for value in candidates:
        site = _call_site(value, image)
        if site is not None and (not sites or sites[-1] != site):
            sites.append(site)
        if len(sites) == BACKTRACE_DEPTH:
            break
    return sites


def _call_site(value: int, image: Image) -> int | None:
    """The address of the BL or BLX that returns to `value`, if there is one."""
    if not value & 1 or image.symbols.at(value) is None:
        return None
    address = value & ~1
    before = image.read(address - 4, 4)
    if before is None:
        return None
    first = int.from_bytes(before[:2], "little")
    second = int.from_bytes(before[2:], "little")
    if first & 0xF800 == 0xF000 and second & 0xD000 == 0xD000:  # BL (T1)
        return address - 4
    if second & 0xFF87 == 0x4780:  # BLX register (T1)
        return address - 2
    return None
