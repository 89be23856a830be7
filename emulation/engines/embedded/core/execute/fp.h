/* Floating-point arithmetic of the interpreter. */
#ifndef EXECUTE_FP_H
#define EXECUTE_FP_H

#include "execute/executor.h"

/* The FPU is about to be used: a context of its own begins, B1.5.7. */
void begin_fp_context(struct executor *executor);
/* OP_FP. False: Unicorn has to do it. */
bool operate_fp(struct executor *executor, const struct op *op);

#endif
