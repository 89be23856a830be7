#include "idle/affine.h"

enum { SIGN_SHIFT = 31, NO_TARGET = OPERANDS };
#define SIGN 0x80000000u

/* Count only iterations until `value` wraps or gets to the other side of `limit`. */
static void stay(struct affine *affine, uint32_t value, uint32_t stride, uint32_t limit)
{
    uint32_t by = stride, room;
    if (stride >> SIGN_SHIFT) {
        by = -stride;
        room = value >= limit ? value - limit : value;
    } else {
        room = value < limit ? limit - 1 - value : UINT32_MAX - value;
    }
    uint64_t iterations = (uint64_t)(room / by) + 1;
    if (iterations < affine->iterations)
        affine->iterations = iterations;
}

/* The flags of x - y, of which x changes by `stride`. Those of a sum are the same but for 0. */
static void keep_flags(struct affine *affine, uint32_t x, uint32_t stride, uint32_t y)
{
    if (!stride)
        return;
    stay(affine, x, stride, y); /* C, and Z together with the next */
    if (y != UINT32_MAX)
        stay(affine, x, stride, y + 1);
    stay(affine, x - y, stride, SIGN); /* N, and V together with the next */
    stay(affine, x, stride, SIGN);
}

static bool any_stride(const struct affine *affine)
{
    for (unsigned i = 0; i < PC; i++)
        if (affine->strides[i])
            return true;
    return false;
}

/* The micro-op's result goes to `target` with `stride`; SP and LR may have none. */
static bool result(struct affine *affine, unsigned target, uint32_t stride)
{
    affine->target = target;
    affine->target_stride = target == SINK ? 0 : stride;
    return !stride || (target != SP && target != LR);
}

/* r[x] and a value y without stride are added, or -y subtracted. */
static bool sum(struct affine *affine, const uint32_t *r, const struct op *op, unsigned x, uint32_t y)
{
    uint32_t stride = affine->strides[x];
    if (op->code == OP_ADDS || op->code == OP_SUBS)
        keep_flags(affine, r[x], stride, -y);
    return result(affine, op->d, stride);
}

/* Of any other micro-op: no field that may name a register names one with a stride. */
static bool uses_no_stride(const struct affine *affine, const struct op *op)
{
    const uint32_t *strides = affine->strides;
    switch ((enum op_code)op->code) {
    case OP_LDM:
    case OP_STM: return !any_stride(affine);
    case OP_MLA:
    case OP_MLS:
    case OP_UMULL:
    case OP_SMULL:
    case OP_UMLAL:
    case OP_SMLAL:
        if (strides[op->how])
            return false;
        break;
    default: break;
    }
    return !(strides[op->d] | strides[op->n] | strides[op->m]);
}

bool affine_before(struct affine *affine, const uint32_t *r, const struct op *op)
{
    const uint32_t n = affine->strides[op->n], m = affine->strides[op->m];
    const uint32_t x = r[op->n], y = r[op->m] + op->value;
    affine->loaded = affine->stored = 0;
    affine->target = NO_TARGET;
    switch ((enum op_code)op->code) {
    case OP_NOP:
    case OP_UNLESS: /* whatever set the flags has seen to them */
    case OP_GO:
    case OP_GO_IF: return true;
    case OP_MOV: return result(affine, op->d, m);
    case OP_MOVS:
        keep_flags(affine, y, m, 0);
        return result(affine, op->d, m);
    case OP_ADD:
    case OP_ADDS:
        if (n && m)
            return false;
        return m ? sum(affine, r, op, op->m, x + op->value) : sum(affine, r, op, op->n, y);
    case OP_SUB:
    case OP_SUBS: return !m && sum(affine, r, op, op->n, -y);
    case OP_GO_ZERO:
    case OP_GO_NONZERO:
        keep_flags(affine, x, n, 0);
        return true;
    case OP_GO_TO:
    case OP_GO_TABLE:
    case OP_BX: return !m;
    case OP_LDR: /* with the stride of the word loaded */
        return !n && !m && result(affine, op->d, 0);
    case OP_STR:
        affine->stored = affine->strides[op->d];
        return !n && !m;
    default: return uses_no_stride(affine, op);
    }
}

bool affine_after(struct affine *affine)
{
    if (affine->target == NO_TARGET)
        return !affine->loaded;
    affine->strides[affine->target] = affine->target_stride + affine->loaded;
    return !affine->loaded || (affine->target != SP && affine->target != LR);
}
