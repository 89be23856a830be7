/* A copy of all memory that the CPU may have written, to find whether a loop changes any. */
#ifndef IDLE_SHADOW_H
#define IDLE_SHADOW_H

#include "state/memory.h"

/* False: out of memory. */
bool shadow_copy(const struct memory_map *map);
bool shadow_equals(const struct memory_map *map);

#endif
