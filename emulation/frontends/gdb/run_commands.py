"""Packets that let the machine run, reset it, or end the session.

Source: the GDB manual, appendix E "GDB Remote Serial Protocol", section Packets.
"""

from __future__ import annotations

from renode_wifi.emulation.frontends.gdb.session import (
    GdbSession,
    Mode,
    PacketCommand,
    PacketError,
    hexadecimal,
)


def why_halted(session: GdbSession, rest: bytes) -> str:
    return session.stop_reply()


def continue_(session: GdbSession, rest: bytes) -> None:
    _jump(session, rest)
    session.resume(Mode.CONTINUE)


def step(session: GdbSession, rest: bytes) -> None:
    _jump(session, rest)
    session.resume(Mode.STEP)


def continue_with_signal(session: GdbSession, rest: bytes) -> None:
    continue_(session, rest.partition(b";")[2])


def step_with_signal(session: GdbSession, rest: bytes) -> None:
    step(session, rest.partition(b";")[2])


def _jump(session: GdbSession, address: bytes) -> None:
    if address:
        registers = session.target.registers
        register = registers.all[registers.numbers["pc"]]
        session.target.write_register(register, hexadecimal(address))


def resume_actions(session: GdbSession, rest: bytes) -> str | None:
    """Of all actions the first counts that is for the current thread, or for all."""
    current = session.target.current_thread().id
    for text in rest.split(b";")[1:]:
        action, _, thread = text.partition(b":")
        if thread and thread_id(thread) not in (current, -1, 0):
            continue
        kind, arguments = action[:1], action[1:]
        if kind in b"cC":
            session.resume(Mode.CONTINUE)
        elif kind in b"sS":
            session.resume(Mode.STEP)
        elif kind == b"r":
            start, _, end = arguments.partition(b",")
            session.resume(Mode.STEP, range(hexadecimal(start), hexadecimal(end)))
        else:
            raise PacketError(action)
        return None
    # Only threads that don't run were meant: the processor goes on with the one that does.
    session.resume(Mode.CONTINUE)
    return None


def thread_id(text: bytes) -> int:
    """-1: all threads; 0: any. `pPID.TID` is the thread, `pPID` alone all of them."""
    if text.startswith(b"p"):
        text = text.partition(b".")[2] or b"-1"
    return -1 if text == b"-1" else hexadecimal(text)


def detach(session: GdbSession, rest: bytes) -> str:
    session.mode = Mode.DETACHED
    return "OK"


def extend(session: GdbSession, rest: bytes) -> str:
    """`target extended-remote`: the connection outlives the program."""
    session.is_extended = True
    return "OK"


def kill(session: GdbSession, rest: bytes) -> None:
    """End the run; in extended mode when the debugger leaves, if it does not begin anew before."""
    if session.is_extended:
        session.is_killed = True
    else:
        session.mode = Mode.KILLED


def kill_process(session: GdbSession, rest: bytes) -> str:
    kill(session, rest)
    return "OK"


def attach(session: GdbSession, rest: bytes) -> str:
    """There is one program, and it is halted where it is."""
    session.is_killed = False
    return session.stop_reply()


def restart(session: GdbSession, rest: bytes) -> None:
    session.target.reset()


def run(session: GdbSession, rest: bytes) -> str:
    """The program starts anew: a reset, and a halt before the first instruction."""
    session.is_killed = False
    session.target.reset()
    return session.stop_reply()


COMMANDS = (
    PacketCommand("?", why_halted),
    PacketCommand("c", continue_),
    PacketCommand("C", continue_with_signal),
    PacketCommand("s", step),
    PacketCommand("S", step_with_signal),
    PacketCommand("vCont?", lambda session, rest: "vCont;c;C;s;S;r"),
    PacketCommand("vCont", resume_actions, b";"),
    PacketCommand("D", detach, b";"),
    PacketCommand("k", kill),
    PacketCommand("vKill", kill_process, b";"),
    PacketCommand("R", restart),
    PacketCommand("vAttach", attach, b";"),
    PacketCommand("vRun", run, b";"),
    PacketCommand("!", extend),
    PacketCommand("vCtrlC", lambda session, rest: "OK"),
)
