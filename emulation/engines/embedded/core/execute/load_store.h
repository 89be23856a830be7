/* Loads and stores of the interpreter: through the page cache, else the bus. */
#ifndef EXECUTE_LOAD_STORE_H
#define EXECUTE_LOAD_STORE_H

#include "execute/executor.h"

#include <string.h>

/* False, of all: Unicorn has to do it. */
bool load_slowly(struct executor *executor, uint32_t address, unsigned width, uint32_t *value);
bool store_slowly(struct executor *executor, uint32_t address, unsigned width, uint32_t value);
bool load_target(struct executor *executor, const struct op *op);
bool load_multiple(struct executor *executor, const struct op *op);
bool store_multiple(struct executor *executor, const struct op *op);
bool load_pair(struct executor *executor, const struct op *op);
bool store_pair(struct executor *executor, const struct op *op);
/* Of floating-point registers, which Unicorn has: double ones, or half of one. */
bool load_doubles(struct executor *executor, const struct op *op);
bool store_doubles(struct executor *executor, const struct op *op);
bool load_half(struct executor *executor, const struct op *op);
bool store_half(struct executor *executor, const struct op *op);

/* An address that BX branches to without a fault. */
static inline bool is_target(const struct executor *executor, uint32_t target)
{
    bool handler = executor->cpu->state.exception != EXCEPTION_NONE;
    return target & 1 && (target < 0xF0000000 || (target >= 0xFF000000 && handler));
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

#endif
