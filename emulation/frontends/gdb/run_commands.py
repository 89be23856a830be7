"""Packets that let the machine run, reset it, or end the session.

Source: the GDB manual, appendix E "GDB Remote Serial Protocol", section Packets.
"""

from __future__ import annotations

from renode_wifi.emulation.frontends.gdb.session import (
    Command,
    CommandError,
    Mode,
    Session,
    hexadecimal,
)


def why_halted(session: Session, rest: bytes) -> str:
    return session.stop_reply()


def continue_(session: Session, rest: bytes) -> None:
    _jump(session, rest)
    session.resume(Mode.CONTINUE)


def step(session: Session, rest: bytes) -> None:
    _jump(session, rest)
    session.resume(Mode.STEP)


def continue_with_signal(session: Session, rest: bytes) -> None:
    continue_(session, rest.partition(b";")[2])


def step_with_signal(session: Session, rest: bytes) -> None:
    step(session, rest.partition(b";")[2])


def _jump(session: Session, address: bytes) -> None:
    if address:
        registers = session.target.registers
        register = registers.all[registers.numbers["pc"]]
        session.target.write_register(register, hexadecimal(address))


def resume_actions(session: Session, rest: bytes) -> str | None:
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
            raise CommandError(action)
        return None
    # Only threads that don't run were meant: the processor goes on with the one that does.
    session.resume(Mode.CONTINUE)
    return None


def thread_id(text: bytes) -> int:
    """-1: all threads; 0: any. `pPID.TID` is the thread, `pPID` alone all of them."""
    if text.startswith(b"p"):
        text = text.partition(b".")[2] or b"-1"
    return -1 if text == b"-1" else hexadecimal(text)


def detach(session: Session, rest: bytes) -> str:
    session.mode = Mode.DETACHED
    return "OK"


def kill(session: Session, rest: bytes) -> str | None:
    session.mode = Mode.KILLED
    return None


def kill_process(session: Session, rest: bytes) -> str | None:
    session.mode = Mode.KILLED
    return "OK"


def restart(session: Session, rest: bytes) -> None:
    session.target.reset()


def run(session: Session, rest: bytes) -> str:
    """The program starts anew: a reset, and a halt before the first instruction."""
    session.target.reset()
    return session.stop_reply()


COMMANDS = (
    Command("?", why_halted),
    Command("c", continue_),
    Command("C", continue_with_signal),
    Command("s", step),
    Command("S", step_with_signal),
    Command("vCont?", lambda session, rest: "vCont;c;C;s;S;r"),
    Command("vCont", resume_actions, b";"),
    Command("D", detach, b";"),
    Command("k", kill),
    Command("vKill", kill_process, b";"),
    Command("R", restart),
    Command("vRun", run, b";"),
    Command("!", lambda session, rest: "OK"),
    Command("vCtrlC", lambda session, rest: "OK"),
)
