"""The document of a Device Shadow (AWS IoT developer guide, "Device Shadow service documents")."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

Document = dict[str, Any]

MAX_PAYLOAD = 8_192
MAX_TOKEN = 64
MAX_DEPTH = 8
"""Bytes of a document and of a client token, and levels of its state ("AWS IoT quotas")."""
SECTIONS = ("desired", "reported")


class ShadowError(Exception):
    """A request that is refused, by its code and message ("Device Shadow error messages")."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass
class Shadow:
    """What a thing is to be, what it says that it is, and when its values were set (seconds)."""

    desired: Document = field(default_factory=dict)
    reported: Document = field(default_factory=dict)
    version: int = 0
    times: dict[str, Document] = field(default_factory=lambda: {name: {} for name in SECTIONS})

    @property
    def state(self) -> Document:
        """Sections that have values."""
        sections = {"desired": self.desired, "reported": self.reported}
        return {name: values for name, values in sections.items() if values}

    @property
    def shown(self) -> Document:
        """The same, and where both differ."""
        delta = self.delta
        return {**self.state, "delta": delta} if delta else self.state

    @property
    def metadata(self) -> Document:
        return {name: times for name, times in self.times.items() if times}

    @property
    def delta(self) -> Document:
        return _difference(self.desired, self.reported)

    @property
    def delta_times(self) -> Document:
        return _chosen(self.times["desired"], self.delta)

    def update(self, request: Document, now: int) -> Document:
        """Take a request over; returns the times of what it has set. ShadowError: it is refused."""
        state = _state_of(request)
        version = request.get("version")
        if version is not None:
            if not isinstance(version, int) or isinstance(version, bool):
                raise ShadowError(400, "Invalid version")
            if version != self.version:
                raise ShadowError(409, "Version conflict")
        self.version += 1
        changed = {}
        for name, values in (("desired", self.desired), ("reported", self.reported)):
            if name not in state:
                continue
            changes = state[name]
            if changes is None:
                values.clear()
                self.times[name].clear()
                continue
            _merge(values, changes)
            _stamp(self.times[name], changes, now)
            changed[name] = _chosen(self.times[name], changes)
        return changed


def parsed(payload: bytes) -> Document:
    """A request. ShadowError: it is none, or too long; an empty one asks for nothing."""
    if len(payload) > MAX_PAYLOAD:
        raise ShadowError(413, "The payload exceeds the maximum size allowed")
    try:
        # Some clients send the zero byte of their text.
        request = json.loads(payload.rstrip(b"\0") or b"{}")
    except (ValueError, RecursionError):
        raise ShadowError(400, "Payload contains invalid json") from None
    if not isinstance(request, dict):
        raise ShadowError(400, "Payload contains invalid json")
    token = request.get("clientToken")
    if token is not None and (not isinstance(token, str) or len(token.encode()) > MAX_TOKEN):
        raise ShadowError(400, "Invalid clientToken")
    return request


def _state_of(request: Document) -> Document:
    if "state" not in request:
        raise ShadowError(400, "Missing required node: state")
    state = request["state"]
    if not isinstance(state, dict):
        raise ShadowError(400, "State node must be an object")
    for name in SECTIONS:
        if state.get(name) is not None and not isinstance(state[name], dict):
            raise ShadowError(400, f"{name.capitalize()} node must be an object")
    if _depth(state) > MAX_DEPTH:
        raise ShadowError(400, "JSON contains too many levels of nesting")
    return state


def _depth(value: object) -> int:
    """Levels of objects. What JSON's reader takes is not deeper than this can follow."""
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    if isinstance(value, list):
        return max(map(_depth, value), default=0)
    return 0


def _merge(values: Document, changes: Document) -> None:
    """Values that are null remove their keys."""
    for key, value in changes.items():
        if value is None:
            values.pop(key, None)
        elif isinstance(value, dict):
            inner = values.get(key)
            if not isinstance(inner, dict):
                inner = values[key] = {}
            _merge(inner, value)
        else:
            values[key] = value


def _stamp(times: Document, changes: Document, now: int) -> None:
    for key, value in changes.items():
        if value is None:
            times.pop(key, None)
        elif isinstance(value, dict):
            inner = times.get(key)
            if not isinstance(inner, dict) or "timestamp" in inner:
                inner = times[key] = {}
            _stamp(inner, value, now)
        else:
            times[key] = {"timestamp": now}


def _chosen(times: Document, shape: Document) -> Document:
    """The times of the values that `shape` has."""
    return {
        key: _chosen(times[key], value) if isinstance(value, dict) else times[key]
        for key, value in shape.items()
        if key in times
    }


def _difference(desired: Document, reported: Document) -> Document:
    found: Document = {}
    for key, value in desired.items():
        other = reported.get(key)
        if isinstance(value, dict) and isinstance(other, dict):
            inner = _difference(value, other)
            if inner:
                found[key] = inner
        elif value != other or key not in reported:
            found[key] = value
    return found
