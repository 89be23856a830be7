/* The run loop: what is due before the next block is executed. */
#ifndef RUN_RUN_H
#define RUN_RUN_H

#include "hooks/core.h"

/* Run until the next event of Python's clock or the pause, both in cycles, or until something else
 * is for Python: enum outcome. */
EXPORT int core_run(struct core *core, uint64_t deadline, uint64_t pause);
/* Either has changed during a run. */
EXPORT void core_set_bounds(struct core *core, uint64_t deadline, uint64_t pause);

#endif
