"""What the Bluetooth devices of the world do at the board, on behalf of a test."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from renode_wifi.emulation.board.servers import Running
from renode_wifi.emulation.errors import RenodeWifiError

if TYPE_CHECKING:
    from renode_wifi.peripherals.network.bluetooth.peer import Central


def read_value(board: Running, central: str, uuid: str, timeout: float) -> bytes:
    """As `Session.read_characteristic`."""
    device, number = _ready(board, central, uuid, timeout)
    return _outcome(board, device, number, lambda: device.read(number), timeout)


def write_value(board: Running, central: str, uuid: str, value: bytes, timeout: float) -> None:
    """As `Session.write_characteristic`."""
    device, number = _ready(board, central, uuid, timeout)
    _outcome(board, device, number, lambda: device.write(number, value), timeout)


def subscribe_to(board: Running, central: str, uuid: str, timeout: float) -> None:
    """As `Session.subscribe_characteristic`."""
    device, number = _ready(board, central, uuid, timeout)
    _outcome(board, device, number, lambda: device.subscribe(number), timeout)


def wait_for_value(
    board: Running, name: str, uuid: str, value: bytes | None, timeout: float
) -> bytes:
    """As `Session.wait_for_characteristic`."""
    device, number = board.world.bluetooth.peer(name), _uuid(uuid)

    def find() -> bytes | None:
        found = (got for its, got in device.received if its == number and value in (None, got))
        return next(found, None)

    board.run_until(lambda: find() is not None, timeout)
    found = find()
    if found is None:
        last = [f"  {its[::-1].hex()} {got.hex()}" for its, got in device.received[-5:]]
        what = f"{name} got no value of {uuid}" + (f" that is {value.hex()}" if value else "")
        raise board.timed_out(what, timeout, "\n".join(["it got last:", *(last or ["  nothing"])]))
    return found


def _uuid(written: str) -> bytes:
    from renode_wifi.peripherals.network.contract.bluetooth import parse_uuid

    try:
        return parse_uuid(written)
    except ValueError:
        raise RenodeWifiError(f"{written!r} is no UUID", cure="write one such as 2a37") from None


def _ready(board: Running, name: str, uuid: str, timeout: float) -> tuple[Central, bytes]:
    """A central that has found the characteristic."""
    device, number = board.world.bluetooth.central(name), _uuid(uuid)
    if not board.run_until(lambda: device.has_found and number in device.handles, timeout):
        found = ", ".join(each[::-1].hex() for each in device.handles) or "none"
        seen_names = (
            ", ".join(f"{each} {its}" for its, each in device.advertisers.items()) or "nobody"
        )
        seen = f"characteristics found: {found}\nwho advertises: {seen_names}"
        raise board.timed_out(f"{name} found no characteristic {uuid}", timeout, seen)
    return device, number


def _outcome(
    board: Running, device: Central, uuid: bytes, begin: Callable[[], None], timeout: float
) -> bytes:
    before = len(device.outcomes)
    begin()

    def done() -> bool:
        return any(each.uuid == uuid for each in device.outcomes[before:])

    if not board.run_until(done, timeout):
        raise board.timed_out(f"nobody answered {device.name}", timeout, "")
    outcome = next(each for each in device.outcomes[before:] if each.uuid == uuid)
    if outcome.did == "refused":
        raise RenodeWifiError(
            f"{device.name} was refused: {outcome.reason}",
            cure="see the characteristic's properties, and what the firmware answered",
        )
    return outcome.value
