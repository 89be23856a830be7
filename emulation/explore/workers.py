"""Where work is done: in this process, in several, or on a Dask cluster; one interface for all."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import suppress
from multiprocessing.process import BaseProcess
from typing import Generic, ParamSpec, TypeVar

from renode_wifi.emulation.errors import RenodeWifiError

P = ParamSpec("P")
T = TypeVar("T")
Task = TypeVar("Task")
Answer = TypeVar("Answer")

ATTEMPTS = 3
"""How often a task is given to workers that end under it."""
LOST_BY_DASK = "KilledWorker"
"""Dask's own word for a task whose workers ended several times."""
AHEAD = 3
"""Tasks that wait for each worker."""


class Here(Executor):
    """Does the work as it is submitted."""

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(function(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def processes(jobs: int) -> Executor:
    """Worker processes of this machine; 1: this process."""
    if jobs == 1:
        return Here()
    from concurrent.futures import ProcessPoolExecutor

    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=_follow_parent)


def _follow_parent() -> None:
    """In a worker: Ctrl-C is for the parent, and without a parent, whoever ended it, is an end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent,), daemon=True).start()


def _end_after(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def cluster(address: str) -> tuple[Executor, int]:
    """The workers of a Dask scheduler (`tcp://host:port`), and how many there are."""
    try:
        from distributed import Client
    except ImportError:
        raise RenodeWifiError(
            "a cluster needs Dask", cure="pip install 'renode-wifi[cluster]'"
        ) from None
    try:
        client = Client(address, timeout="10s")
    except (OSError, ValueError) as error:
        raise RenodeWifiError(
            f"there is no scheduler at {address}: {error}",
            cure="start one with `dask scheduler`, and workers with `dask worker tcp://…`",
        ) from None
    executor = client.get_executor(pure=False)
    return executor, max(1, len(client.scheduler_info()["workers"]))


class Workers(Generic[Task, Answer]):
    """Lets `function` answer tasks on any executor, and survives the loss of workers.

    make: a new executor, for when the one there is has broken, and how many workers it has.
    """

    def __init__(
        self, function: Callable[[Task], Answer], make: Callable[[], tuple[Executor, int]]
    ) -> None:
        self._function = function
        self._make = make
        self._executor, self._width = make()

    def answers(self, tasks: Sequence[Task]) -> Iterator[tuple[Task, Answer | None]]:
        """Each task with its answer as it comes; None where its workers ended under it."""
        waiting = list(reversed([(task, 1) for task in tasks]))
        running: dict[Future[Answer], tuple[Task, int]] = {}
        while waiting or running:
            while waiting and len(running) < AHEAD * self._width:
                task, attempt = waiting.pop()
                try:
                    running[self._executor.submit(self._function, task)] = task, attempt
                except BrokenExecutor:
                    waiting.append((task, attempt))
                    break
                if isinstance(self._executor, Here):
                    break
            finished = set(running)
            if running:
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
            broken = not running
            for future in finished:
                task, attempt = running.pop(future)
                try:
                    yield task, future.result()
                except Exception as error:
                    if type(error).__name__ == LOST_BY_DASK:
                        yield task, None
                        continue
                    if not isinstance(error, BrokenExecutor):
                        raise
                    broken = True
                    if attempt == ATTEMPTS:
                        yield task, None
                    else:
                        waiting.append((task, attempt + 1))
            if broken:
                # Whatever else was under way is done again; nothing of it was lost but time.
                waiting += [(task, attempt) for task, attempt in running.values()]
                running.clear()
                self.close()
                self._executor, self._width = self._make()

    def close(self) -> None:
        """Ends the workers, whatever they do."""
        with suppress(Exception):
            self._executor.shutdown(wait=False, cancel_futures=True)
            # Dask's executor leaves the connection to its scheduler open.
            client = getattr(self._executor, "_client", None)
            if client is not None:
                client.close()
        for child in multiprocessing.active_children():
            child.kill()
