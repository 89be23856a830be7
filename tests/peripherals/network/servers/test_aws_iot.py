"""AWS IoT Core in the world: shadows, the job of an update, its stream."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renode_wifi.peripherals.network.servers.aws import cbor
from renode_wifi.peripherals.network.servers.aws.iot import JOB, STREAM
from renode_wifi.peripherals.network.servers.mqtt_packets import Publication, Publish, Subscribe
from tests.peripherals.network.rig import Rig, joined, saved
from tests.peripherals.network.servers.test_mqtt import Device

KEYS = st.one_of(st.integers(-(1 << 64), (1 << 64) - 1), st.binary(max_size=8), st.text(max_size=8))
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(KEYS, st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)


@given(VALUES)
def test_values_survive_cbor(value: Any) -> None:
    try:
        encoded = cbor.encode(value)
    except cbor.CborError:
        return
    assert cbor.decode(encoded + b"more") == value


@given(st.binary(max_size=60))
def test_any_bytes_are_a_value_or_an_error(data: bytes) -> None:
    try:
        value = cbor.decode(data)
    except cbor.CborError:
        return
    assert cbor.decode(cbor.encode(value)) == value or value != value


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"\xbf\x61a\x01\xff", {"a": 1}),
        (b"\x9f\x01\x20\xff", [1, -1]),
        (b"\xc0\x61x", "x"),
        (b"\x81" * 20, None),
        (b"\x5f\xff", None),
        (b"\xf9\0\0", None),
        (b"\x1c", None),
        (b"\x42a", None),
    ],
)
def test_forms_of_cbor(data: bytes, value: Any) -> None:
    if value is None:
        with pytest.raises(cbor.CborError):
            cbor.decode(data)
    else:
        assert cbor.decode(data) == value


WORLD = """
servers:
  broker:
    type: aws-iot
    port: 1883
    update: {file: new.bin, signature: new.sig, path: app.bin}
  plain: {type: aws-iot, port: 1884}
"""
UPDATE = bytes(range(256)) * 10


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    (tmp_path / "new.bin").write_bytes(UPDATE)
    (tmp_path / "new.sig").write_bytes(b"signed")
    return joined(tmp_path, WORLD)


class Thing(Device):
    def ask(self, topic: str, request: object = None, listens: str = "#") -> dict[str, Any]:
        """What is published in answer, JSON by the ends of its topics."""
        if listens:
            self.say(Subscribe(1, ((f"$aws/things/lamp/{listens}", 0),)))
        payload = b"" if request is None else json.dumps(request).encode()
        packets = self.say(Publish(Publication(f"$aws/things/lamp/{topic}", payload)))
        return {
            packet.message.topic.removeprefix(f"$aws/things/lamp/{topic}/"): json.loads(
                packet.message.payload
            )
            for packet in packets
            if isinstance(packet, Publish) and packet.message.topic.startswith("$aws")
            if packet.message.topic != f"$aws/things/lamp/{topic}"
        }

    def fetch(self, action: str, request: Any) -> list[Any]:
        topic = f"$aws/things/lamp/streams/{STREAM}/"
        self.say(Subscribe(1, ((f"{topic}+/cbor", 0),)))
        payload = request if isinstance(request, bytes) else cbor.encode(request)
        packets = self.say(Publish(Publication(f"{topic}{action}/cbor", payload)))
        return [
            cbor.decode(packet.message.payload)
            for packet in packets
            if isinstance(packet, Publish) and f"/{action}/" not in packet.message.topic
        ]


def test_a_shadow_is_made_changed_and_deleted(rig: Rig) -> None:
    thing = Thing(rig)
    assert thing.ask("shadow/get")["rejected"]["code"] == 404
    answers = thing.ask(
        "shadow/update", {"state": {"desired": {"on": True, "hue": 3}}, "clientToken": "t1"}
    )
    assert answers["accepted"]["clientToken"] == "t1"
    assert answers["delta"]["state"] == {"on": True, "hue": 3}
    assert answers["documents"]["current"]["version"] == 1
    answers = thing.ask("shadow/update", {"state": {"reported": {"on": True}}})
    assert set(answers) == {"accepted", "documents"}
    answers = thing.ask("shadow/update", {"state": {"desired": {"hue": None}}})
    assert set(answers) == {"accepted", "documents"}
    assert thing.ask("shadow/get")["accepted"]["state"] == {
        "desired": {"on": True},
        "reported": {"on": True},
    }
    assert rig.world.server("broker").shadows["lamp/"].version == 3
    assert thing.ask("shadow/delete")["accepted"]["version"] == 3
    assert thing.ask("shadow/delete")["rejected"]["code"] == 404
    assert thing.ask("shadow/update", {"state": 7})["rejected"]["code"] == 400
    assert thing.ask("shadow/name/two/get")["rejected"]["code"] == 404
    assert thing.ask("shadow/elsewhere") == {}


def test_an_update_is_a_job_until_it_is_over(rig: Rig) -> None:
    thing = Thing(rig)
    execution = thing.ask("jobs/$next/get", {"clientToken": "c"})["accepted"]["execution"]
    assert (execution["jobId"], execution["status"]) == (JOB, "QUEUED")
    (file,) = execution["jobDocument"]["afr_ota"]["files"]
    assert (file["filepath"], file["filesize"]) == ("app.bin", len(UPDATE))
    assert base64.b64decode(file["sig-sha256-ecdsa"]) == b"signed"
    details = {"self_test": "ready"}
    request = {"status": "IN_PROGRESS", "statusDetails": details}
    assert "accepted" in thing.ask(f"jobs/{JOB}/update", request)
    rig = saved(rig)
    thing = Thing(rig)
    execution = thing.ask("jobs/$next/get")["accepted"]["execution"]
    assert (execution["status"], execution["statusDetails"]) == ("IN_PROGRESS", details)
    assert "accepted" in thing.ask(f"jobs/{JOB}/update", {"status": "SUCCEEDED"})
    assert "execution" not in thing.ask("jobs/$next/get")["accepted"]
    assert "rejected" in thing.ask(f"jobs/{JOB}/update", {"status": "FAILED"})
    job = rig.world.server("broker").jobs["lamp"]
    assert [status for status, _ in job.history] == ["IN_PROGRESS", "SUCCEEDED"]


def test_the_next_job_is_started_and_answered_without_a_subscription(rig: Rig) -> None:
    thing = Thing(rig)
    assert thing.ask("jobs/start-next", listens="")["accepted"]["execution"]["status"] == (
        "IN_PROGRESS"
    )
    other = Thing(rig, "other", port=1884)
    assert "execution" not in other.ask("jobs/$next/get")["accepted"]


def test_a_stream_comes_by_blocks(rig: Rig) -> None:
    thing = Thing(rig)
    assert thing.fetch("describe", {}) == [{"s": 1, "d": "", "r": [{"f": 0, "z": 2560}]}]
    blocks = thing.fetch("get", {"s": 1, "f": 0, "l": 1024, "o": 0, "n": 2, "b": b"\x06"})
    assert [(block["i"], block["l"]) for block in blocks] == [(1, 1024), (2, 512)]
    assert b"".join(block["p"] for block in blocks) == UPDATE[1024:]
    assert len(thing.fetch("get", {"f": 0, "l": 1024})) == 3
    assert thing.fetch("get", {"f": 0, "l": 1024, "o": 2, "n": 5})[0]["i"] == 2
    assert thing.fetch("get", {"l": 256, "o": 9, "c": "t"})[0] == {
        "c": "t",
        "f": 0,
        "i": 9,
        "l": 256,
        "p": UPDATE[-256:],
    }


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (b"\xff", "InvalidCbor"),
        (b"\x01", "InvalidCbor"),
        ({"f": 0}, "BlockSizeOutOfBounds"),
        ({"l": 255}, "BlockSizeOutOfBounds"),
        ({"l": 256, "b": "text"}, "InvalidRequest"),
        ({"l": 256, "o": 10}, "OffsetOutOfBounds"),
        ({"l": 256, "o": -1}, "OffsetOutOfBounds"),
        ({"l": 256, "f": 1}, "ResourceNotFound"),
    ],
)
def test_a_request_of_a_stream_is_refused_by_its_code(rig: Rig, request_: Any, code: str) -> None:
    """AWS IoT developer guide, "MQTT-based file delivery": errors have a code and a message."""
    (answer,) = Thing(rig).fetch("get", request_)
    assert answer["o"] == code


def test_streams_speak_json_too(rig: Rig) -> None:
    thing = Thing(rig)
    topic = f"streams/{STREAM}"
    described = thing.ask(f"{topic}/describe/json", {"c": "1"})
    assert described == {
        f"$aws/things/lamp/{topic}/description/json": {
            "c": "1",
            "s": 1,
            "d": "",
            "r": [{"f": 0, "z": len(UPDATE)}],
        }
    }
    request = {"f": 0, "l": 1024, "o": 0, "b": base64.b64encode(b"\x04").decode()}
    (block,) = thing.ask(f"{topic}/get/json", request).values()
    assert base64.b64decode(block["p"]) == UPDATE[2048:]
    (problem,) = thing.ask("streams/other/get/json", request).values()
    assert problem["o"] == "ResourceNotFound"


def test_shadows_have_times_nested_differences_and_versions(rig: Rig) -> None:
    """AWS IoT developer guide, "Device Shadow service documents"."""
    thing = Thing(rig)
    state = {"desired": {"a": {"x": 1, "y": 2}}, "reported": {"a": {"x": 1}}}
    answers = thing.ask("shadow/update", {"state": state})
    assert answers["delta"]["state"] == {"a": {"y": 2}}
    time = answers["accepted"]["timestamp"]
    assert answers["delta"]["metadata"] == {"a": {"y": {"timestamp": time}}}
    assert answers["accepted"]["metadata"]["reported"] == {"a": {"x": {"timestamp": time}}}
    assert thing.ask("shadow/get")["accepted"]["state"] == {**state, "delta": {"a": {"y": 2}}}
    late = {"state": {"reported": {"a": {"y": 2}}}, "version": 7}
    assert thing.ask("shadow/update", late)["rejected"]["code"] == 409
    assert thing.ask("shadow/update", {**late, "version": 1})["accepted"]["version"] == 2
    thing.ask("shadow/update", {"state": {"desired": None}})
    assert thing.ask("shadow/get")["accepted"]["state"] == {"reported": {"a": {"x": 1, "y": 2}}}


@pytest.mark.parametrize(
    ("payload", "code", "message"),
    [
        (b"not json", 400, "invalid json"),
        (b"[]", 400, "invalid json"),
        (b"\xff\xfe", 400, "invalid json"),
        (b"{}", 400, "Missing required node"),
        (b'{"state": [1]}', 400, "State node"),
        (b'{"state": {"desired": 5}}', 400, "Desired node"),
        (b'{"state": {}, "version": "1"}', 400, "Invalid version"),
        (b'{"state": {}, "clientToken": 1}', 400, "Invalid clientToken"),
        (b'{"state": {"desired": ' + b'{"a":' * 9 + b"1" + b"}" * 11, 400, "nesting"),
        (b'{"state": {"desired": {"a": "' + b"x" * 9000 + b'"}}}', 413, "maximum size"),
    ],
)
def test_an_update_of_a_shadow_is_refused_with_the_reason(
    rig: Rig, payload: bytes, code: int, message: str
) -> None:
    """AWS IoT developer guide, "Device Shadow error messages"."""
    thing = Thing(rig)
    thing.say(Subscribe(1, (("$aws/things/lamp/shadow/#", 0),)))
    packets = thing.say(Publish(Publication("$aws/things/lamp/shadow/update", payload)))
    (answer,) = [
        json.loads(packet.message.payload)
        for packet in packets
        if isinstance(packet, Publish) and packet.message.topic.endswith("/rejected")
    ]
    assert answer["code"] == code
    assert message in answer["message"]
    assert rig.world.server("broker").shadows == {}


def test_pending_jobs_are_listed(rig: Rig) -> None:
    """AWS IoT developer guide, "GetPendingJobExecutions"."""
    thing = Thing(rig)
    listed = thing.ask("jobs/get")["accepted"]
    assert listed["inProgressJobs"] == []
    assert [entry["jobId"] for entry in listed["queuedJobs"]] == [JOB]
    thing.ask("jobs/start-next")
    (entry,) = thing.ask("jobs/get")["accepted"]["inProgressJobs"]
    assert (entry["jobId"], entry["versionNumber"]) == (JOB, 2)
    thing.ask(f"jobs/{JOB}/update", {"status": "REJECTED"})
    listed = thing.ask("jobs/get")["accepted"]
    assert (listed["inProgressJobs"], listed["queuedJobs"]) == ([], [])


@pytest.mark.parametrize(
    ("topic", "request_", "code"),
    [
        ("jobs/other/get", {}, "ResourceNotFound"),
        ("jobs/other/update", {"status": "FAILED"}, "ResourceNotFound"),
        (f"jobs/{JOB}/update", {"status": "BOGUS"}, "InvalidRequest"),
        (f"jobs/{JOB}/update", {}, "InvalidRequest"),
        (f"jobs/{JOB}/update", [], "InvalidJson"),
        (f"jobs/{JOB}/update", {"status": "FAILED", "expectedVersion": "9"}, "VersionMismatch"),
    ],
)
def test_a_request_of_a_job_is_refused_by_its_code(
    rig: Rig, topic: str, request_: Any, code: str
) -> None:
    """AWS IoT developer guide, "ErrorResponse"."""
    assert Thing(rig).ask(topic, request_)["rejected"]["code"] == code


def test_an_update_of_a_job_gives_back_what_is_asked_for(rig: Rig) -> None:
    thing = Thing(rig)
    asked = {
        "status": "IN_PROGRESS",
        "statusDetails": {"step": 1},
        "expectedVersion": 1,
        "includeJobExecutionState": True,
        "includeJobDocument": True,
        "clientToken": "t",
    }
    answer = thing.ask(f"jobs/{JOB}/update", asked)["accepted"]
    assert answer["executionState"] == {
        "status": "IN_PROGRESS",
        "statusDetails": {"step": "1"},
        "versionNumber": 2,
    }
    assert "afr_ota" in answer["jobDocument"]
    assert answer["clientToken"] == "t"
    execution = thing.ask("jobs/$next/get", {"includeJobDocument": False})["accepted"]["execution"]
    assert "jobDocument" not in execution


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    payload=st.binary(max_size=40),
    topic=st.sampled_from(["shadow/update", "jobs/$next/get", "x", "jobs/"]),
)
def test_requests_that_are_none_are_survived(rig: Rig, payload: bytes, topic: str) -> None:
    broker = rig.world.server("broker")
    session = broker.sessions.get("device")
    if session is None:
        Thing(rig)
        session = broker.sessions["device"]
    broker.published(session, Publication(f"$aws/things/lamp/{topic}", payload))
