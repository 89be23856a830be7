#include "hooks/guard.h"

#include "hooks/check.h"
#include "semantics/alu.h"

#include <string.h>

static struct learned *learned_at(struct core *core, uint32_t address)
{
    return &core->learned[address / 2 % LEARNED];
}

static struct learned *learn(struct core *core, uint32_t address, uint32_t size)
{
    struct learned *learned = learned_at(core, address);
    struct watch_list watches = {0};
    guard_make(&learned->guard, &core->map, address, size, core->scb.ccr & CCR_DIV_0_TRP, &watches);
    for (unsigned i = 0; i < watches.count; i++)
        core->checks.unwatched |= !check_is_watched(core, watches.addresses[i], address);
    learned->contents = decode_contents(&core->map, address, size);
    return learned;
}

void guard_watch(struct core *core, uint32_t address, uint32_t size)
{
    struct guard guard;
    struct watch_list watches = {0};
    guard_make(&guard, &core->map, address, size, core->scb.ccr & CCR_DIV_0_TRP, &watches);
    for (unsigned i = 0; i < watches.count; i++)
        check_watch(core, watches.addresses[i], address);
}

const struct learned *guard_learn(struct core *core, uint32_t address, uint32_t size)
{
    return learn(core, address, size);
}

static const struct learned *recall(struct core *core, uint32_t address, uint32_t size)
{
    const struct learned *learned = learned_at(core, address);
    bool is_known = learned->guard.address == address && learned->guard.size == size;
    return is_known ? learned : learn(core, address, size);
}

const struct block_contents *guard_contents(struct core *core, uint32_t address, uint32_t size)
{
    return &recall(core, address, size)->contents;
}

/* A word, if it is plain memory: everything else may be unaligned. */
static uint32_t load(struct core *core, uint32_t address, unsigned width, bool *known)
{
    uint32_t value = 0;
    const uint8_t *bytes = memory_plain(&core->map, address, width, false);
    if (bytes)
        memcpy(&value, bytes, width);
    else
        *known = false;
    return value;
}

/* The answer to a question of a guard. */
static bool is_harmless(const struct op *question, uint32_t x)
{
    switch (question->code) {
    case ASK_ALIGNED: return !(x & question->value);
    case ASK_NONZERO: return x != 0;
    default: return x != question->value;
    }
}

bool guard_admits(struct core *core, uint32_t address, uint32_t size, block_t before)
{
    const struct guard *guard = &recall(core, address, size)->guard;
    if (guard->invariant && core->checks.admitted == address && block_address(before) == address &&
        block_end(before) == address + size)
        return true;
    uint32_t r[OPERANDS], inputs = guard->inputs;
    unsigned reg;
    bool known = true;
    r[ZERO] = 0;
    while (bit_next(&inputs, 0, &reg))
        r[reg] = cpu_read(&core->cpu, (enum reg)reg);
    for (unsigned i = 0; i < guard->count; i++) {
        const struct op *op = &guard->ops[i];
        uint32_t x = r[op->n], y = r[op->m] + op->value, carry = 0;
        switch (op->code) {
        case OP_MOV:
        case OP_MOVS: r[op->d] = y; break;
        case OP_MVN:
        case OP_MVNS: r[op->d] = ~y; break;
        case OP_SET_SP: r[op->d] = y & ~3u; break;
        case OP_SXTB: r[op->d] = (uint32_t)(int8_t)y; break;
        case OP_SXTH: r[op->d] = (uint32_t)(int16_t)y; break;
        case OP_UXTB: r[op->d] = y & 0xFF; break;
        case OP_UXTH: r[op->d] = y & 0xFFFF; break;
        case OP_AND:
        case OP_ANDS: r[op->d] = x & y; break;
        case OP_ORR:
        case OP_ORRS: r[op->d] = x | y; break;
        case OP_EOR:
        case OP_EORS: r[op->d] = x ^ y; break;
        case OP_BIC:
        case OP_BICS: r[op->d] = x & ~y; break;
        case OP_ADD:
        case OP_ADDS: r[op->d] = x + y; break;
        case OP_SUB:
        case OP_SUBS: r[op->d] = x - y; break;
        case OP_RSB:
        case OP_RSBS: r[op->d] = y - x; break;
        case OP_MOVT: r[op->d] = (r[op->d] & 0xFFFF) | op->value; break;
        case OP_SHIFT: r[op->d] = shift(op->how, r[op->m], op->value, &carry); break;
        case OP_UBFX: r[op->d] = x << (32 - op->value - op->how) >> (32 - op->how); break;
        case OP_MLA: r[op->d] = r[op->how] + x * y; break;
        case OP_LDR: r[op->d] = load(core, x + y, 4, &known); break;
        case OP_LDRH: r[op->d] = load(core, x + y, 2, &known); break;
        case OP_LDRB: r[op->d] = load(core, x + y, 1, &known); break;
        default:
            if (known && is_harmless(op, x))
                break;
            core->checks.address = address + 2u * op->at;
            return false;
        }
    }
    core->checks.admitted = address;
    return true;
}
