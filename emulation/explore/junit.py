"""Results as JUnit, for build servers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree import ElementTree


@dataclass(frozen=True)
class Case:
    """failure: what kind it is; "" where there is none. text: with whatever characters."""

    suite: str
    classname: str
    name: str
    failure: str = ""
    message: str = ""
    text: str = ""


def as_junit(name: str, cases: Iterable[Case]) -> str:
    """The cases in their suites."""
    root = ElementTree.Element("testsuites", name=name)
    by_suite: dict[str, list[Case]] = {}
    for case in cases:
        by_suite.setdefault(case.suite, []).append(case)
    for suite, group in by_suite.items():
        failures = sum(case.failure != "" for case in group)
        element = ElementTree.SubElement(
            root, "testsuite", name=suite, tests=str(len(group)), failures=str(failures)
        )
        for case in group:
            test = ElementTree.SubElement(
                element, "testcase", classname=case.classname, name=_printable(case.name)
            )
            if case.failure:
                failure = ElementTree.SubElement(
                    test, "failure", type=case.failure, message=_printable(case.message)
                )
                failure.text = _printable(case.text)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _printable(text: str) -> str:
    # XML has no way to write these.
    return "".join(c if c in "\t\n" or ord(c) >= 0x20 else "\ufffd" for c in text)
