"""`CPU.CortexM`: the processor core as a description and the monitor see it."""

from __future__ import annotations

from collections.abc import Mapping

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform.core import Core
from renode_wifi.emulation.platform.stock.model import StockMachine, StockModel
from renode_wifi.emulation.platform.stock.nvic import Nvic

VTOR = 0xE000ED08
ITM_CONSOLE = "itm"
NMI_INPUT = 1
"""0 is that of the interrupts."""

CORES = {"cortex-m4": (False, 0), "cortex-m4f": (True, 8)}
"""Values of cpuType: whether such a core has an FPU, and the regions of its MPU. The one without an
FPU is the CC3220SF's, whose manual (SWRU465) describes no MPU either."""


class CortexM(StockModel):
    """The machine's core."""

    def __init__(self, machine: StockMachine, name: str, cpuType: str, nvic: Nvic) -> None:
        super().__init__(machine, name)
        if cpuType not in CORES:
            raise RenodeWifiError(
                f"the embedded engine has no core {cpuType!r}", cure=f"it has {' and '.join(CORES)}"
            )
        self.cpu_type = cpuType
        self.nvic = nvic
        self.performance_in_mips = 0
        """Renode's pace. Here one instruction takes one cycle of the clock that the RCC selects."""
        has_fpu, regions = CORES[cpuType]
        machine.core.set_fpu(has_fpu)
        machine.core.set_mpu(regions)
        machine.core.on_trace(self._on_trace)

    def _on_trace(self, port: int, value: int, width: int) -> None:
        """Stimulus port 0 of the ITM is a console of its own name, as debuggers show it."""
        if port == 0:
            for byte in value.to_bytes(width, "little"):
                self.machine.trace(ITM_CONSOLE, "uart", byte=byte)

    @property
    def is_halted(self) -> bool:
        """Whether the core executes nothing while time passes. A reset and an image start it."""
        return self.machine.core.debug.is_halted

    @is_halted.setter
    def is_halted(self, value: bool) -> None:
        self.machine.core.debug.halt(value)

    def on_gpio(self, number: int, level: bool) -> None:
        """NMI; the NVIC reaches its core without a wire."""
        if number == NMI_INPUT:
            self.machine.core.nmi.on_gpio(0, level)

    @property
    def pc(self) -> int:
        return self.machine.core.read_register("PC")

    @pc.setter
    def pc(self, value: int) -> None:
        self.machine.core.write_register("PC", value)

    @property
    def sp(self) -> int:
        return self.machine.core.read_register("SP")

    @sp.setter
    def sp(self, value: int) -> None:
        self.machine.core.write_register("SP", value)

    @property
    def lr(self) -> int:
        return self.machine.core.read_register("LR")

    @lr.setter
    def lr(self, value: int) -> None:
        self.machine.core.write_register("LR", value)

    @property
    def vector_table_offset(self) -> int:
        return self.machine.bus.read(VTOR, 4)

    @vector_table_offset.setter
    def vector_table_offset(self, value: int) -> None:
        """Also where the core starts at each reset from now on."""
        self.machine.start(vector_table=value)

    @property
    def executed_instructions(self) -> int:
        return self.machine.core.instructions


def halt_without_program(models: Mapping[str, object], core: Core) -> None:
    """As Renode does, let time pass for the models only where nothing was loaded, or where the
    description has no processor."""
    processors = [model for model in models.values() if isinstance(model, CortexM)]
    if models and not processors:
        core.debug.halt(True)
    for cpu in processors:
        if not (cpu.is_halted or cpu.pc or cpu.sp):
            cpu.machine.log.error("PC and SP are 0, nothing was loaded: %s is halted", cpu.name)
            cpu.is_halted = True
