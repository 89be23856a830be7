"""What the JSON report of a suite holds, which `renode-wifi qualify` writes and others read."""

from __future__ import annotations

import json
import xml.etree.ElementTree as xml
from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.image import Image
from renode_wifi.peripherals.base.atomic_file import replace_file

RUN = "renode-wifi"
"""The suite in JUnit that says what is wrong with the run as a whole."""
UNFINISHED = "the run did not come to its end"


class TestEntry(TypedDict):
    """One test. started, duration: seconds of virtual time. expected: the reason, where known."""

    group: str
    name: str
    outcome: str
    started: float
    duration: float
    file: str
    line: int
    message: str
    expected: str | None


class Report(TypedDict):
    """A run of an image. end: how it ended, in lower case; None while it goes on, or when it was
    killed. problems: what is wrong with the run as a whole, beside its tests. whereabouts: where
    the firmware was when the run ended before the suite did.
    """

    image: str | None
    sha256: str | None
    labels: dict[str, str]
    engine: str
    end: str | None
    virtual_seconds: float
    real_seconds: float
    totals: dict[str, int] | None
    crash: str | None
    whereabouts: str | None
    deviations: dict[str, str]
    problems: list[str]
    tests: list[TestEntry]


def as_text(report: Mapping[str, object]) -> str:
    """JSON of a report with a line for each test, so that a difference lists tests."""
    tests = report["tests"]
    assert isinstance(tests, list)
    head = json.dumps({**report, "tests": []}, indent=2)
    lines = ",\n".join(f"    {json.dumps(test)}" for test in tests)
    return head.removesuffix("[]\n}") + (f"[\n{lines}\n  ]\n}}\n" if lines else "[]\n}\n")


def write_unfinished(junit: Path | None, json_file: Path | None, image: Image) -> None:
    """Reports from before there is a board: whatever comes, no older ones are taken for this run's.

    Raises RenodeWifiError.
    """
    if json_file is not None:
        report: dict[str, object] = {
            "image": image.path.name,
            "end": None,
            "labels": {},
            "problems": [UNFINISHED],
            "tests": [],
        }
        replace_report(json_file, as_text(report), False)
    if junit is not None:
        root = xml.Element("testsuites")
        suite = xml.SubElement(root, "testsuite", name=RUN, tests="1", errors="1", failures="0")
        case = xml.SubElement(suite, "testcase", classname=RUN, name="run", time="0")
        xml.SubElement(case, "error", message=UNFINISHED)
        text = xml.tostring(root, encoding="unicode", xml_declaration=True)
        replace_report(junit, text + "\n", False)


def replace_report(path: Path, text: str, durable: bool) -> None:
    """Write a file so that it is never seen half written; a device or pipe as it stands."""
    try:
        replace_file(path, text.encode("utf-8", "backslashreplace"), durable)
    except OSError as error:
        raise RenodeWifiError(
            f"cannot write: {error.strerror}",
            where=str(path),
            cure="name a file in a folder you own, with room on its disk",
        ) from error
