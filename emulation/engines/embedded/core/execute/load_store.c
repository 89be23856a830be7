#include "execute/load_store.h"

#include "execute/fp.h"

/* The bus serves it, it is aligned as the bus needs it, and the run won't stop behind it. */
static bool is_for_bus(struct executor *executor, uint32_t address, unsigned width, bool is_write)
{
    return !(address & (width - 1)) && !bus_is_guarded(executor->bus, address) &&
           bus_is_noticed(executor->bus, address, is_write) &&
           (!executor->bus->protection->active ||
            protection_permits(executor->bus->protection, address, width,
                               is_write ? MAY_WRITE : MAY_READ, true)) &&
           !watchpoint_is_hit(&executor->bus->watchpoints, address, width,
                              is_write ? WATCH_WRITE : WATCH_READ);
}

bool load_slowly(struct executor *executor, uint32_t address, unsigned width, uint32_t *value)
{
    const struct window *window = bus_recent(executor->bus, address, width);
    if (window) {
        *value = low_bytes(model_read(&executor->bus->lines, window, address, width), width);
        executor->budget = MAX_BUDGET;
        return true;
    }
    const uint8_t *bytes = memory_plain(executor->map, address, width, false);
    *value = 0;
    if (bytes) {
        memcpy(value, bytes, width);
    } else if (is_for_bus(executor, address, width, false)) {
        *value = bus_read(executor->bus, address, width);
        executor->budget = MAX_BUDGET;
    } else {
        return false;
    }
    return true;
}

bool store_slowly(struct executor *executor, uint32_t address, unsigned width, uint32_t value)
{
    const struct window *window = bus_recent(executor->bus, address, width);
    if (window) {
        schedule_note_effect(executor->schedule);
        model_write(&executor->bus->lines, window, address, low_bytes(value, width), width);
        executor->budget = MAX_BUDGET;
        return true;
    }
    uint8_t *bytes = memory_plain(executor->map, address, width, true);
    if (bytes) {
        memcpy(bytes, &value, width);
    } else if (is_for_bus(executor, address, width, true)) {
        bus_write(executor->bus, address, low_bytes(value, width), width);
        executor->budget = MAX_BUDGET;
    } else {
        return false;
    }
    return true;
}

/* The bytes of `size` floating-point words for op, in a floating-point context. */
static uint8_t *fp_words(struct executor *executor, const struct op *op, uint32_t size,
                         bool for_write)
{
    struct cpu *cpu = executor->cpu;
    uint8_t *bytes = words(executor, cpu->registers.r[op->n] + op->value, size, for_write);
    if (bytes)
        begin_fp_context(executor);
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
