# ironpython: executed by Renode
"""Firewall (RM0351 section 4): code that is entered at its call gate, and data that is its own.

SYSCFG_CFGR1.FWDIS enables it, until the next reset. An access that it forbids resets the chip.
"""

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.base.registers import Register, packed
from renode_wifi.peripherals.stm32l4.firewall_segments import OPENED, VIOLATED, Segments
from renode_wifi.peripherals.stm32l4.memories import FLASH, SRAM1

CSSA = Register("CSSA", 0x00, fields=packed("-:8 ADD:16"), on_write="_set")
CSL = Register("CSL", 0x04, fields=packed("-:8 LENG:14"), on_write="_set")
NVDSSA = Register("NVDSSA", 0x08, fields=packed("-:8 ADD:16"), on_write="_set")
NVDSL = Register("NVDSL", 0x0C, fields=packed("-:8 LENG:14"), on_write="_set")
VDSSA = Register("VDSSA", 0x10, fields=packed("-:6 ADD:10"), on_write="_set")
VDSL = Register("VDSL", 0x14, fields=packed("-:6 LENG:10"), on_write="_set")
CR = Register("CR", 0x20, fields=packed("FPA VDS VDE"), on_write="_set")
NAMES = ("CSSA", "CSL", "NVDSSA", "NVDSL", "VDSSA", "VDSL", "CR")


class STM32L4_FIREWALL(Block):
    STATUS = PARTLY
    MISSING = "the second word of a call gate is enough"
    OUTPUTS = ()
    REGISTERS = (CSSA, CSL, NVDSSA, NVDSL, VDSSA, VDSL, CR)

    def __init__(self, machine, name):
        # type: (typing.Any, str) -> None
        Block.__init__(self, machine, name)
        self.segments = Segments()
        self._programmed = self._values()
        machine.set_firewall(self.segments, self.on_event)

    def reset(self):
        # type: () -> None
        Block.reset(self)
        self.segments.enabled = self.segments.is_open = False
        self._programmed = self._values()
        self._apply()

    def enable(self):
        # type: () -> None
        """FWDIS is cleared."""
        self.segments.enabled = True
        self._apply()

    def _values(self):
        # type: () -> dict[str, int]
        return dict((name, self.registers[name]) for name in NAMES)

    def _set(self, value, old):
        # type: (int, int) -> None
        """Segments are fixed once the firewall is enabled, CR is the protected code's (4.4)."""
        segments = self.segments
        for name in NAMES:
            if segments.enabled and not (name == "CR" and segments.is_open):
                self.registers[name] = self._programmed[name]
        self._programmed = self._values()
        self._apply()

    def _apply(self):
        # type: () -> None
        values, segments = self._programmed, self.segments
        segments.ranges = (
            (FLASH[0] + values["CSSA"], values["CSL"]),
            (FLASH[0] + values["NVDSSA"], values["NVDSL"]),
            (SRAM1[0] + values["VDSSA"], values["VDSL"]),
        )
        segments.prearmed = bool(values["CR"] & CR.FPA)
        segments.shared = bool(values["CR"] & CR.VDS)
        segments.executable = bool(values["CR"] & CR.VDE)
        self.machine.set_firewall(segments, self.on_event)

    def on_master(self, address, length):
        # type: (int, int) -> None
        """Another master than the CPU accesses memory while the firewall is closed (4.3.2)."""
        segments = self.segments
        for (start, size), is_shared in zip(  # noqa: B905
            segments.ranges, (False, False, segments.shared)
        ):
            if not is_shared and address < start + size and start < address + length:
                self.on_event(VIOLATED, address)
                return

    def on_event(self, event, address):
        # type: (int, int) -> None
        """The engine saw the code at `address` enter or leave the segments, or violate them."""
        if event != VIOLATED:
            self.segments.is_open = event == OPENED
        else:
            self.machine.log.warning(
                "%s: 0x%08X was reached from outside, or left without FPA: reset",
                self.name,
                address,
            )
            self.machine.trace(self.name, "firewall", address=address)
            self.machine.request_reset("firewall")


MYPY = False
if MYPY:
    import typing  # noqa: F401
