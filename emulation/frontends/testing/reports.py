"""Firmware tests as tests of pytest's own."""

from __future__ import annotations

from typing import Any, Literal, cast

import pytest

from renode_wifi.emulation.suites.unity import TestResult
from renode_wifi.emulation.visible import visible


def report_firmware_test(
    item: pytest.Item, result: TestResult, outcome: str, text: str, reason: str | None = None
) -> None:
    """Report a firmware test. outcome: passed, failed or skipped. text: why. reason: it was known
    to end so."""
    path, line, _ = item.location
    text, key = visible(text), visible(result.key)
    # pytest shows a skipped test with this attribute as one that was expected to fail.
    expected: dict[str, Any] = {} if reason is None else {"wasxfail": reason}
    report = pytest.TestReport(
        nodeid=f"{item.nodeid}[{key}]",
        location=(path, line, key),
        keywords=dict.fromkeys(item.keywords, 1),
        outcome=cast(Literal["passed", "failed", "skipped"], outcome),
        longrepr=(path, line or 0, text) if outcome == "skipped" else text or None,
        when="call",
        sections=[("Captured uart", visible("\n".join(result.output)))] if result.output else [],
        duration=result.duration,
        **expected,
    )
    item.ihook.pytest_runtest_logreport(report=report)
