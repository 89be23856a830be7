"""What `renode-test` does to a suite before it runs.

Used as `robot --prerunmodifier renode_wifi.RenodeTest`.

Source: Renode, tests/robot_tests_provider.py.
"""

from __future__ import annotations

from pathlib import Path

from robot.api import SuiteVisitor
from robot.running import TestSuite

KEYWORDS = Path(__file__).with_name("renode-keywords.robot")


class RenodeTest(SuiteVisitor):  # type: ignore[misc]
    """Suites that import nothing find Renode's keywords, and each test starts from nothing."""

    def start_suite(self, suite: TestSuite) -> None:
        if not suite.tests:
            return
        # A path of Robot's files has slashes everywhere.
        keywords = KEYWORDS.as_posix()
        suite.resource.imports.create(type="Resource", name=keywords)
        suite.resource.variables.create("${RENODEKEYWORDS}", [keywords])
        if not suite.setup:
            suite.setup.config(name="Setup")
        if not suite.teardown:
            suite.teardown.config(name="Teardown")
        for test in suite.tests:
            if not test.setup:
                test.setup.config(name="Reset Emulation")
            if not test.teardown:
                test.teardown.config(name="Test Teardown")
