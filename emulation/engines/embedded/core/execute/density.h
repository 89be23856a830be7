/*
 * Code that accesses devices all the time is executed faster here: for Unicorn an access costs as much
 * as thirty other instructions. After a number of accesses close to each other the run loop is
 * requested to let the interpreter go on.
 */
#ifndef EXECUTE_DENSITY_H
#define EXECUTE_DENSITY_H

#include "execute/executor.h"

/* Unicorn's code accesses a device. */
void density_note(struct executor *executor);
/* REQUEST_INTERPRETER. */
void density_grant(struct executor *executor);

#endif
