/* One stretch of execution, here or by Unicorn, and what is done about the reason that ended it. */
#ifndef RUN_EXECUTION_H
#define RUN_EXECUTION_H

#include "hooks/core.h"

/* Execute until there is something to deal with, and do so. The run's outcome; -1: it goes on. */
int execution_run(struct core *core);

#endif
