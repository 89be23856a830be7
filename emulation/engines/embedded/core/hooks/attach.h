/* Setting Unicorn's hooks. */
#ifndef HOOKS_ATTACH_H
#define HOOKS_ATTACH_H

#include "hooks/core.h"

/* False: Unicorn refuses one. */
bool hooks_attach(struct core *core);

#endif
