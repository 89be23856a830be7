# ironpython: executed by Renode
"""A radio in Renode: its link, with a stand-in for the processor, which is in the helper."""

from renode_wifi.emulation.engines.renode import protocol
from renode_wifi.emulation.platform import catalogue

PACK = {
    catalogue.FLAG: protocol.pack_flag,
    catalogue.NUMBER: protocol.pack_integer,
    catalogue.BYTES: protocol.pack_bytes,
}


class Input(object):
    """One method of the processor, which the helper carries out."""

    def __init__(self, machine, method, kind):
        # type: (RenodeMachine, str, str) -> None
        self._machine = machine
        self._method = method
        self._pack = PACK[kind]  # type: typing.Any

    def __call__(self, value):
        # type: (typing.Any) -> None
        self._machine.ask(protocol.INPUT, self._method, self._pack(value))


class RemoteProcessor(object):
    """Has the inputs of a radio's processor."""

    def __init__(self, machine, model):
        # type: (RenodeMachine, catalogue.RadioType) -> None
        for method, kind in model.inputs.items():
            setattr(self, method, Input(machine, method, kind))


def make_link(machine, name, model):
    # type: (RenodeMachine, str, catalogue.RadioType) -> typing.Any
    """The link of a radio, with its processor in the helper."""
    processor = RemoteProcessor(machine, model)
    return catalogue.load(model.link)(machine=machine, name=name, processor=processor)


MYPY = False
if MYPY:
    import typing  # noqa: F401

    from renode_wifi.emulation.engines.renode.inside.machine import RenodeMachine  # noqa: F401
