"""The embedded engine: Unicorn's ARM translator with a small native core around it."""

from renode_wifi.emulation.embedded.engine import EmbeddedEngine, EngineError
from renode_wifi.emulation.embedded.report import Access, CrashReport

__all__ = ["Access", "CrashReport", "EmbeddedEngine", "EngineError"]
