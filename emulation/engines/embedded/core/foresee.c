/*
 * Executing ahead without effect: what would the CPU do from here on?
 *
 * This recognises a loop that only waits at the first look, however short the wait (drift.c).
 * Instructions are executed on a copy of the registers, and stores go to a list. Whatever has an
 * effect beyond that, or isn't known here, ends the attempt: the answer is then that nothing can be
 * foreseen, and the CPU executes as ever.
 */
#include "ahead.h"
#include "arithmetic.h"

#include <string.h>

static struct store *stored(struct ahead *a, const uint8_t *bytes)
{
    for (unsigned i = 0; i < a->stores; i++)
        if (a->store[i].bytes == bytes)
            return &a->store[i];
    return NULL;
}

/* The word around an address within memory; NULL: something else is there. */
static uint8_t *word_at(struct ahead *a, uint32_t address, bool for_write)
{
    const struct page *page = page_at(a->core, address);
    if (!page || !page->memory || page->windows)
        return NULL;
    if (for_write && (!page->memory->writable || *page_flags(page) & (PAGE_TRAPPED | PAGE_EXECUTED)))
        return NULL;
    return page->memory->bytes + page->offset + (address & (PAGE_SIZE - 4));
}

static uint32_t lanes(uint32_t value, unsigned width)
{
    return width == 4 ? value : value & ((1u << 8 * width) - 1);
}

static bool load(struct ahead *a, uint32_t address, unsigned width, uint32_t *value)
{
    uint32_t word;
    if (address & (width - 1))
        return false;
    const uint8_t *bytes = word_at(a, address, false);
    if (bytes) {
        const struct store *store = stored(a, bytes);
        if (store) {
            word = store->now;
            a->loaded |= store->step;
            if (a->loaded && width != 4)
                return false;
        } else {
            memcpy(&word, bytes, 4);
        }
    } else if (!device_peek(a->core, address & ~3u, &word)) {
        return false;
    }
    *value = lanes(word >> 8 * (address & 3), width);
    return true;
}

static bool store(struct ahead *a, uint32_t address, unsigned width, uint32_t value)
{
    uint8_t *bytes = word_at(a, address, true);
    if (address & (width - 1) || !bytes)
        return false;
    struct store *store = stored(a, bytes);
    if (!store) {
        if (a->stores == MOST_STORES)
            return false;
        store = &a->store[a->stores++];
        store->bytes = bytes;
        memcpy(&store->before, bytes, 4);
        store->now = store->before;
        store->step = 0;
    }
    if (width != 4 && (store->step || a->storing))
        return false;
    store->step = a->storing;
    unsigned shift = 8 * (address & 3);
    uint32_t mask = lanes(0xFFFFFFFF, width) << shift;
    store->now = (store->now & ~mask) | (value << shift & mask);
    return true;
}

/* Only to Thumb code, and not out of a handler. */
static bool is_target(const struct ahead *a, uint32_t target)
{
    (void)a;
    return target & 1 && target < 0xF0000000;
}

static bool load_target(struct ahead *a, const struct op *op)
{
    uint32_t *r = a->cpu.r;
    return load(a, r[op->n] + op->value, 4, &r[op->d]) && is_target(a, r[op->d]);
}

static bool multiple(struct ahead *a, const struct op *op, bool is_load)
{
    uint32_t *r = a->cpu.r, list = op->value, size = 4 * bit_count(list), base = r[op->n];
    uint32_t start = op->how & MULTIPLE_DOWN ? base - size : base, address = start;
    for (unsigned i = 0; i < PC; i++)
        if (list >> i & 1) {
            if (is_load ? !load(a, address, 4, &r[i]) : !store(a, address, 4, r[i]))
                return false;
            address += 4;
        }
    if (op->how & MULTIPLE_BACK)
        r[op->n] = op->how & MULTIPLE_DOWN ? start : base + size;
    return !(list >> PC & 1) || (load(a, address, 4, &r[SCRATCH]) && is_target(a, r[SCRATCH]));
}

static bool load_multiple(struct ahead *a, const struct op *op)
{
    return multiple(a, op, true);
}

static bool store_multiple(struct ahead *a, const struct op *op)
{
    return multiple(a, op, false);
}

static bool load_pair(struct ahead *a, const struct op *op)
{
    uint32_t address = a->cpu.r[op->n] + op->value, first;
    if (!load(a, address, 4, &first) || !load(a, address + 4, 4, &a->cpu.r[op->m]))
        return false;
    a->cpu.r[op->d] = first;
    return true;
}

static bool store_pair(struct ahead *a, const struct op *op)
{
    uint32_t address = a->cpu.r[op->n] + op->value;
    return store(a, address, 4, a->cpu.r[op->d]) && store(a, address + 4, 4, a->cpu.r[op->m]);
}

/* What waits behind a mask would come out when it is lifted. */
static bool write_special(struct ahead *a, unsigned number, uint32_t value)
{
    return a->core->preempting == PRIORITY_THREAD && cpu_write_special(&a->cpu, number, value);
}

/* Execute a block. False: it cannot be foreseen. */
static bool execute(struct ahead *a, const struct decoded *block)
{
    struct cpu *cpu = &a->cpu;
    const struct op *op = block->ops;
    uint32_t *r = cpu->r, shifted = 0, value;
    static const void *const labels[] = {
#define LABEL(name) &&DO_##name,
        OPS(LABEL)
#undef LABEL
    };
#define D r[op->d]
#define X r[op->n]
#define Y (r[op->m] + op->value)
#define NEXT goto next
#define GO(target)                                                                                  \
    do {                                                                                            \
        a->pc = (target) & ~1u;                                                                     \
        return !a->drifting || drift_after(a);                                                      \
    } while (0)
#define EXCHANGE GO
#define CALL_SUPERVISOR(next) goto leave
#define SLEEP(next) goto leave
#define CONTEXT a
#define load_doubles(a, op) false /* the FPU's registers aren't copied */
#define store_doubles(a, op) false
#define load_half(a, op) false
#define store_half(a, op) false
begin:
    a->storing = a->loaded = 0;
    if (a->drifting && !drift_before(a, op))
        return false;
    goto *labels[op->code];
next:
    if (a->drifting && !drift_after(a))
        return false;
    op++;
    goto begin;
#include "steps.h"
leave:
    return false;
}

void ahead_begin(struct ahead *a, struct core *core, uint32_t address)
{
    a->core = core;
    a->stores = 0;
    a->drifting = false;
    a->pc = address;
    cpu_copy(core, &a->cpu);
}

/*
 * Execute from the block at `address` until it is entered again, within `most` instructions. The
 * number of instructions of that round; 0: that cannot be told, or isn't so.
 */
uint32_t ahead_round(struct ahead *a, uint32_t address, uint32_t most)
{
    uint32_t done = 0;
    if (a->cpu.it)
        return 0;
    do {
        const struct decoded *block = decoded_at(a->core, a->pc);
        if (!block || done + block->instructions > most || !execute(a, block))
            return 0;
        done += block->instructions;
    } while (a->pc != address);
    return done;
}
