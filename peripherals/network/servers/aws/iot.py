"""AWS IoT Core in the world: a broker that answers for Device Shadow, Jobs and streams.

AWS IoT developer guide: "Device Shadow MQTT topics", "Jobs device MQTT API operations", "MQTT-based
file delivery". One job may wait for every thing: an over-the-air update of Amazon FreeRTOS.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.network.servers.aws import cbor
from renode_wifi.peripherals.network.servers.context import ServerContext
from renode_wifi.peripherals.network.servers.mqtt import MqttBroker
from renode_wifi.peripherals.network.servers.mqtt_packets import Message
from renode_wifi.peripherals.network.servers.mqtt_sessions import Session
from renode_wifi.peripherals.network.worldfile.servers import ServerSettings
from renode_wifi.peripherals.network.worldfile.update import UpdateSettings

THINGS = "$aws/things/"
JOB, STREAM = "AFR_OTA-update", "AFR_OTA-stream"
FINAL = ("SUCCEEDED", "FAILED", "REJECTED", "CANCELED", "TIMED_OUT")
NEXT = ("$next", JOB)
MAX_SHADOWS = 1_000
MAX_BLOCKS = 1_000
"""Blocks that one request for a stream is answered with."""

Document = dict[str, Any]


@dataclass
class Shadow:
    """The document of one thing: what it is to be, and what it says that it is."""

    desired: Document = field(default_factory=dict)
    reported: Document = field(default_factory=dict)
    version: int = 0

    @property
    def state(self) -> Document:
        return {"desired": self.desired, "reported": self.reported}

    @property
    def delta(self) -> Document:
        return {
            key: value for key, value in self.desired.items() if self.reported.get(key) != value
        }


@dataclass
class Job:
    """The update, as one thing has it. details: what the thing said with its status."""

    status: str = "QUEUED"
    details: Document = field(default_factory=dict)
    history: list[tuple[str, Document]] = field(default_factory=list)


class AwsIot(MqttBroker):
    """`jobs` and `shadows` by the name of the thing."""

    def __init__(self, context: ServerContext, settings: ServerSettings) -> None:
        super().__init__(context, settings)
        self.jobs: dict[str, Job] = {}
        self.shadows: dict[str, Shadow] = {}

    def published(self, session: Session, message: Message) -> None:
        thing, _, rest = message.topic.removeprefix(THINGS).partition("/")
        if not message.topic.startswith(THINGS) or not rest:
            return
        answers: list[tuple[str, Callable[[Session, str, str, bytes], None]]] = [
            ("shadow/", self._on_shadow),
            ("jobs/", self._on_job),
            ("streams/", self._on_stream),
        ]
        for room, answer in answers:
            if rest.startswith(room):
                answer(session, thing, rest.removeprefix(room), message.payload)

    @property
    def _time(self) -> int:
        return self.context.date.now_ns // SECOND

    def _say(self, session: Session, topic: str, document: Document) -> None:
        """To all that listen; jobs are answered to whoever asks, subscribed or not."""
        text = json.dumps(document, separators=(",", ":")).encode()
        self.answer(session, topic, text, always="/jobs/" in topic)

    # Device Shadow

    def _on_shadow(self, session: Session, thing: str, rest: str, payload: bytes) -> None:
        name, _, action = rest.rpartition("/")
        if action not in ("get", "update", "delete") or (name and not name.startswith("name/")):
            return
        topic = f"{THINGS}{thing}/shadow/{rest}"
        request = _parsed(payload)
        token = _only(request, "clientToken")
        key = f"{thing}/{name}"
        shadow = self.shadows.get(key)
        if action == "update":
            self._update_shadow(session, topic, key, request, token)
        elif shadow is None:
            problem = {"code": 404, "message": f"No shadow exists with name: '{thing}'"}
            self._say(session, f"{topic}/rejected", {**problem, "timestamp": self._time, **token})
        elif action == "delete":
            del self.shadows[key]
            done = {"version": shadow.version, "timestamp": self._time, **token}
            self._say(session, f"{topic}/accepted", done)
        else:
            self._say(session, f"{topic}/accepted", self._shown(shadow, shadow.state, token))

    def _shown(self, shadow: Shadow, state: Document, token: Document) -> Document:
        about = {"version": shadow.version, "timestamp": self._time}
        return {"state": state, "metadata": {}, **about, **token}

    def _update_shadow(
        self, session: Session, topic: str, key: str, request: Document, token: Document
    ) -> None:
        state = request.get("state")
        if not isinstance(state, dict) or (
            key not in self.shadows and len(self.shadows) >= MAX_SHADOWS
        ):
            problem = {"code": 400, "message": "Missing required node: state"}
            self._say(session, f"{topic}/rejected", {**problem, "timestamp": self._time, **token})
            return
        shadow = self.shadows.setdefault(key, Shadow())
        before = {"state": json.loads(json.dumps(shadow.state)), "version": shadow.version}
        shadow.version += 1
        for part, document in (("desired", shadow.desired), ("reported", shadow.reported)):
            _merge(document, state.get(part, {}))
        self._say(session, f"{topic}/accepted", self._shown(shadow, state, token))
        if shadow.delta and "desired" in state:
            self._say(session, f"{topic}/delta", self._shown(shadow, shadow.delta, token))
        after = {"state": shadow.state, "version": shadow.version}
        documents = {"previous": before, "current": after, "timestamp": self._time, **token}
        self._say(session, f"{topic}/documents", documents)

    # Jobs

    def _on_job(self, session: Session, thing: str, rest: str, payload: bytes) -> None:
        topic = f"{THINGS}{thing}/jobs/{rest}"
        request = _parsed(payload)
        answer: Document = {**_only(request, "clientToken"), "timestamp": self._time}
        job = self._job(thing)
        name, _, action = rest.rpartition("/")
        if rest == "start-next" or (action == "get" and name in NEXT):
            if job is not None and rest == "start-next" and job.status == "QUEUED":
                job.status = "IN_PROGRESS"
            self._say(session, f"{topic}/accepted", {**answer, **self._execution(job)})
        elif action == "update" and name == JOB and job is not None:
            status = request.get("status")
            if not isinstance(status, str) or job.status in FINAL:
                problem = {"code": "InvalidStateTransition", "message": "the job is over"}
                self._say(session, f"{topic}/rejected", {**answer, **problem})
                return
            details = request.get("statusDetails")
            job.status = status
            job.details.update(details if isinstance(details, dict) else {})
            job.history.append((status, dict(job.details)))
            self._say(session, f"{topic}/accepted", answer)

    def _job(self, thing: str) -> Job | None:
        if self.settings.update is None:
            return None
        return self.jobs.setdefault(thing, Job())

    def _execution(self, job: Job | None) -> Document:
        update = self.settings.update
        if job is None or update is None or job.status in FINAL:
            return {}
        execution: Document = {
            "jobId": JOB,
            "status": job.status,
            "queuedAt": self._time,
            "lastUpdatedAt": self._time,
            "versionNumber": 1,
            "executionNumber": 1,
        }
        if job.details:
            execution["statusDetails"] = {key: str(value) for key, value in job.details.items()}
        return {"execution": {**execution, "jobDocument": _document(update)}}

    # Streams

    def _on_stream(self, session: Session, thing: str, rest: str, payload: bytes) -> None:
        update = self.settings.update
        name, _, action = rest.partition("/")
        if update is None or name != STREAM or action not in ("get/cbor", "describe/cbor"):
            return
        try:
            request = cbor.decode(payload)
        except cbor.CborError:
            return
        if not isinstance(request, dict):
            return
        topic = f"{THINGS}{thing}/streams/{name}"
        if action == "describe/cbor":
            files: list[cbor.Value] = [{"f": 0, "z": len(update.file)}]
            self.answer(session, f"{topic}/description/cbor", cbor.encode({"s": 1, "r": files}))
            return
        for block in _blocks(request, update.file):
            self.answer(session, f"{topic}/data/cbor", cbor.encode(block))


def _document(update: UpdateSettings) -> Document:
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


def _blocks(request: dict[cbor.Value, cbor.Value], data: bytes) -> list[cbor.Value]:
    """Those that the bitmap of a request asks for, from an offset on, or as many as it says."""
    size, count, offset = (request.get(key) for key in ("l", "n", "o"))
    bitmap = request.get("b", b"")
    if not isinstance(size, int) or not size > 0 or not isinstance(bitmap, bytes):
        return []
    first = offset if isinstance(offset, int) and offset >= 0 else 0
    most = count if isinstance(count, int) and count > 0 else MAX_BLOCKS
    total = -(-len(data) // size)
    wanted = (
        [first + bit for bit in range(8 * len(bitmap)) if bitmap[bit // 8] >> bit % 8 & 1]
        if bitmap
        else range(first, total)
    )
    numbers = [number for number in wanted if number < total][: min(most, MAX_BLOCKS)]
    return [
        {
            "f": request.get("f", 0),
            "i": number,
            "l": len(data[number * size : (number + 1) * size]),
            "p": data[number * size : (number + 1) * size],
        }
        for number in numbers
    ]


def _merge(document: Document, changes: object) -> None:
    """Values that are null remove their keys."""
    if not isinstance(changes, dict):
        return
    for key, value in changes.items():
        if value is None:
            document.pop(key, None)
        elif isinstance(value, dict) and isinstance(document.get(key), dict):
            _merge(document[key], value)
        else:
            document[key] = value


def _parsed(payload: bytes) -> Document:
    """A request; some clients send the zero byte of their text."""
    try:
        request = json.loads(payload.rstrip(b"\0") or b"{}")
    except (ValueError, RecursionError):
        return {}
    return request if isinstance(request, dict) else {}


def _only(document: Document, key: str) -> Document:
    return {key: document[key]} if key in document else {}
