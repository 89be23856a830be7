"""AWS IoT Core in the world: a broker that answers for Device Shadow, Jobs and streams.

AWS IoT developer guide: "Device Shadow MQTT topics", "Jobs device MQTT API operations", "MQTT-based
file delivery". One job may wait for every thing: an over-the-air update of Amazon FreeRTOS.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.network.servers.aws import jobs, shadow, streams
from renode_wifi.peripherals.network.servers.aws.jobs import JOB, NEXT, STREAM, Job, JobError
from renode_wifi.peripherals.network.servers.aws.shadow import Shadow, ShadowError
from renode_wifi.peripherals.network.servers.context import ServerContext
from renode_wifi.peripherals.network.servers.mqtt import MqttBroker
from renode_wifi.peripherals.network.servers.mqtt_packets import Publication
from renode_wifi.peripherals.network.servers.mqtt_sessions import MqttSession
from renode_wifi.peripherals.network.worldfile.servers import ServerSettings

THINGS = "$aws/things/"
MAX_SHADOWS = 1_000

Document = dict[str, Any]


class AwsIot(MqttBroker):
    """`jobs` and `shadows` by the name of the thing."""

    def __init__(self, context: ServerContext, settings: ServerSettings) -> None:
        super().__init__(context, settings)
        self.jobs: dict[str, Job] = {}
        self.shadows: dict[str, Shadow] = {}

    def published(self, session: MqttSession, message: Publication) -> None:
        thing, _, rest = message.topic.removeprefix(THINGS).partition("/")
        if not message.topic.startswith(THINGS) or not rest:
            return
        answers: list[tuple[str, Callable[[MqttSession, str, str, bytes], None]]] = [
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

    def _say(self, session: MqttSession, topic: str, document: Document) -> None:
        """To all that listen; jobs are answered to whoever asks, subscribed or not."""
        text = json.dumps(document, separators=(",", ":")).encode()
        self.answer(session, topic, text, always="/jobs/" in topic)

    # Device Shadow

    def _on_shadow(self, session: MqttSession, thing: str, rest: str, payload: bytes) -> None:
        name, _, action = rest.rpartition("/")
        if action not in ("get", "update", "delete") or (name and not name.startswith("name/")):
            return
        topic = f"{THINGS}{thing}/shadow/{rest}"
        about: Document = {"timestamp": self._time}
        try:
            request = shadow.parsed(payload)
            about |= _only(request, "clientToken")
            self._act_on_shadow(session, topic, f"{thing}/{name}", action, request, about)
        except ShadowError as error:
            problem = {"code": error.code, "message": error.message}
            self._say(session, f"{topic}/rejected", {**problem, **about})

    def _act_on_shadow(
        self,
        session: MqttSession,
        topic: str,
        key: str,
        action: str,
        request: Document,
        about: Document,
    ) -> None:
        found = self.shadows.get(key)
        if action == "update":
            if found is None and len(self.shadows) >= MAX_SHADOWS:
                raise ShadowError(429, "The requests exceed the limit")
            self._update_shadow(session, topic, key, request, about)
        elif found is None:
            name = key.partition("/")[2].removeprefix("name/") or key.rstrip("/")
            raise ShadowError(404, f"No shadow exists with name: '{name}'")
        elif action == "delete":
            del self.shadows[key]
            self._say(session, f"{topic}/accepted", {"version": found.version, **about})
        else:
            shown = {"state": found.shown, "metadata": found.metadata, "version": found.version}
            self._say(session, f"{topic}/accepted", {**shown, **about})

    def _update_shadow(
        self, session: MqttSession, topic: str, key: str, request: Document, about: Document
    ) -> None:
        changing = self.shadows.get(key) or Shadow()
        before = _whole(changing)
        times = changing.update(request, about["timestamp"])
        self.shadows[key] = changing
        state, version = request["state"], {"version": changing.version}
        accepted = {"state": state, "metadata": times, **version, **about}
        self._say(session, f"{topic}/accepted", accepted)
        if changing.delta and "desired" in state:
            delta = {"state": changing.delta, "metadata": changing.delta_times}
            self._say(session, f"{topic}/delta", {**delta, **version, **about})
        documents = {"previous": before, "current": _whole(changing), **about}
        self._say(session, f"{topic}/documents", documents)

    # Jobs

    def _on_job(self, session: MqttSession, thing: str, rest: str, payload: bytes) -> None:
        topic = f"{THINGS}{thing}/jobs/{rest}"
        name, _, action = rest.rpartition("/")
        if rest not in ("get", "start-next") and (not name or action not in ("get", "update")):
            return
        about: Document = {"timestamp": self._time}
        try:
            request = jobs.parsed(payload)
            about |= _only(request, "clientToken")
            answer = self._act_on_job(thing, name, action, request)
            self._say(session, f"{topic}/accepted", {**about, **answer})
        except JobError as error:
            self._say(session, f"{topic}/rejected", {**error.document, **about})

    def _act_on_job(self, thing: str, name: str, action: str, request: Document) -> Document:
        job = self._job(thing)
        if not name and action == "get":
            summary = [] if job is None or job.over else [job.summary]
            queued = job is not None and job.status == "QUEUED"
            return {
                "inProgressJobs": [] if queued else summary,
                "queuedJobs": summary if queued else [],
            }
        if not name or (name == NEXT and action == "get"):
            if job is None or job.over:
                return {}
            if not name:
                job.start(self._time)
            return self._execution(job, request)
        if job is None or name not in (JOB, NEXT) or (name == NEXT and job.over):
            raise JobError("ResourceNotFound", f"the thing has no job {name}")
        if action == "get":
            return self._execution(job, request)
        job.update(request, self._time)
        answer: Document = {}
        if request.get("includeJobExecutionState"):
            answer["executionState"] = job.state
        if request.get("includeJobDocument"):
            answer["jobDocument"] = self._document
        return answer

    def _job(self, thing: str) -> Job | None:
        if self.settings.update is None:
            return None
        return self.jobs.setdefault(thing, Job(self._time))

    @property
    def _document(self) -> Document:
        assert self.settings.update is not None
        return jobs.document_of(self.settings.update)

    def _execution(self, job: Job, request: Document) -> Document:
        wanted = request.get("includeJobDocument", True) is not False
        return {"execution": job.execution(self._document if wanted else None)}

    # Streams

    def _on_stream(self, session: MqttSession, thing: str, rest: str, payload: bytes) -> None:
        name, _, action = rest.partition("/")
        verb, _, kind = action.partition("/")
        if verb not in ("get", "describe") or kind not in streams.FORMATS:
            return
        topic, form = f"{THINGS}{thing}/streams/{name}", streams.FORMATS[kind]
        update = self.settings.update
        try:
            request = form.read(payload)
            if update is None or name != STREAM:
                raise streams.StreamError("ResourceNotFound", "there is no such stream")
            if verb == "describe":
                answer = form.write(streams.description(request, update.file))
                self.answer(session, f"{topic}/description/{kind}", answer)
                return
            for block in streams.blocks(request, update.file):
                self.answer(session, f"{topic}/data/{kind}", form.write(block))
        except streams.StreamError as error:
            problem = form.write({"o": error.code, "m": error.message})
            self.answer(session, f"{topic}/rejected/{kind}", problem)


def _whole(document: Shadow) -> Document:
    """As it is now, whatever becomes of it."""
    about = {"metadata": document.metadata, "version": document.version}
    return copy.deepcopy({"state": document.state, **about})


def _only(document: Document, key: str) -> Document:
    return {key: document[key]} if key in document else {}
