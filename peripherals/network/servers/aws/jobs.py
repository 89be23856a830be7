"""A job as things execute it (AWS IoT developer guide, "Jobs device MQTT API operations")."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from renode_wifi.peripherals.network.worldfile.update import UpdateSettings

Document = dict[str, Any]

JOB, STREAM = "AFR_OTA-update", "AFR_OTA-stream"
NEXT = "$next"
FINAL = ("SUCCEEDED", "FAILED", "REJECTED", "CANCELED", "TIMED_OUT")
REPORTED = ("IN_PROGRESS", "SUCCEEDED", "FAILED", "REJECTED", "CANCELED")
"""What a device may say."""


class JobError(Exception):
    """A request that is refused. state: of the execution, where that is the reason."""

    def __init__(self, code: str, message: str, state: Document | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.state = state

    @property
    def document(self) -> Document:
        answer: Document = {"code": self.code, "message": self.message}
        return answer if self.state is None else {**answer, "executionState": self.state}


@dataclass
class Job:
    """The update, as one thing has it. details: what the thing said with its status."""

    queued: int = 0
    """Seconds since 1970, as the others."""
    status: str = "QUEUED"
    details: Document = field(default_factory=dict)
    history: list[tuple[str, Document]] = field(default_factory=list)
    version: int = 1
    started: int | None = None
    updated: int = 0

    def __post_init__(self) -> None:
        self.updated = self.updated or self.queued

    @property
    def over(self) -> bool:
        return self.status in FINAL

    @property
    def state(self) -> Document:
        return {
            "status": self.status,
            "statusDetails": {key: str(value) for key, value in self.details.items()},
            "versionNumber": self.version,
        }

    @property
    def summary(self) -> Document:
        times = {"queuedAt": self.queued, "lastUpdatedAt": self.updated}
        if self.started is not None:
            times["startedAt"] = self.started
        return {"jobId": JOB, **times, "versionNumber": self.version, "executionNumber": 1}

    def execution(self, document: Document | None) -> Document:
        """document: of the job, where the device wants it."""
        execution = {**self.summary, "status": self.status}
        if self.details:
            execution["statusDetails"] = self.state["statusDetails"]
        return execution if document is None else {**execution, "jobDocument": document}

    def start(self, now: int) -> None:
        if self.status == "QUEUED":
            self._become("IN_PROGRESS", now)

    def update(self, request: Document, now: int) -> None:
        """JobError: it is refused."""
        status = request.get("status")
        if status not in REPORTED:
            raise JobError("InvalidRequest", "status is none that a device may report")
        expected = request.get("expectedVersion")
        if expected is not None and str(expected) != str(self.version):
            raise JobError("VersionMismatch", "the execution has another version", self.state)
        if self.over:
            raise JobError("InvalidStateTransition", "the execution is over", self.state)
        details = request.get("statusDetails")
        self.details.update(details if isinstance(details, dict) else {})
        self._become(status, now)
        self.history.append((status, dict(self.details)))

    def _become(self, status: str, now: int) -> None:
        self.status = status
        self.version += 1
        self.updated = now
        if self.started is None:
            self.started = now


def parsed(payload: bytes) -> Document:
    """A request. JobError: it is none; an empty one asks for nothing in particular."""
    try:
        request = json.loads(payload.rstrip(b"\0") or b"{}")
    except (ValueError, RecursionError):
        raise JobError("InvalidJson", "the request is no JSON") from None
    if not isinstance(request, dict):
        raise JobError("InvalidJson", "the request is no object")
    return request


def document_of(update: UpdateSettings) -> Document:
    """The job's document, of Amazon FreeRTOS's over-the-air updates."""
    file: Document = {
        "filepath": update.path,
        "filesize": len(update.file),
        "fileid": 0,
        "certfile": update.certificate,
        update.signature_name: base64.b64encode(update.signature).decode(),
    }
    return {
        "afr_ota": {
            "protocols": ["MQTT"],
            "streamname": STREAM,
            "files": [{**file, "fileType": 0}],
        }
    }
