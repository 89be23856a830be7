/* The interpreter's loop over blocks. */
#ifndef EXECUTE_EXECUTE_H
#define EXECUTE_EXECUTE_H

#include "execute/executor.h"

/* More exceptions are likely to follow one soon: renew the budget. */
void execute_expect(struct executor *executor);
/* What comes next may be executed here, if its block is known. */
bool execute_may_begin(struct executor *executor);
/* Execute from the PC on. What ended it is as Unicorn's execution would have ended. */
enum halt execute(struct executor *executor);

#endif
