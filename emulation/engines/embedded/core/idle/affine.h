/*
 * Affine loops: from iteration to iteration, registers and words of memory change by a fixed stride
 * (an induction variable and its copies), or not at all.
 *
 * Whether that goes on is found by executing one iteration with the stride of every value beside the
 * value: sums keep it, copies carry it, and whatever else would use a value with a stride ends the
 * attempt. Where flags depend on such a value, only those iterations count in which all four flags
 * stay what they are, so that every iteration takes the same path.
 */
#ifndef IDLE_AFFINE_H
#define IDLE_AFFINE_H

#include "state/micro_op.h"
#include "state/registers.h"

struct affine {
    bool tracking;
    uint32_t strides[OPERANDS]; /* of the registers */
    uint32_t loaded, stored; /* strides of the words that the micro-op loads or stores */
    unsigned target; /* the register that the micro-op writes, and the stride of its value */
    uint32_t target_stride;
    uint64_t iterations; /* that take the same path */
};

/* Before and after a micro-op is executed. False: its strides are not known. */
bool affine_before(struct affine *affine, const uint32_t *r, const struct op *op);
bool affine_after(struct affine *affine);

#endif
