"""Results as JUnit, for build servers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree import ElementTree

from renode_wifi.emulation.visible import visible


@dataclass(frozen=True)
class Case:
    """failure: what kind it is; "" where there is none. text: with whatever characters."""

    suite: str
    classname: str
    name: str
    failure: str = ""
    message: str = ""
    text: str = ""


UNFINISHED = Case("run", "run", "run", "unfinished", "the runs have not come to their end")
"""What a report says until they have."""


def as_junit(name: str, cases: Iterable[Case]) -> str:
    """The cases in their suites."""
    root = ElementTree.Element("testsuites", name=visible(name))
    by_suite: dict[str, list[Case]] = {}
    for case in cases:
        by_suite.setdefault(case.suite, []).append(case)
    for suite, group in by_suite.items():
        failures = sum(case.failure != "" for case in group)
        element = ElementTree.SubElement(
            root, "testsuite", name=visible(suite), tests=str(len(group)), failures=str(failures)
        )
        for case in group:
            test = ElementTree.SubElement(
                element, "testcase", classname=visible(case.classname), name=visible(case.name)
            )
            if case.failure:
                failure = ElementTree.SubElement(
                    test, "failure", type=case.failure, message=visible(case.message)
                )
                failure.text = visible(case.text)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"
