"""A trace for Perfetto (ui.perfetto.dev, its trace processor), written with Perfetto's library.

Source: Perfetto's protos/perfetto/trace/track_event/ (track_descriptor.proto, track_event.proto).
"""

from __future__ import annotations

from perfetto.protos.perfetto.trace.perfetto_trace_pb2 import Trace, TracePacket, TrackEvent

from renode_wifi.emulation.observers.captures.pcapng import Writable
from renode_wifi.emulation.observers.timeline.lanes import Details, Lane

SEQUENCE = 1
PACKETS = 2000
"""That are written to the file at once."""
CLOCK_BOOTTIME = 6
"""BuiltinClock: ns since the board's power-on here."""


class PerfettoTrace:
    """A sink that writes to a binary file. Each group of lanes is a track with the lanes in it."""

    def __init__(self, file: Writable) -> None:
        self._file = file
        self._trace = Trace()
        self._tracks: dict[Lane | str, int] = {}
        first = self._trace.packet.add()
        first.trusted_packet_sequence_id = SEQUENCE
        first.sequence_flags = TracePacket.SEQ_INCREMENTAL_STATE_CLEARED

    def begin(self, lane: Lane, time: int, name: str, details: Details) -> None:
        self._event(TrackEvent.TYPE_SLICE_BEGIN, lane, time, name, details)

    def end(self, lane: Lane, time: int, details: Details) -> None:
        self._event(TrackEvent.TYPE_SLICE_END, lane, time, "", details)

    def instant(self, lane: Lane, time: int, name: str, details: Details) -> None:
        self._event(TrackEvent.TYPE_INSTANT, lane, time, name, details)

    def close(self) -> None:
        """Write what is not written yet; the file stays open."""
        self._file.write(self._trace.SerializeToString())
        self._trace.Clear()

    def _event(self, kind: int, lane: Lane, time: int, name: str, details: Details) -> None:
        track = self._tracks.get(lane)
        if track is None:
            track = self._make_track(lane)
        packet = self._packet()
        packet.timestamp = time
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
        if len(self._trace.packet) > PACKETS:
            self.close()

    def _packet(self) -> TracePacket:
        packet = self._trace.packet.add()
        packet.trusted_packet_sequence_id = SEQUENCE
        packet.timestamp_clock_id = CLOCK_BOOTTIME
        return packet

    def _make_track(self, lane: Lane) -> int:
        parent = self._tracks.get(lane.group)
        if parent is None:
            parent = self._describe(lane.group, lane.group, None)
        return self._describe(lane, lane.name, parent)

    def _describe(self, key: Lane | str, name: str, parent: int | None) -> int:
        uuid = self._tracks[key] = len(self._tracks) + 1
        descriptor = self._packet().track_descriptor
        descriptor.uuid = uuid
        descriptor.name = name
        if parent is not None:
            descriptor.parent_uuid = parent
        return uuid
