"""The embedded engine: Unicorn's ARM translator with a small native core around it."""

from renode_wifi.emulation.engines.embedded.cpu import Core
from renode_wifi.emulation.engines.embedded.native_core import CoreError
from renode_wifi.emulation.engines.embedded.report import AccessKind, CrashReport

__all__ = ["AccessKind", "Core", "CoreError", "CrashReport"]
