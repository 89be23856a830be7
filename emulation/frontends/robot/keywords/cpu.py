"""CPU keywords (Renode 1.16, CpuKeywords.cs)."""

from __future__ import annotations

from renode_wifi.emulation.frontends.robot.decorator import keyword
from renode_wifi.emulation.frontends.robot.errors import KeywordException
from renode_wifi.emulation.frontends.robot.keywords.base import Keywords
from renode_wifi.emulation.platform.core import Stop


class CpuKeywords(Keywords):
    """Registers and breakpoints."""

    @keyword()
    def pc_should_be_equal(
        self, value: int, machine: str | None = None, cpuName: str | None = None
    ) -> None:
        """Fails unless the program counter is there."""
        self._select_cpu(machine, cpuName)
        actual = int(self.session.execute("sysbus.cpu PC"), 0)
        if actual != value:
            raise KeywordException(
                f"PC value assertion failed, actual: 0x{actual:x}, expected: 0x{value:x}"
            )

    @keyword()
    def register_should_be_equal(
        self,
        register: int | str,
        value: int,
        machine: str | None = None,
        cpuName: str | None = None,
        message: str | None = None,
    ) -> None:
        """Fails unless a core register, by number or name, has that value."""
        self._select_cpu(machine, cpuName)
        text = str(register)
        name = text if text.isdigit() else f'"{text}"'
        actual = int(self.session.execute(f"sysbus.cpu GetRegister {name}"), 0)
        if actual != value:
            prefix = f"{message}: " if message else ""
            raise KeywordException(
                f"{prefix}Register {register} value assertion failed,"
                f" actual: 0x{actual:x}, expected: 0x{value:x}"
            )

    @keyword()
    def run_until_breakpoint(
        self,
        timeout: float,
        machine: str | None = None,
        cpuName: str | None = None,
        address: int | None = None,
    ) -> None:
        """Run until a breakpoint, of `address` if that is given."""
        self._select_cpu(machine, cpuName)
        end = self.session.now + timeout
        while (left := end - self.session.now) > 0:
            stop = self.wait_for_stop(left)
            if stop is Stop.TIME:
                break
            pc = int(self.session.execute("sysbus.cpu PC"), 0)
            if stop is Stop.BREAKPOINT and address in (None, pc):
                return
            self.fail_on_crash()
        raise KeywordException(
            f"Breakpoint hasn't been hit in expected time of {timeout:g} seconds."
        )

    def _select_cpu(self, machine: str | None, cpu: str | None) -> None:
        self.select(self.machine_name(machine))
        if cpu not in (None, "", "cpu"):
            raise KeywordException(f"This machine has no CPU named: {cpu}, available are: cpu")
