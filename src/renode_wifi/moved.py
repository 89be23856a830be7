"""Modules and names that have moved, and the finder that keeps their old paths for one release.

Whoever moves a module adds a line to `MODULES` (or to `TESTS`, for the rigs of the project's own
tests), and to `NAMES` a line for each class or function that has another name there. An import by
the old path gives the same object as one by the new path, with a DeprecationWarning that says what
to write.
"""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.abc import Loader
else:
    # The real one is slow to import, and nothing in it is needed.
    Loader = object

MODULES = {
    "renode_wifi.emulation.backend": "renode_wifi.emulation.engines.engine",
    "renode_wifi.emulation.board": "renode_wifi.emulation.board.board",
    "renode_wifi.emulation.boards": "renode_wifi.emulation.platform.boards",
    "renode_wifi.emulation.cli": "renode_wifi.emulation.frontends.cli",
    "renode_wifi.emulation.compatibility": "renode_wifi.emulation.suites.compatibility",
    "renode_wifi.emulation.components": "renode_wifi.emulation.image.components",
    "renode_wifi.emulation.console": "renode_wifi.emulation.board.console",
    "renode_wifi.emulation.control": "renode_wifi.emulation.script.control",
    "renode_wifi.emulation.crash": "renode_wifi.emulation.image.crash",
    "renode_wifi.emulation.description": "renode_wifi.emulation.platform",
    "renode_wifi.emulation.description.model": "renode_wifi.emulation.platform.syntax",
    "renode_wifi.emulation.embedded": "renode_wifi.emulation.engines.embedded",
    "renode_wifi.emulation.embedded.backend": "renode_wifi.emulation.engines.embedded.engine",
    "renode_wifi.emulation.embedded.engine": "renode_wifi.emulation.engines.embedded.cpu",
    "renode_wifi.emulation.engines": "renode_wifi.emulation.engines.select",
    "renode_wifi.emulation.image": "renode_wifi.emulation.image.image",
    "renode_wifi.emulation.image.build_attributes": (
        "renode_wifi.emulation.image.formats.build_attributes"
    ),
    "renode_wifi.emulation.image.elf": "renode_wifi.emulation.image.formats.elf",
    "renode_wifi.emulation.image.folder": "renode_wifi.emulation.image.formats.folder",
    "renode_wifi.emulation.image.image_creator": (
        "renode_wifi.emulation.image.formats.image_creator"
    ),
    "renode_wifi.emulation.image.intel_hex": "renode_wifi.emulation.image.formats.intel_hex",
    "renode_wifi.emulation.image.mcu_image": "renode_wifi.emulation.image.formats.mcu_image",
    "renode_wifi.emulation.image.serial_flash": "renode_wifi.emulation.image.formats.serial_flash",
    "renode_wifi.emulation.image.srec": "renode_wifi.emulation.image.formats.srec",
    "renode_wifi.emulation.image.uf2": "renode_wifi.emulation.image.formats.uf2",
    "renode_wifi.emulation.machine": "renode_wifi.emulation.platform.machine",
    "renode_wifi.emulation.models": "renode_wifi.emulation.platform.catalogue",
    "renode_wifi.emulation.monitor": "renode_wifi.emulation.script",
    "renode_wifi.emulation.parts": "renode_wifi.emulation.platform.stock",
    "renode_wifi.emulation.pytest_plugin": "renode_wifi.emulation.frontends.pytest_plugin",
    "renode_wifi.emulation.qualification": "renode_wifi.emulation.suites.qualification",
    "renode_wifi.emulation.renode": "renode_wifi.emulation.engines.renode",
    "renode_wifi.emulation.renode.adapters": "renode_wifi.emulation.engines.renode.inside.adapters",
    "renode_wifi.emulation.renode.backend": "renode_wifi.emulation.engines.renode.engine",
    "renode_wifi.emulation.renode.commands": "renode_wifi.emulation.engines.renode.inside.commands",
    "renode_wifi.emulation.renode.driver": "renode_wifi.emulation.engines.renode.inside.driver",
    "renode_wifi.emulation.renode.flash_trap": (
        "renode_wifi.emulation.engines.renode.inside.flash_writes"
    ),
    "renode_wifi.emulation.renode.remote": "renode_wifi.emulation.engines.renode.inside.remote",
    "renode_wifi.emulation.renode.stm32_timer": (
        "renode_wifi.emulation.engines.renode.inside.stm32_timer"
    ),
    "renode_wifi.emulation.renode.systick": "renode_wifi.emulation.engines.renode.inside.systick",
    "renode_wifi.emulation.renode.renode_models": "renode_wifi.platforms.renode_models",
    "renode_wifi.emulation.frontends.robot_library": (
        "renode_wifi.emulation.frontends.robot.library"
    ),
    "renode_wifi.emulation.robot_library": "renode_wifi.emulation.frontends.robot.library",
    "renode_wifi.emulation.script.builtin_devices": (
        "renode_wifi.emulation.script.members.emulation"
    ),
    "renode_wifi.emulation.script.hooks": "renode_wifi.emulation.script.members.hooks",
    "renode_wifi.emulation.script.tap": "renode_wifi.emulation.script.members.tap",
    "renode_wifi.emulation.script.uart_files": "renode_wifi.emulation.script.members.uart_files",
    "renode_wifi.emulation.session": "renode_wifi.emulation.board.session",
    "renode_wifi.emulation.unity": "renode_wifi.emulation.suites.unity",
    **{
        f"renode_wifi.emulation.frontends.cli.{name}": (
            f"renode_wifi.emulation.frontends.cli.subcommands.{name}"
        )
        for name in (
            *("boards", "campaign", "compatibility", "doctor", "explore", "image", "mcp"),
            *("monitor", "qualify", "renode", "run", "world"),
        )
    },
    "renode_wifi.emulation.frontends.robot.base": (
        "renode_wifi.emulation.frontends.robot.keywords.base"
    ),
    **{
        f"renode_wifi.emulation.frontends.robot.{name}_keywords": (
            f"renode_wifi.emulation.frontends.robot.keywords.{name}"
        )
        for name in ("board", "contract", "control", "cpu", "led", "log", "radio", "uart")
    },
    **{
        f"renode_wifi.peripherals.{radio}.{old}": f"renode_wifi.peripherals.{radio}.{new}"
        for radio, old, new in (
            ("ism43362", "connection", "sockets.connection"),
            ("ism43362", "socket", "sockets.socket"),
            ("simplelink", "files_bundle", "files.bundle"),
            ("simplelink", "files_control", "files.control"),
            ("simplelink", "files_signature", "files.signature"),
            ("simplelink", "handshakes", "sockets.handshakes"),
            ("simplelink", "options", "sockets.options"),
            ("simplelink", "profiles", "wlan.profiles"),
            ("simplelink", "selection", "sockets.selection"),
            ("simplelink", "socket", "sockets.socket"),
            ("simplelink", "store", "files.store"),
            ("simplelink", "tls", "sockets.tls"),
        )
    },
    "renode_wifi.peripherals.network.air": "renode_wifi.peripherals.network.stack.air",
    "renode_wifi.peripherals.network.bridge": "renode_wifi.peripherals.network.bridge.bridge",
    "renode_wifi.peripherals.network.bridged": "renode_wifi.peripherals.network.bridge.streams",
    "renode_wifi.peripherals.network.dhcp": "renode_wifi.peripherals.network.stack.dhcp",
    "renode_wifi.peripherals.network.dns": "renode_wifi.peripherals.network.stack.dns",
    "renode_wifi.peripherals.network.durations": "renode_wifi.peripherals.network.worldfile.units",
    "renode_wifi.peripherals.network.faults": "renode_wifi.peripherals.network.faults.world",
    "renode_wifi.peripherals.network.host": "renode_wifi.peripherals.network.stack.host",
    "renode_wifi.peripherals.network.host_port": "renode_wifi.peripherals.network.bridge.host_port",
    "renode_wifi.peripherals.network.internet": "renode_wifi.peripherals.network.stack.internet",
    "renode_wifi.peripherals.network.link": "renode_wifi.peripherals.network.stack.link",
    "renode_wifi.peripherals.network.openssl": "renode_wifi.peripherals.network.tls.openssl",
    "renode_wifi.peripherals.network.pki": "renode_wifi.peripherals.network.tls.pki",
    "renode_wifi.peripherals.network.radio": "renode_wifi.peripherals.network.radio_model",
    "renode_wifi.peripherals.network.radio_faults": "renode_wifi.peripherals.network.faults.radio",
    "renode_wifi.peripherals.network.settings": "renode_wifi.peripherals.network.worldfile.schema",
    "renode_wifi.peripherals.network.station": "renode_wifi.peripherals.network.contract.station",
    "renode_wifi.peripherals.network.tcp": "renode_wifi.peripherals.network.stack.tcp",
    "renode_wifi.peripherals.network.tls": "renode_wifi.peripherals.network.tls.settings",
    "renode_wifi.peripherals.network.tls_client": "renode_wifi.peripherals.network.tls.client",
    "renode_wifi.peripherals.network.tls_endpoint": "renode_wifi.peripherals.network.tls.endpoint",
    "renode_wifi.peripherals.network.tls.verdict": (
        "renode_wifi.peripherals.network.tls.openssl_errors"
    ),
    "renode_wifi.peripherals.network.tls_verdict": (
        "renode_wifi.peripherals.network.tls.openssl_errors"
    ),
    "renode_wifi.peripherals.network.udp": "renode_wifi.peripherals.network.stack.udp",
    "renode_wifi.peripherals.network.wireless": "renode_wifi.peripherals.network.stack.wireless",
    "renode_wifi.peripherals.network.world_file": "renode_wifi.peripherals.network.worldfile.read",
    "renode_wifi.peripherals.network.yaml_tree": "renode_wifi.peripherals.network.worldfile.tree",
    "renode_wifi.peripherals.stm32l4.m24sr64": "renode_wifi.peripherals.parts.m24sr64",
    "renode_wifi.peripherals.stm32l4.vl53l0x": "renode_wifi.peripherals.parts.vl53l0x",
    "renode_wifi.peripherals.stm32l4.sensors": "renode_wifi.peripherals.parts",
    "renode_wifi.emulation.engines.embedded.exception_log": (
        "renode_wifi.emulation.engines.embedded.logs.exceptions"
    ),
    "renode_wifi.peripherals.network.worldfile.phone": (
        "renode_wifi.peripherals.network.worldfile.devices.phone"
    ),
}
"""Old path: new path. What is below the old path is below the new one, unless it has a line of its
own. Where a package has taken the old path, the names of the module that was there are looked for
in the new one (`old_name`)."""

TESTS = {
    "tests.peripherals.ism43362.bench": "tests.peripherals.ism43362.drivers",
    "tests.peripherals.network.bench": "tests.peripherals.network.rig",
    "tests.peripherals.stm32l4.bench": "tests.peripherals.stm32l4.rig",
    "tests.emulation.embedded": "tests.emulation.engines.embedded",
    "tests.emulation.renode": "tests.emulation.engines.renode",
    "tests.emulation.description": "tests.emulation.platform",
    "tests.emulation.monitor": "tests.emulation.script",
}
"""The same for the rigs of the project's own tests, which `tests/__init__.py` installs."""

_PARTS = "renode_wifi.peripherals.parts"
_ENGINES = "renode_wifi.emulation.engines"
NAMES = {
    "renode_wifi.emulation.backend:Backend": f"{_ENGINES}.engine:Engine",
    "renode_wifi.emulation.backend:Stop": "renode_wifi.emulation.platform.core:Stop",
    "renode_wifi.emulation.backend:TraceListener": (
        "renode_wifi.emulation.platform.trace:TraceListener"
    ),
    "renode_wifi.emulation.backend:BackendFactory": f"{_ENGINES}.engine:EngineFactory",
    "renode_wifi.emulation.embedded:EmbeddedEngine": f"{_ENGINES}.embedded.cpu:Core",
    "renode_wifi.emulation.embedded:EngineError": f"{_ENGINES}.embedded.native_core:CoreError",
    "renode_wifi.emulation.embedded.backend:EmbeddedBackend": (
        f"{_ENGINES}.embedded.engine:EmbeddedEngine"
    ),
    "renode_wifi.emulation.embedded.bus:EngineBus": f"{_ENGINES}.embedded.bus:CoreBus",
    "renode_wifi.emulation.embedded.bus:EngineError": f"{_ENGINES}.embedded.native_core:CoreError",
    "renode_wifi.emulation.embedded.engine:EmbeddedEngine": f"{_ENGINES}.embedded.cpu:Core",
    "renode_wifi.emulation.embedded.engine:EngineError": (
        f"{_ENGINES}.embedded.native_core:CoreError"
    ),
    "renode_wifi.emulation.image:load_image": "renode_wifi.emulation.image.load:load_image",
    "renode_wifi.emulation.image.image:load_image": "renode_wifi.emulation.image.load:load_image",
    "renode_wifi.emulation.monitor.interpreter:Monitor": f"{_ENGINES}.embedded.engine:new_script",
    **{
        f"renode_wifi.emulation.parts:{name}": f"renode_wifi.emulation.platform.{place}:{new}"
        for name, place, new in (
            ("BitBanding", "stock.bit_banding", "BitBanding"),
            ("Button", "stock.button", "Button"),
            ("CombinedInput", "stock.combined_input", "CombinedInput"),
            ("CortexM", "stock.cortex_m", "CortexM"),
            ("Junction", "wires", "Junction"),
            ("Led", "stock.led", "Led"),
            ("Memory", "stock.memory", "Memory"),
            ("Nvic", "stock.nvic", "Nvic"),
            ("Part", "stock.model", "StockModel"),
            ("PythonPeripheral", "stock.python_peripheral", "PythonPeripheral"),
            ("TaggedRange", "stock.tagged_range", "TaggedRange"),
        )
    },
    "renode_wifi.emulation.renode.backend:RenodeBackend": f"{_ENGINES}.renode.engine:RenodeEngine",
    **{
        f"renode_wifi.peripherals.stm32l4.sensors:{kind}": f"{_PARTS}.{module}:{kind}"
        for kind, module in (
            ("HTS221", "hts221"),
            ("LIS3MDL", "lis3mdl"),
            ("LPS22HB", "lps22hb"),
            ("LSM6DSL", "lsm6dsl.lsm6dsl"),
        )
    },
}
"""`old module:name` by the path at which it was, and `new module:name`."""


def new_path(name: str, table: dict[str, str]) -> str | None:
    """Where a module is now; None where `table` doesn't know it."""
    old, below = name, ""
    while old:
        new = table.get(old)
        # A package that has taken the place of its module keeps what is below it.
        if new is not None and not new.startswith(f"{old}."):
            return new + below
        old, _, last = old.rpartition(".")
        below = f".{last}{below}"
    return None


class _Finder:
    """Finds moved modules. It comes first: else the old path of a package would load it twice."""

    def __init__(self, table: dict[str, str]) -> None:
        self.table = table
        self._roots = tuple({f"{old.partition('.')[0]}." for old in table})

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        # Every import of a program comes along here.
        new = new_path(name, self.table) if name.startswith(self._roots) else None
        if new is None:
            return None
        _warn(name, new, 2)
        return ModuleSpec(name, _Loader(new))


class _Loader(Loader):
    """Gives the module at the new path under the old one too."""

    def __init__(self, new: str) -> None:
        self.new = new

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = importlib.import_module(self.new)
        names = {
            old.partition(":")[2]: new
            for old, new in NAMES.items()
            if old.partition(":")[0] == spec.name
        }
        if names:
            return _Renamed(module, spec.name, names)
        # The import system is about to give the module the old path's spec.
        self.spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        if not isinstance(module, _Renamed):
            module.__spec__ = self.spec


class _Renamed(ModuleType):
    """A module at its old path, with the names that it had there."""

    def __init__(self, module: ModuleType, name: str, names: dict[str, str]) -> None:
        super().__init__(name, module.__doc__)
        self._module, self._names = module, names
        if hasattr(module, "__path__"):
            self.__path__ = module.__path__

    def __getattr__(self, name: str) -> object:
        if name in self._names:
            return _named(self._names[name])
        return getattr(self._module, name)

    def __dir__(self) -> list[str]:
        return sorted({*dir(self._module), *self._names})


def old_name(package: str, name: str) -> object:
    """What the `__getattr__` of a module, or of a package in a module's place, returns for a name
    that was there."""
    new = NAMES.get(f"{package}:{name}", f"{MODULES.get(package, '')}:{name}")
    module, _, attribute = new.partition(":")
    if (
        not module
        or name.startswith("__")
        or not hasattr(importlib.import_module(module), attribute)
    ):
        raise AttributeError(f"module {package!r} has no attribute {name!r}")
    front_door = sys.modules["renode_wifi"].__all__
    _warn(f"{package}.{name}", f"{'renode_wifi' if name in front_door else module}.{attribute}", 3)
    return _named(new)


def _named(place: str) -> object:
    module, _, name = place.partition(":")
    return getattr(importlib.import_module(module), name)


def _warn(old: str, new: str, level: int) -> None:
    warnings.warn(f"{old} has moved: write {new}", DeprecationWarning, stacklevel=level + 1)


def install(table: dict[str, str]) -> None:
    """Let imports find what `table` says has moved; `MODULES` is installed with the package."""
    sys.meta_path.insert(0, _Finder(table))
