"""The embedded engine: Unicorn's ARM translator with a small native core around it."""

from renode_wifi.emulation.embedded.engine import (
    Access,
    CrashReport,
    EmbeddedEngine,
    EngineError,
    RunReason,
)

__all__ = ["Access", "CrashReport", "EmbeddedEngine", "EngineError", "RunReason"]
