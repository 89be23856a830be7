"""Files by MQTT (AWS IoT developer guide, "MQTT-based file delivery"), in CBOR and JSON."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.servers.aws import cbor

MIN_BLOCK, MAX_BLOCK = 256, 131_072
MAX_BLOCKS = 1_000
"""Blocks that one request is answered with."""


class StreamError(Exception):
    """A request that is refused, by the codes of the guide."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@late_dataclass(frozen=True)
class Format:
    """How requests are read and answers written. Reading raises StreamError."""

    read: Callable[[bytes], Mapping[cbor.Value, cbor.Value]]
    write: Callable[[dict[cbor.Value, cbor.Value]], bytes]


def _read_cbor(payload: bytes) -> Mapping[cbor.Value, cbor.Value]:
    try:
        request = cbor.decode(payload)
    except cbor.CborError as error:
        raise StreamError("InvalidCbor", str(error)) from None
    if not isinstance(request, dict):
        raise StreamError("InvalidCbor", "the request is no map")
    return request


def _read_json(payload: bytes) -> Mapping[cbor.Value, cbor.Value]:
    try:
        request = json.loads(payload.rstrip(b"\0") or b"{}")
        if not isinstance(request, dict):
            raise StreamError("InvalidJson", "the request is no object")
        if "b" in request:
            request["b"] = base64.b64decode(request["b"], validate=True)
    except (ValueError, TypeError, RecursionError):
        raise StreamError("InvalidJson", "the request is no JSON") from None
    return request


def _write_json(answer: dict[cbor.Value, cbor.Value]) -> bytes:
    shown = {
        str(key): base64.b64encode(value).decode() if isinstance(value, bytes) else value
        for key, value in answer.items()
    }
    return json.dumps(shown, separators=(",", ":")).encode()


FORMATS = {"cbor": Format(_read_cbor, cbor.encode), "json": Format(_read_json, _write_json)}


def token(request: Mapping[cbor.Value, cbor.Value]) -> dict[cbor.Value, cbor.Value]:
    return {"c": request["c"]} if "c" in request else {}


def description(
    request: Mapping[cbor.Value, cbor.Value], data: bytes
) -> dict[cbor.Value, cbor.Value]:
    files: list[cbor.Value] = [{"f": 0, "z": len(data)}]
    return {**token(request), "s": 1, "d": "", "r": files}


def blocks(
    request: Mapping[cbor.Value, cbor.Value], data: bytes
) -> list[dict[cbor.Value, cbor.Value]]:
    """Those that the bitmap of a request asks for, from an offset on, or as many as it says."""
    size, count, offset = request.get("l"), request.get("n"), request.get("o", 0)
    bitmap = request.get("b", b"")
    if request.get("f", 0) != 0:
        raise StreamError("ResourceNotFound", "the stream has no such file")
    if not isinstance(size, int) or not MIN_BLOCK <= size <= MAX_BLOCK:
        raise StreamError("BlockSizeOutOfBounds", f"blocks have {MIN_BLOCK} to {MAX_BLOCK} bytes")
    if not isinstance(bitmap, bytes):
        raise StreamError("InvalidRequest", "the bitmap is no bytes")
    total = -(-len(data) // size)
    if not isinstance(offset, int) or not 0 <= offset < max(total, 1):
        raise StreamError("OffsetOutOfBounds", f"the file has {total} blocks")
    most = count if isinstance(count, int) and count > 0 else MAX_BLOCKS
    wanted = (
        [offset + bit for bit in range(8 * len(bitmap)) if bitmap[bit // 8] >> bit % 8 & 1]
        if bitmap
        else range(offset, total)
    )
    numbers = [number for number in wanted if number < total][: min(most, MAX_BLOCKS)]
    return [
        {
            **token(request),
            "f": 0,
            "i": number,
            "l": len(data[number * size : (number + 1) * size]),
            "p": data[number * size : (number + 1) * size],
        }
        for number in numbers
    ]
