/* Blocks' guards (decode/guard.h) as their entries use them. A block whose guard objects is executed
 * under a closer look (hooks/check.h), which decides. */
#ifndef HOOKS_GUARD_H
#define HOOKS_GUARD_H

#include "hooks/core.h"

/* Find out what a block needs, now that its code may have changed. With questions in its guard its entry
 * is to call guard_admits. */
const struct learned *guard_learn(struct core *core, uint32_t address, uint32_t size);
/* Watch the instructions of a block of which its entry can't know. Not while translated code executes. */
void guard_watch(struct core *core, uint32_t address, uint32_t size);
/* What a block contains, as it was learned. */
const struct block_contents *guard_contents(struct core *core, uint32_t address, uint32_t size);
/* Nothing can go wrong in the block about to be entered behind another. False: core->checks.address is the
 * instruction that may need a closer look. */
bool guard_admits(struct core *core, uint32_t address, uint32_t size, block_t before);

#endif
