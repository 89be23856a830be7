"""Several machines on one virtual time: one after the other executes its quantum.

Which machine is next follows from the machines' times alone, so that a run that is cut into pieces
is the same run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from renode_wifi.emulation.platform.core import Stop
from renode_wifi.emulation.platform.machine import Machine
from renode_wifi.peripherals.base.clock import MICROSECOND

if TYPE_CHECKING:
    from renode_wifi.emulation.platform.state.trust import Known

QUANTUM = 100 * MICROSECOND
"""Virtual time, in ns, that one machine may be ahead of another unless set otherwise; Renode's."""


def run(
    machines: Sequence[Machine],
    selected: Machine,
    until: int,
    run_one: Callable[[Machine, int], Stop] = Machine.run,
    quantum: int = QUANTUM,
) -> Stop:
    """Run all machines until `selected` is at `until` (ns of its own time).

    The others are up to a quantum before or behind it then. A stop of one is that of all.
    run_one: runs one machine up to a time of its own. quantum: ns, above 0.
    """
    if len(machines) == 1:
        return run_one(selected, until)
    while selected.now < until:
        # The first of those that are in the earliest quantum.
        machine = min(machines, key=lambda each: each.emulation_time // quantum)
        end = (machine.emulation_time // quantum + 1) * quantum - machine.epoch
        if machine is selected:
            end = min(end, until)
        stop = run_one(machine, end)
        if stop is not Stop.TIME:
            return stop
    return Stop.TIME


def save(machines: Sequence[Machine]) -> bytes:
    """All machines and their worlds as bytes."""
    if len(machines) == 1:
        return machines[0].save()
    from renode_wifi.emulation.platform import snapshot

    return snapshot.dump({machine.name: machine.state() for machine in machines}, _known(machines))


def restore(machines: Sequence[Machine], state: bytes) -> None:
    """Become what `save` saw, on these machines or on others composed alike.

    Raises RenodeWifiError; all machines are as they were then.
    """
    if len(machines) == 1:
        machines[0].restore(state)
        return
    from renode_wifi.emulation.platform import snapshot

    saved = snapshot.load(state, _known(machines))
    for machine in machines:
        machine.check(saved.get(machine.name, {}))
    for machine in machines:
        machine.apply(saved[machine.name])


def _known(machines: Sequence[Machine]) -> Known:
    """What all machines know; names begin with the machine's."""
    from renode_wifi.emulation.platform.state.trust import Known

    fixed: dict[str, object] = {}
    make: list[str] = []
    own: dict[str, type] = {}
    for machine in machines:
        known = machine.known()
        fixed.update((f"{machine.name}/{name}", item) for name, item in known.fixed.items())
        make += [f"{machine.name}/{name}" for name in known.make]
        own.update(known.own)
    return Known(fixed, make, own)
