"""Findings as text, JSON lines, JUnit and SARIF (Static Analysis Results Interchange Format 2.1.0,
OASIS standard)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import PurePath
from xml.etree import ElementTree

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.observers.contract.port import SocketsPort
from renode_wifi.emulation.observers.contract.rule import Finding, Rule
from renode_wifi.emulation.observers.contract.rules import rules
from renode_wifi.emulation.visible import visible
from renode_wifi.peripherals.base.clock import SECOND

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
SOURCE_LINE = re.compile(r"\((?P<file>[^():]+):(?P<line>\d+)\)$")
"""Behind a place, where the image has line information."""


def as_text(finding: Finding) -> str:
    """Several lines for a person."""
    rule = finding.rule
    task = f" in task {finding.task}" if finding.task else ""
    times = f", {finding.count} times" if finding.count > 1 else ""
    rows = [
        f"contract: {rule.id} ({rule.level}) at {finding.time / SECOND:.6f} s{task}{times}",
        f"  {finding.call}: {finding.message}",
        f"  {finding.basis.sentence} ({finding.basis.source})",
        *(f"    {place}" for place in finding.places),
    ]
    if finding.silenced is not None:
        rows.append(f"  silenced: {finding.silenced}")
    return "\n".join(rows)


def summary(findings: Sequence[Finding]) -> str:
    """How many there are, in a line."""
    parts = []
    for level in ("error", "warning", "note"):
        count = sum(f.rule.level == level and f.silenced is None for f in findings)
        if count:
            parts.append(f"{count} {level}{'s' if count > 1 else ''}")
    silenced = sum(finding.silenced is not None for finding in findings)
    if silenced:
        parts.append(f"{silenced} silenced")
    return f"port contract: {', '.join(parts) or 'nothing found'}"


def as_dict(finding: Finding) -> dict[str, object]:
    return {
        "rule": finding.rule.id,
        "level": finding.rule.level.value,
        "time": finding.time,
        "task": finding.task,
        "call": finding.call,
        "message": finding.message,
        "sentence": finding.basis.sentence,
        "source": finding.basis.source,
        "places": finding.places,
        "count": finding.count,
        "silenced": finding.silenced,
    }


def as_json_lines(
    port: SocketsPort | None, findings: Sequence[Finding], unfinished: str | None
) -> str:
    rows = [as_dict(finding) for finding in findings]
    if unfinished is not None:
        rows.append({"unfinished": unfinished})
    return "".join(json.dumps(row) + "\n" for row in rows)


def as_junit(port: SocketsPort | None, findings: Sequence[Finding], unfinished: str | None) -> str:
    """A test for each rule of the port, and one that fails for a run without its end."""
    known = _rules_of(port)
    failing = {finding.rule.id for finding in findings if finding.failing}
    errors = 0 if unfinished is None else 1
    board = "board" if port is None else port.board
    root = ElementTree.Element("testsuites", name="port contract")
    suite = ElementTree.SubElement(
        root,
        "testsuite",
        name=board,
        tests=str(len(known) + errors),
        failures=str(len(failing)),
        errors=str(errors),
    )
    if unfinished is not None:
        case = ElementTree.SubElement(suite, "testcase", classname=f"{board}.contract", name="run")
        ElementTree.SubElement(case, "error", type="unfinished", message=visible(unfinished))
    for rule in known:
        case = ElementTree.SubElement(
            suite, "testcase", classname=f"{board}.contract", name=rule.id
        )
        own = [finding for finding in findings if finding.rule.id == rule.id]
        text = visible("\n\n".join(map(as_text, own)))
        if rule.id in failing:
            message = visible(next(finding.message for finding in own if finding.failing))
            failure = ElementTree.SubElement(case, "failure", type=rule.level, message=message)
            failure.text = text
        elif own:
            ElementTree.SubElement(case, "system-out").text = text
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def as_sarif(port: SocketsPort | None, findings: Sequence[Finding], unfinished: str | None) -> str:
    invocation: dict[str, object] = {"executionSuccessful": unfinished is None}
    if unfinished is not None:
        notification = {"level": "error", "message": {"text": unfinished}}
        invocation["toolExecutionNotifications"] = [notification]
    driver = {
        "name": "renode-wifi port contract",
        "rules": [
            {
                "id": rule.id,
                "shortDescription": {"text": rule.title},
                "fullDescription": {"text": rule.basis[port.name].sentence},
                "help": {"text": rule.basis[port.name].source},
                "defaultConfiguration": {"level": rule.level.value},
            }
            for rule in _rules_of(port)
            if port is not None
        ],
    }
    log = {
        "$schema": SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "invocations": [invocation],
                "results": [_result(f) for f in findings],
            }
        ],
    }
    return json.dumps(log, indent=2) + "\n"


def _rules_of(port: SocketsPort | None) -> list[Rule]:
    return [] if port is None else [rule for rule in rules() if port.name in rule.basis]


def _result(finding: Finding) -> dict[str, object]:
    frames = [{"location": _location(place)} for place in finding.places]
    result: dict[str, object] = {
        "ruleId": finding.rule.id,
        "level": finding.rule.level.value,
        "message": {
            "text": f"{finding.call}: {finding.message}. By contract, {finding.basis.sentence}."
        },
        "occurrenceCount": finding.count,
        "locations": [frame["location"] for frame in frames[:1]],
        "stacks": [{"frames": frames}],
        "properties": {"task": finding.task, "virtualSeconds": finding.time / SECOND},
    }
    if finding.silenced is not None:
        result["suppressions"] = [{"kind": "external", "justification": finding.silenced}]
    return result


def _location(place: str) -> dict[str, object]:
    location: dict[str, object] = {"message": {"text": place}}
    line = SOURCE_LINE.search(place)
    if line is not None:
        location["physicalLocation"] = {
            "artifactLocation": {"uri": PurePath(line["file"]).as_posix()},
            "region": {"startLine": int(line["line"])},
        }
    return location


_WRITERS: dict[str, Callable[[SocketsPort | None, Sequence[Finding], str | None], str]] = {
    ".sarif": as_sarif,
    ".xml": as_junit,
    ".jsonl": as_json_lines,
}


def render(
    path: PurePath,
    port: SocketsPort | None,
    findings: Sequence[Finding],
    unfinished: str | None = None,
) -> str:
    """As the file's name ends. unfinished: why the run did not come to its end.

    port: None before it is known.
    """
    return _WRITERS[path.suffix](port, findings, unfinished)


def check_name(path: PurePath) -> None:
    """Raises RenodeWifiError for a name whose end says no format."""
    if path.suffix not in _WRITERS:
        raise RenodeWifiError(
            "what kind of report is that?",
            where=str(path),
            cure=f"let its name end in {', '.join(_WRITERS)}",
        )
