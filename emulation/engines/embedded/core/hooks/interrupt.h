/* What Unicorn calls when an instruction raises a CPU exception, or is one that it doesn't execute. */
#ifndef HOOKS_INTERRUPT_H
#define HOOKS_INTERRUPT_H

#include "hooks/core.h"

void interrupt_raised(uc_engine *uc, uint32_t number, void *core);
/* For undefined instructions, and for WFE and YIELD. False: it is an undefined one. */
bool interrupt_invalid(uc_engine *uc, void *core);

#endif
