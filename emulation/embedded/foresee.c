/*
 * Executing ahead without effect: what would the CPU do from here on?
 *
 * This recognises a loop that only waits at the first look, however short the wait (drift.c).
 * Instructions are interpreted on a copy of the registers, and stores go to a list. Whatever has an
 * effect beyond that, or isn't known here, ends the attempt: the answer is then that nothing can be
 * foreseen, and the CPU executes as ever. The instructions are in narrow.c and wide.c.
 */
#include "ahead.h"

#include <string.h>

struct store *ahead_stored(struct ahead *a, const uint8_t *bytes)
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

bool ahead_load(struct ahead *a, uint32_t address, unsigned width, uint32_t *value)
{
    uint32_t word;
    if (address & (width - 1))
        return false;
    const uint8_t *bytes = word_at(a, address, false);
    if (bytes) {
        const struct store *store = ahead_stored(a, bytes);
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

bool ahead_put(struct ahead *a, uint32_t address, unsigned width, uint32_t value)
{
    uint8_t *bytes = word_at(a, address, true);
    if (address & (width - 1) || !bytes)
        return false;
    struct store *store = ahead_stored(a, bytes);
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

/* Loads the registers in `list` from `address` on. */
bool ahead_load_list(struct ahead *a, uint32_t list, uint32_t address)
{
    for (unsigned i = 0; i < 15; i++, list >>= 1)
        if (list & 1) {
            if (!ahead_load(a, address, 4, &a->r[i]))
                return false;
            address += 4;
        }
    uint32_t target;
    return !(list & 1) || (ahead_load(a, address, 4, &target) && ahead_jump_exchange(a, target));
}

bool ahead_load_extended(struct ahead *a, unsigned target, uint32_t address, unsigned width,
                         bool is_signed)
{
    uint32_t value;
    if (!ahead_load(a, address, width, &value))
        return false;
    if (is_signed)
        value = width == 1 ? (uint32_t)(int8_t)value : (uint32_t)(int16_t)value;
    a->r[target] = value;
    return true;
}

/* Execute one instruction. False: it cannot be foreseen. */
static bool execute(struct ahead *a)
{
    uint16_t first, second = 0;
    uint32_t pc = a->r[15];
    if (!memory_fetch(a->core, pc, &first))
        return false;
    unsigned size = instruction_size(first);
    if (size == 4 && !memory_fetch(a->core, pc + 2, &second))
        return false;
    a->r[15] = pc + size;
    a->jumped = false;
    bool in_it = a->it, skipped = in_it && !ahead_holds(a, a->it >> 4);
    if (in_it)
        a->it = a->it & 7 ? (a->it & 0xE0) | (a->it << 1 & 0x1F) : 0;
    if (skipped)
        return first >> 8 != 0xBE; /* BKPT is never skipped */
    a->storing = a->loaded = 0;
    if (a->drifting && !drift_before(a, first, second))
        return false;
    bool known = size == 2 ? ahead_narrow(a, first, in_it) : ahead_wide(a, first, second);
    return known && !(in_it && a->jumped) && (!a->drifting || drift_after(a));
}

bool ahead_begin(struct ahead *a, struct core *core, uint32_t address)
{
    static const uint8_t regs[] = {R0, R1, R2, R3, R4, R5, R6, R7,
                                   R8, R9, R10, R11, R12, SP, LR, XPSR};
    uint64_t values[16];
    a->core = core;
    a->stores = 0;
    a->it = 0;
    a->drifting = false;
    cpu_read_many(core, regs, values, 16);
    for (unsigned i = 0; i < 15; i++)
        a->r[i] = (uint32_t)values[i];
    a->r[15] = address;
    uint32_t xpsr = (uint32_t)values[15];
    a->n = xpsr >> 31;
    a->z = xpsr >> 30 & 1;
    a->c = xpsr >> 29 & 1;
    a->v = xpsr >> 28 & 1;
    return !(xpsr & 0x0600FC00); /* not within an IT block */
}

/*
 * Execute from the block at `address` until it is entered again, within `most` instructions. The
 * number of instructions of that round; 0: that cannot be told, or isn't so.
 */
uint32_t ahead_round(struct ahead *a, uint32_t address, uint32_t most)
{
    for (uint32_t done = 1; done <= most; done++) {
        if (!execute(a))
            return 0;
        if (a->jumped && block_is_hooked(a->core, a->r[15]))
            return 0;
        /* Only where a block ends does the next one begin, at which rounds are counted. */
        if (a->jumped && a->r[15] == address)
            return done;
    }
    return 0;
}

/* For tests: r0 to r15 and the flags after `count` instructions from here on. */
EXPORT bool core_foresee(struct core *core, uint32_t count, uint32_t *registers)
{
    struct ahead a;
    if (!ahead_begin(&a, core, core->state.pc & ~1u))
        return false;
    while (count--)
        if (!execute(&a))
            return false;
    memcpy(registers, a.r, sizeof a.r);
    registers[16] = (uint32_t)a.n << 31 | (uint32_t)a.z << 30 | (uint32_t)a.c << 29 |
                    (uint32_t)a.v << 28;
    return true;
}
