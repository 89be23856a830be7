/* Instructions that the core executes itself, because Unicorn doesn't do what the architecture says. */
#ifndef RUN_SUBSTITUTE_H
#define RUN_SUBSTITUTE_H

#include "hooks/core.h"

/* Execute the instruction at the PC (hooks/check.c: is_for_core), which isn't moved. */
void substitute_execute(struct core *core);

/* The instruction at the PC, whose access was refused, is one of unprivileged code that may be: it has
 * been executed, and the PC isn't moved. */
bool substitute_store_to_stir(struct core *core);

#endif
