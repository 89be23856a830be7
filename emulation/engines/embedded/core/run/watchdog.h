/* The watchdog: a run that keeps Python's lock for long gives Python a look, by wall time. */
#ifndef RUN_WATCHDOG_H
#define RUN_WATCHDOG_H

#include "hooks/core.h"

/* Python runs its handlers of signals, and its other threads, between calls of core_run only. How
 * long a call takes depends on the guest: some instructions are ten thousand times slower than
 * others. While a core is watched, a call that lasts longer than a period returns OUTCOME_PAUSE. */
EXPORT void core_watch(struct core *core, uint32_t enabled);

#endif
