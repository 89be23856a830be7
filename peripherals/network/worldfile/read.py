"""World files: YAML, by the models of this folder, into `WorldSettings`, or all their mistakes.

Every mistake names file, line, column and key, and what would be right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.network.worldfile import checks
from renode_wifi.peripherals.network.worldfile.converter import (
    Converter,
    Found,
    description,
    hints,
    keys_of,
    unknown_key,
)
from renode_wifi.peripherals.network.worldfile.faults import FaultSettings, read_fault
from renode_wifi.peripherals.network.worldfile.files import credentials_in
from renode_wifi.peripherals.network.worldfile.network import AccessPointSettings
from renode_wifi.peripherals.network.worldfile.rules import Mistake, not_right
from renode_wifi.peripherals.network.worldfile.schema import WorldFile, WorldSettings
from renode_wifi.peripherals.network.worldfile.sensors import AnalogSetting, SensorSetting
from renode_wifi.peripherals.network.worldfile.servers import UDP_SERVERS, ServerSettings
from renode_wifi.peripherals.network.worldfile.tree import (
    READ_HERE,
    KeyPath,
    Scalar,
    Tree,
    dotted_path,
    load,
)

SHIPPED = Path(__file__).resolve().parents[3] / "platforms" / "worlds"
RADIO_FAULTS: KeyPath = ("radio", "options", "faults")
"""Where faults of the radio were written once."""


class WorldFileError(RenodeWifiError):
    """All mistakes of a file, in its order. As an error it has the place of the first one."""

    def __init__(self, mistakes: Iterable[RenodeWifiError]) -> None:
        self.mistakes = tuple(mistakes)
        first = self.mistakes[0]
        super().__init__(first.message, where=first.where, cure=first.cure)

    def __str__(self) -> str:
        return "\n".join(map(str, self.mistakes))


def read_world_file(path: Path | str, variables: Mapping[str, str] | None = None) -> WorldSettings:
    """Read and check a world file. Raises RenodeWifiError, with every mistake in the file."""
    tree = load(Path(path), variables or {}, SHIPPED)
    reader = _Reader(tree)
    world = reader.read()
    if reader.mistakes or tree.mistakes:
        raise WorldFileError([*tree.mistakes, *reader.in_order()])
    return world


class _Reader:
    """Structures section after section, so that a mistake in one hides none in another."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.mistakes: list[Found] = []
        self.notices: list[str] = []
        self.origins: dict[KeyPath, KeyPath] = {}
        """Where keys are written that another section gave as defaults."""

    # Mistakes

    def note(self, found: Found) -> None:
        if found.missing and (*found.path, found.missing) in self.tree.dropped:
            return
        if not any(known.message == found.message for known in self.mistakes):
            self.mistakes.append(found)

    def note_at(self, path: KeyPath, mistake: Mistake) -> None:
        path = (*path, *mistake.path)
        self.note(Found(path, f"{dotted_path(path)}: {mistake.message}", mistake.cure, mistake.key))

    def in_order(self) -> list[RenodeWifiError]:
        unknown = {
            (found.path[:-1], found.cure) for found in self.mistakes if found.key and found.path
        }
        # A key that is missed may be the one that was mistyped.
        found = [
            mistake
            for mistake in self.mistakes
            if (mistake.path, f"did you mean `{mistake.missing}`?") not in unknown
        ]
        found.sort(key=self._order)
        return [
            RenodeWifiError(
                mistake.message,
                where=str(self.tree.mark(self._written(mistake.path), key=mistake.key)),
                cure=mistake.cure,
            )
            for mistake in found
        ]

    def _order(self, found: Found) -> tuple[str, int, int]:
        mark = self.tree.mark(self._written(found.path), key=found.key)
        return str(mark.file), mark.line, mark.column

    def _written(self, path: KeyPath) -> KeyPath:
        for length in range(len(path), 0, -1):
            origin = self.origins.get(path[:length])
            if origin is not None:
                return (*origin, *path[length:])
        return path

    # Sections

    def read(self) -> WorldSettings:
        data = self.tree.data
        keys = keys_of(WorldFile)
        for key in data:
            if key not in keys:
                self.note(unknown_key((), key, {**keys, **dict.fromkeys(READ_HERE)}))
        if "access_points" not in data:
            what = description(WorldFile, "access_points")
            self.note(
                Found(
                    (),
                    "the file lacks the key `access_points`",
                    f"add `access_points:` with {what}",
                    missing="access_points",
                )
            )
        old_faults = self._take_old_faults()
        network = self._section("network")
        self._fill_access_points(network is not None)
        values: dict[str, Any] = {}
        with credentials_in(self._pki()):
            for key in keys:
                if key in data and key not in ("pki", "network", "servers"):
                    values[key] = self._section(key)
            points = [point for point in values.get("access_points") or () if point is not None]
            self._fill_servers(points)
            values["servers"] = self._section("servers") if "servers" in data else None
        return self._world(
            {key: value for key, value in values.items() if value is not None}, old_faults
        )

    def _section(self, key: str) -> Any:
        """A section's value; of lists and mappings, the elements without mistakes."""
        if key not in self.tree.data:
            return None
        raw, hint = self.tree.data[key], hints(WorldFile)[keys_of(WorldFile)[key].name]
        inner = get_args(hint)[0] if get_origin(hint) is Annotated else hint
        path: KeyPath = (key,)
        if get_origin(inner) is tuple and isinstance(raw, list) and raw:
            item = get_args(inner)[0]
            return [
                None if entry is None else self._structured(entry, item, (*path, index))
                for index, entry in enumerate(raw)
            ]
        if get_origin(inner) is dict and isinstance(raw, dict):
            made = {}
            for name, entry in raw.items():
                if get_args(inner)[0] is str:
                    value = self._structured(entry, get_args(inner)[1], (*path, name))
                    if value is not None:
                        made[name] = value
                    continue
                pair = self._structured({name: entry}, inner, path)
                if isinstance(pair, dict):
                    made.update(pair)
            return made
        return self._structured(raw, hint, path)

    def _structured(self, raw: object, hint: type, path: KeyPath) -> Any:
        """The value that `raw` is by `hint`. With mistakes: what `mistakes.structured` gives."""
        try:
            return Converter().structure(raw, hint)
        except Exception:
            from renode_wifi.peripherals.network.worldfile.mistakes import structured

            return structured(raw, hint, path, self.note)

    def _pki(self) -> Path | None:
        name = self._section("pki")
        if name is None:
            return None
        raw = self.tree.data["pki"]
        assert isinstance(raw, Scalar)
        folder: Path = raw.folder / name
        if not folder.is_dir():
            self.note_at(
                ("pki",),
                Mistake(
                    f"there is no folder {folder}",
                    "names are relative to this file; check name and permissions",
                ),
            )
        return folder

    def _fill_access_points(self, network_is_right: bool) -> None:
        """What an access point doesn't say: numbered defaults, and the common network."""
        entries = self.tree.data.get("access_points")
        common = self.tree.data.get("network", {})
        if not isinstance(entries, list):
            return
        if not isinstance(common, dict):
            common = {}
        for index, entry in enumerate(entries):
            if not isinstance(entry, dict):
                continue
            entries[index] = entry = {**AccessPointSettings.numbered(index), **entry}
            own = entry.get("network", {})
            # Addresses of the common network would not fit another subnet.
            if isinstance(own, dict) and "subnet" not in own and network_is_right:
                for key in common:
                    if key not in own:
                        path: KeyPath = ("access_points", index, "network", key)
                        self.origins[path] = ("network", key)
                own = {**common, **own}
            entry["network"] = own

    def _fill_servers(self, points: list[AccessPointSettings]) -> None:
        gateway = str(points[0].network.gateway) if points else "10.10.0.1"
        entries = self.tree.data.get("servers")
        if isinstance(entries, dict):
            for name, entry in entries.items():
                if isinstance(entry, dict):
                    entries[name] = {"\0name": name, "address": gateway, **entry}

    def _take_old_faults(self) -> list[Any]:
        radio = self.tree.data.get("radio")
        options = radio.get("options") if isinstance(radio, dict) else None
        if not isinstance(options, dict) or "faults" not in options:
            return []
        raw = options.pop("faults")
        if not isinstance(raw, list):
            wanted = "a list of faults such as {do: hang, command: CONNECT}, below `faults:`"
            self.note_at(RADIO_FAULTS, not_right(raw, wanted))
            return []
        self._notice(RADIO_FAULTS, "faults", "them below `faults:` of the file")
        return raw

    # The world

    def _world(self, values: dict[str, Any], old_faults: list[Any]) -> WorldSettings:
        data, tree = self.tree.data, self.tree
        made = WorldFile((), **{k: v for k, v in values.items() if k != "access_points"})
        points = self._elements(values, "access_points")
        servers: dict[KeyPath, ServerSettings] = {
            ("servers", name): replace(server, where=str(tree.mark(("servers", name), key=True)))
            for name, server in made.servers.items()
        }
        forwards = {
            path: replace(forward, where=str(tree.mark(path)))
            for path, forward in self._elements(values, "forwards").items()
        }
        exposed = {
            path: replace(expose, where=str(tree.mark((*path, "listen"))))
            for path, expose in self._elements(values, "expose").items()
        }
        found = [
            *checks.access_points(points),
            *checks.servers(servers),
            *checks.forwards(forwards),
            *checks.sensors(made.sensors),
            *([] if self._may_be_bridged(made) else checks.hermetic(data)),
        ]
        for path, mistake in found:
            self.note_at(path, mistake)
        faults = [
            *self._faults(("faults",), list(values.get("faults", ()))),
            *self._faults(RADIO_FAULTS, old_faults),
        ]
        return WorldSettings(
            name=made.name or tree.mark(()).file.stem,
            seed=made.seed,
            bridged=made.mode == "bridged",
            access_points=tuple(points.values()),
            air=made.air,
            link=made.link,
            dns=replace(made.dns, names=dict(made.names)),
            servers=tuple(servers.values()),
            phones=made.phones,
            bluetooth=made.bluetooth,
            bridge=replace(
                made.bridge,
                forwards=tuple(forwards.values()),
                expose=tuple(exposed.values()),
                egress=tuple(rule for rule in made.egress if rule is not None),
            ),
            sensors=tuple(self._sensors(made)),
            analog=tuple(
                AnalogSetting(pin, waveform, str(tree.mark(("analog", pin))))
                for pin, waveform in made.analog.items()
            ),
            tag=made.tag,
            faults=tuple(faults),
            radio=replace(made.radio, where=str(tree.mark(("radio", "options")))),
            when=made.date,
            notices=tuple(self.notices),
        )

    def _sensors(self, made: WorldFile) -> Iterable[SensorSetting]:
        for part, quantities in made.sensors.items():
            for quantity, waveform in quantities.items():
                where = str(self.tree.mark(("sensors", part, quantity)))
                yield SensorSetting(part, quantity, waveform, where)

    def _may_be_bridged(self, made: WorldFile) -> bool:
        wrong = any(found.path == ("mode",) for found in self.mistakes)
        return made.mode == "bridged" or wrong

    def _elements(self, values: Mapping[str, Any], key: str) -> dict[KeyPath, Any]:
        return {
            (key, index): element
            for index, element in enumerate(values.get(key, ()))
            if element is not None
        }

    def _faults(self, path: KeyPath, entries: list[Any]) -> Iterable[FaultSettings]:
        places = {"access_point": self._names_of_points(), "server": self._names_of_servers()}
        for index, raw in enumerate(entries):
            here = (*path, index)
            fault = read_fault(
                raw,
                places,
                lambda mistake, here=here: self.note_at(here, mistake),  # type: ignore[misc]
                lambda key, write, here=here: self._notice((*here, key), key, write),  # type: ignore[misc]
                now=False,
            )
            if fault is not None:
                yield replace(fault, where=str(self.tree.mark(here)))

    def _names_of_points(self) -> list[str]:
        """As they are written, those with mistakes too: a fault may name them."""
        entries = self.tree.data.get("access_points")
        names = [
            entry["ssid"].text
            for entry in (entries if isinstance(entries, list) else ())
            if isinstance(entry, dict) and isinstance(entry.get("ssid"), Scalar)
        ]
        return list(dict.fromkeys(names))

    def _names_of_servers(self) -> list[str]:
        entries = self.tree.data.get("servers")
        if not isinstance(entries, dict):
            return []
        return [
            name
            for name, entry in entries.items()
            if not (
                isinstance(entry, dict)
                and isinstance(entry.get("type"), Scalar)
                and entry["type"].text in UDP_SERVERS
            )
        ]

    def _notice(self, path: KeyPath, key: str, write: str) -> None:
        mark = self.tree.mark(path, key=True)
        self.notices.append(f"{mark}: `{key}` is an old spelling; write {write}")
