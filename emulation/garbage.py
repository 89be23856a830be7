"""The search for garbage: a third of the time of what makes many objects and drops none."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def all_stays(*, aged: bool = False) -> Iterator[None]:
    """Within, nothing is looked through: of what is made all stays.

    aged: at the end it counts as old, and is not looked through then either. Whoever has frozen
    objects of his own keeps them so, and whoever has the search switched off, too.
    """
    searches = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searches:
            if aged and not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()
            gc.enable()
