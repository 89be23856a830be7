/* The traps that CCR can ask for and Unicorn lacks: division by zero, unaligned access (B3.2.8). */
#include "core.h"

void traps_update(struct core *core)
{
    (void)core;
}
