"""A trace for Perfetto (ui.perfetto.dev, its trace processor), written with Perfetto's library.

Source: Perfetto's protos/perfetto/trace/track_event/ (track_descriptor.proto, track_event.proto).
A packet's serialized parts stand one behind the other (protobuf's encoding, "Last One Wins"): what
events of a kind have in common is serialized once.
"""

from __future__ import annotations

from perfetto.protos.perfetto.trace.perfetto_trace_pb2 import Trace, TracePacket, TrackEvent

from renode_wifi.emulation.observers.captures.pcapng import Writable
from renode_wifi.emulation.observers.timeline.lanes import Details, Lane

SEQUENCE = 1
PACKETS = 2000
"""That are written to the file at once."""
HEADS = [b"\x0a" + bytes((size,)) for size in range(128)]
"""What is in front of a packet in a trace, by the packet's size; of larger ones it is longer."""
MAX_COMMON = 4096
"""Events of which all but the time is kept: nearly all events of a run are of a few kinds."""
CLOCK_BOOTTIME = 6
"""BuiltinClock: ns since the board's power-on here."""


class PerfettoTrace:
    """A sink that writes to a binary file. Each group of lanes is a track with the lanes in it."""

    def __init__(self, file: Writable) -> None:
        self._file = file
        self._packets: list[bytes] = []
        self._common: dict[object, bytes] = {}
        self._stamp = TracePacket()
        self._tracks: dict[Lane | str, int] = {}
        first = TracePacket(trusted_packet_sequence_id=SEQUENCE)
        first.sequence_flags = TracePacket.SEQ_INCREMENTAL_STATE_CLEARED
        self._add(first.SerializeToString())

    def begin(self, lane: Lane, time: int, name: str, details: Details) -> None:
        self._event(TrackEvent.TYPE_SLICE_BEGIN, lane, time, name, details)

    def end(self, lane: Lane, time: int, details: Details) -> None:
        self._event(TrackEvent.TYPE_SLICE_END, lane, time, "", details)

    def instant(self, lane: Lane, time: int, name: str, details: Details) -> None:
        self._event(TrackEvent.TYPE_INSTANT, lane, time, name, details)

    def close(self) -> None:
        """Write what is not written yet; the file stays open."""
        self._file.write(b"".join(self._packets))
        self._packets.clear()

    def _event(self, kind: int, lane: Lane, time: int, name: str, details: Details) -> None:
        key = _key(kind, lane, name, details)
        rest = self._common.get(key) if key else None
        if rest is None:
            rest = self._make_event(kind, lane, name, details)
            if key:
                if len(self._common) >= MAX_COMMON:
                    self._common.clear()
                self._common[key] = rest
        self._stamp.timestamp = time
        self._add(self._stamp.SerializeToString() + rest)

    def _make_event(self, kind: int, lane: Lane, name: str, details: Details) -> bytes:
        """All of a packet but its time."""
        track = self._tracks.get(lane)
        if track is None:
            track = self._make_track(lane)
        packet = _packet()
        event = packet.track_event
        event.type = kind
        event.track_uuid = track
        if name:
            event.name = name
            event.categories.append(lane.group)
        for key, value in details.items():
            annotation = event.debug_annotations.add()
            annotation.name = key
            if isinstance(value, bool):
                annotation.bool_value = value
            elif isinstance(value, int) and -(1 << 63) <= value < 1 << 63:
                annotation.int_value = value
            else:
                annotation.string_value = str(value)
        serialized: bytes = packet.SerializeToString()
        return serialized

    def _add(self, packet: bytes) -> None:
        size = len(packet)
        if size < len(HEADS):
            self._packets.append(HEADS[size] + packet)
        else:
            trace = Trace()
            trace.packet.add().ParseFromString(packet)
            self._packets.append(trace.SerializeToString())
        if len(self._packets) > PACKETS:
            self.close()

    def _make_track(self, lane: Lane) -> int:
        parent = self._tracks.get(lane.group)
        if parent is None:
            parent = self._describe(lane.group, lane.group, None)
        return self._describe(lane, lane.name, parent)

    def _describe(self, key: Lane | str, name: str, parent: int | None) -> int:
        uuid = self._tracks[key] = len(self._tracks) + 1
        packet = _packet()
        descriptor = packet.track_descriptor
        descriptor.uuid = uuid
        descriptor.name = name
        if parent is not None:
            descriptor.parent_uuid = parent
        self._add(packet.SerializeToString())
        return uuid


def _key(kind: int, lane: Lane, name: str, details: Details) -> tuple[object, ...]:
    """What an event has in common with others; () if that is not looked for."""
    if not details:
        return kind, lane, name
    if len(details) > 1:
        return ()
    ((field, value),) = details.items()
    return (kind, lane, name, field, value) if type(value) is int else ()


def _packet() -> TracePacket:
    return TracePacket(trusted_packet_sequence_id=SEQUENCE, timestamp_clock_id=CLOCK_BOOTTIME)
