/* Loads and stores of the interpreter: through the page cache, else the bus. */
#ifndef EXECUTE_LOAD_STORE_H
#define EXECUTE_LOAD_STORE_H

#include "execute/executor.h"

#include <string.h>

/* False, of all: Unicorn has to do it. */
bool load_slowly(struct executor *executor, uint32_t address, unsigned width, uint32_t *value);
bool store_slowly(struct executor *executor, uint32_t address, unsigned width, uint32_t value);
/* Of floating-point registers, which Unicorn has: double ones, or half of one. */
bool load_doubles(struct executor *executor, const struct op *op);
bool store_doubles(struct executor *executor, const struct op *op);
bool load_half(struct executor *executor, const struct op *op);
bool store_half(struct executor *executor, const struct op *op);

/* MSR and CPS, but not of FAULTMASK. */
static inline bool write_special(struct executor *executor, unsigned number, uint32_t value)
{
    schedule_release(executor->schedule);
    return registers_write_special(&executor->cpu->registers, number, value);
}

/* An address that BX branches to without a fault. */
static inline bool is_target(const struct executor *executor, uint32_t target)
{
    bool handler = executor->cpu->state.exception != EXCEPTION_NONE;
    return target & 1 && (target < 0xF0000000 || (target >= 0xFF000000 && handler));
}

/* Without a fault, which CCR.DIV_0_TRP asks for. */
static inline bool may_divide(const struct executor *executor, uint32_t divisor)
{
    return divisor || !(executor->scb->ccr & CCR_DIV_0_TRP);
}

static inline bool load(struct executor *executor, uint32_t address, unsigned width,
                        uint32_t *value)
{
    const uint8_t *bytes = cached_bytes(executor->map->cache.readable, address, width);
    if (UNLIKELY(!bytes))
        return load_slowly(executor, address, width, value);
    *value = 0;
    memcpy(value, bytes, width);
    return true;
}

static inline bool store(struct executor *executor, uint32_t address, unsigned width,
                         uint32_t value)
{
    uint8_t *bytes = cached_bytes(executor->map->cache.writable, address, width);
    if (UNLIKELY(!bytes))
        return store_slowly(executor, address, width, value);
    memcpy(bytes, &value, width);
    return true;
}

/* The bytes of several words; NULL: not all are on one page of plain memory. */
static inline uint8_t *words(struct executor *executor, uint32_t address, uint32_t size,
                             bool for_write)
{
    struct page_cache *cache = &executor->map->cache;
    if (UNLIKELY((address & (PAGE_SIZE - 1)) + size > PAGE_SIZE || address & 3))
        return NULL;
    uint8_t *bytes = cached_bytes(for_write ? cache->writable : cache->readable, address, 4);
    return bytes ? bytes : memory_plain(executor->map, address, size, for_write);
}

static inline bool load_target(struct executor *executor, const struct op *op)
{
    uint32_t *r = executor->cpu->registers.r, word;
    const uint8_t *bytes = words(executor, r[op->n] + op->value, 4, false);
    if (!bytes)
        return false;
    memcpy(&word, bytes, 4);
    if (!is_target(executor, word))
        return false;
    r[op->d] = word;
    return true;
}

static inline bool load_multiple(struct executor *executor, const struct op *op)
{
    uint32_t *r = executor->cpu->registers.r;
    uint32_t list = op->value, size = 4 * bit_count(list), base = r[op->n];
    uint32_t start = op->how & MULTIPLE_DOWN ? base - size : base, word;
    const uint8_t *bytes = words(executor, start, size, false);
    if (!bytes)
        return false;
    if (list >> PC & 1) {
        memcpy(&word, bytes + size - 4, 4);
        if (!is_target(executor, word))
            return false;
        r[SCRATCH] = word;
    }
    if (op->how & MULTIPLE_BACK)
        r[op->n] = op->how & MULTIPLE_DOWN ? start : base + size;
    for (unsigned i = 0; i < PC; i++)
        if (list >> i & 1) {
            memcpy(&r[i], bytes, 4);
            bytes += 4;
        }
    return true;
}

static inline bool store_multiple(struct executor *executor, const struct op *op)
{
    uint32_t *r = executor->cpu->registers.r;
    uint32_t list = op->value, size = 4 * bit_count(list), base = r[op->n];
    uint32_t start = op->how & MULTIPLE_DOWN ? base - size : base;
    uint8_t *bytes = words(executor, start, size, true);
    if (!bytes)
        return false;
    for (unsigned i = 0; i < PC; i++)
        if (list >> i & 1) {
            memcpy(bytes, &r[i], 4);
            bytes += 4;
        }
    if (op->how & MULTIPLE_BACK)
        r[op->n] = op->how & MULTIPLE_DOWN ? start : base + size;
    return true;
}

static inline bool load_pair(struct executor *executor, const struct op *op)
{
    uint32_t *r = executor->cpu->registers.r;
    const uint8_t *bytes = words(executor, r[op->n] + op->value, 8, false);
    if (!bytes)
        return false;
    memcpy(&r[op->d], bytes, 4);
    memcpy(&r[op->m], bytes + 4, 4);
    return true;
}

static inline bool store_pair(struct executor *executor, const struct op *op)
{
    const uint32_t *r = executor->cpu->registers.r;
    uint8_t *bytes = words(executor, r[op->n] + op->value, 8, true);
    if (!bytes)
        return false;
    memcpy(bytes, &r[op->d], 4);
    memcpy(bytes + 4, &r[op->m], 4);
    return true;
}

#endif
