"""The report of a guest's crash, from which its author finds the cause."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from renode_wifi.emulation.image.image import Image

CALL_CHAIN_DEPTH = 16

IPSR = 0x1FF
"""Of xPSR: the exception that is active (ARMv7-M, B1.4.2)."""
REGISTERS = (*(f"r{i}" for i in range(13)), "sp", "lr", "pc", "xpsr")


@dataclass(frozen=True)
class Crash:
    """A fault as the CPU took it.

    cause: in words. time: ns. address: what was accessed, if that is the cause. registers: at the
    faulting instruction, by lower-case name; psp, too, where it is known. fault_status: CFSR, HFSR
    and the like by name (ARMv7-M architecture reference manual, B3.2). cure: what to try.
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


def render_call_chain(
    registers: Mapping[str, int],
    image: Image | None,
    read_memory: Callable[[int, int], bytes],
    depth: int = CALL_CHAIN_DEPTH,
) -> list[str]:
    """Lines of a report, innermost call first; guesses have a head of their own."""
    if image is None:
        return []
    # Imported late: its tables are slow to import, and most runs need none.
    from renode_wifi.emulation.image.call_chain import call_chain

    sites = call_chain(registers, image, read_memory, depth + 1)
    is_cut = len(sites) > depth
    del sites[depth:]
    certain = [site for site in sites if not site.is_guess]
    guessed = [site for site in sites if site.is_guess]
    rows = []
    if certain:
        rows.append("  called from")
    for site in certain:
        note = ", interrupted there" if site.is_interrupted else ""
        rows.append(f"    {place(site.address, image)}{note}")
    if guessed:
        rows.append(f"  {'and perhaps' if certain else 'called'} from (as the stack looks)")
    rows += [f"    {place(site.address, image)}" for site in guessed]
    if is_cut:
        rows.append(f"    and further callers: the innermost {depth} are shown")
    return rows


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
    rows += render_call_chain(crash.registers, image, read_memory)
    rows += tasks
    if cure or crash.cure:
        rows.append(f"  {cure or crash.cure}")
    return "\n".join(rows)
