"""The embedded engine: Unicorn's ARM translator with a small native core around it."""

from renode_wifi.emulation.engines.embedded.engine import EmbeddedEngine, EngineError
from renode_wifi.emulation.engines.embedded.report import Access, CrashReport

__all__ = ["Access", "CrashReport", "EmbeddedEngine", "EngineError"]
