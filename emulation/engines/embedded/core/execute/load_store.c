#include "execute/load_store.h"

/* The bus serves it, and it is aligned as the bus needs it. */
static bool is_for_bus(struct executor *executor, uint32_t address, unsigned width, bool is_write)
{
    return !(address & (width - 1)) && bus_is_noticed(executor->bus, address, is_write);
}

bool load_slowly(struct executor *executor, uint32_t address, unsigned width, uint32_t *value)
{
    const uint8_t *bytes = memory_plain(executor->map, address, width, false);
    *value = 0;
    if (bytes)
        memcpy(value, bytes, width);
    else if (is_for_bus(executor, address, width, false))
        *value = bus_read(executor->bus, address, width);
    else
        return false;
    return true;
}

bool store_slowly(struct executor *executor, uint32_t address, unsigned width, uint32_t value)
{
    uint8_t *bytes = memory_plain(executor->map, address, width, true);
    if (bytes)
        memcpy(bytes, &value, width);
    else if (is_for_bus(executor, address, width, true))
        bus_write(executor->bus, address, low_bytes(value, width), width);
    else
        return false;
    return true;
}

/* The bytes of several words; NULL: not all are on one page of plain memory. */
static uint8_t *words(struct executor *executor, uint32_t address, uint32_t size, bool for_write)
{
    struct page_cache *cache = &executor->map->cache;
    if (UNLIKELY((address & (PAGE_SIZE - 1)) + size > PAGE_SIZE || address & 3))
        return NULL;
    uint8_t *bytes = cached_bytes(for_write ? cache->writable : cache->readable, address, 4);
    return bytes ? bytes : memory_plain(executor->map, address, size, for_write);
}

bool load_target(struct executor *executor, const struct op *op)
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

bool load_multiple(struct executor *executor, const struct op *op)
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

bool store_multiple(struct executor *executor, const struct op *op)
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

bool load_pair(struct executor *executor, const struct op *op)
{
    uint32_t *r = executor->cpu->registers.r;
    const uint8_t *bytes = words(executor, r[op->n] + op->value, 8, false);
    if (!bytes)
        return false;
    memcpy(&r[op->d], bytes, 4);
    memcpy(&r[op->m], bytes + 4, 4);
    return true;
}

bool store_pair(struct executor *executor, const struct op *op)
{
    const uint32_t *r = executor->cpu->registers.r;
    uint8_t *bytes = words(executor, r[op->n] + op->value, 8, true);
    if (!bytes)
        return false;
    memcpy(bytes, &r[op->d], 4);
    memcpy(bytes + 4, &r[op->m], 4);
    return true;
}

/* The FPU is about to be used: a context of its own begins, B1.5.7. */
static void begin_fp_context(struct cpu *cpu)
{
    if (cpu->registers.control & CONTROL_FPCA)
        return;
    cpu->registers.control |= CONTROL_FPCA;
    cpu_write(cpu, FPSCR, 0);
}

/* The bytes of `size` floating-point words for op, in a floating-point context. */
static uint8_t *fp_words(struct executor *executor, const struct op *op, uint32_t size,
                         bool for_write)
{
    struct cpu *cpu = executor->cpu;
    uint8_t *bytes = words(executor, cpu->registers.r[op->n] + op->value, size, for_write);
    if (bytes)
        begin_fp_context(cpu);
    return bytes;
}

static const uint8_t doubles[] = {D0,     D0 + 1,  D0 + 2,  D0 + 3,  D0 + 4,  D0 + 5,
                                  D0 + 6, D0 + 7,  D0 + 8,  D0 + 9,  D0 + 10, D0 + 11,
                                  D0 + 12, D0 + 13, D0 + 14, D15};

bool load_doubles(struct executor *executor, const struct op *op)
{
    uint64_t values[COUNT_OF(doubles)];
    const uint8_t *bytes = fp_words(executor, op, 8u * op->how, false);
    if (!bytes)
        return false;
    memcpy(values, bytes, 8u * op->how);
    cpu_write_many(executor->cpu, doubles + op->d, values, op->how);
    return true;
}

bool store_doubles(struct executor *executor, const struct op *op)
{
    uint64_t values[COUNT_OF(doubles)];
    uint8_t *bytes = fp_words(executor, op, 8u * op->how, true);
    if (!bytes)
        return false;
    cpu_read_many(executor->cpu, doubles + op->d, values, op->how);
    memcpy(bytes, values, 8u * op->how);
    return true;
}

bool load_half(struct executor *executor, const struct op *op)
{
    uint64_t value;
    const uint8_t *bytes = fp_words(executor, op, 4, false);
    if (!bytes)
        return false;
    cpu_read_many(executor->cpu, doubles + op->d, &value, 1);
    memcpy((uint8_t *)&value + 4 * op->how, bytes, 4);
    cpu_write_many(executor->cpu, doubles + op->d, &value, 1);
    return true;
}

bool store_half(struct executor *executor, const struct op *op)
{
    uint64_t value;
    uint8_t *bytes = fp_words(executor, op, 4, true);
    if (!bytes)
        return false;
    cpu_read_many(executor->cpu, doubles + op->d, &value, 1);
    memcpy(bytes, (uint8_t *)&value + 4 * op->how, 4);
    return true;
}
