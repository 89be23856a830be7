/*
 * The hook at every block's start: it counts time and keeps it within the schedule.
 *
 * Everything that isn't counting is kept out of the way: a block at whose entry more happens has a
 * mark (state/code_cache.h), and whatever else is to happen before the next block sets the limit
 * to 0.
 */
#ifndef HOOKS_BLOCK_H
#define HOOKS_BLOCK_H

#include "hooks/core.h"

/* Unicorn calls these, with a core: at the start of every block, and after translating one. */
void block_enter(uc_engine *uc, uint64_t address, uint32_t size, void *core);
void block_translated(uc_engine *uc, const struct uc_tb *block, const struct uc_tb *before,
                      void *core);

#endif
