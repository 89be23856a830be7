/*
 * Short runs of code, executed here instead of by Unicorn.
 *
 * A peripheral's handler is a few hundred instructions. To make Unicorn enter it, look its blocks up
 * and come back costs as much as a thousand, so what follows an exception is executed here, until
 * nothing but plain code has come for a while. Blocks have the extent that Unicorn gave them when
 * it executed them first, and are charged, interrupted and stopped before as they are there: which
 * of the two executes a block shows in nothing but speed. What isn't known here, or would fault, is
 * left to Unicorn, at an instruction's start.
 */
#include "arithmetic.h"

#include <string.h>

enum {
    PATIENCE = 1024, /* instructions after an exception or a wait */
    LONGEST_LOOP = 256, /* cycles of a round that is looked at */
    SHORTEST_WATCH = 32, /* cycles for which the CPU is expected at an address again */
    SHORTEST_WAIT = 32, /* cycles after a round that didn't only wait */
};

/* The search for a loop that only waits: is the CPU at the same address again soon? */
struct search {
    uint32_t address;
    uint64_t next; /* cycle at which to watch another */
    uint64_t watch, wait; /* how long next */
};

static inline struct near_page *near_page(struct near_page *pages, uint32_t address)
{
    /* Flash and RAM begin at multiples of 128 MB: their first pages are to be apart. */
    return &pages[(address >> PAGE_BITS ^ address >> 23) & (NEAR - 1)];
}

/* Bytes within one page of plain memory; NULL: they are something else, or not within one. */
static uint8_t *plain(struct core *core, uint32_t address, uint32_t size, bool for_write)
{
    const struct page *page = page_at(core, address);
    uint32_t within = address & (PAGE_SIZE - 1);
    if (!page || !page->memory || page->windows || within + size > PAGE_SIZE)
        return NULL;
    if (for_write) {
        uint8_t *flags = page_flags(page);
        if (!page->memory->writable || *flags & (PAGE_TRAPPED | PAGE_EXECUTED))
            return NULL;
        *flags |= PAGE_WRITTEN;
    }
    uint8_t *bytes = page->memory->bytes + page->offset;
    struct near_page *near = near_page(for_write ? core->writable : core->readable, address);
    *near = (struct near_page){address - within, bytes};
    return bytes + within;
}

void interpret_forget_pages(struct core *core)
{
    for (unsigned i = 0; i < NEAR; i++)
        core->readable[i].address = core->writable[i].address = NO_PAGE;
}

/* An access of which a device or the core's own registers may hear. */
static bool reaches_device(struct core *core, uint32_t address, unsigned width, bool for_write)
{
    if (address & (width - 1))
        return false;
    const struct page *page = page_at(core, address);
    if (page && page->memory)
        return page->windows || (for_write && *page_flags(page) & PAGE_TRAPPED);
    return (page && page->windows) || system_has(address) || is_bit_band(address);
}

static bool load_slowly(struct core *core, uint32_t address, unsigned width, uint32_t *value)
{
    const uint8_t *bytes = plain(core, address, width, false);
    *value = 0;
    if (bytes)
        memcpy(value, bytes, width);
    else if (reaches_device(core, address, width, false))
        *value = (uint32_t)device_read(core->uc, address, width, core);
    else
        return false;
    return true;
}

static bool store_slowly(struct core *core, uint32_t address, unsigned width, uint32_t value)
{
    uint8_t *bytes = plain(core, address, width, true);
    if (bytes)
        memcpy(bytes, &value, width);
    else if (reaches_device(core, address, width, true))
        device_write(core->uc, address, width,
                     width == 4 ? value : value & ((1u << 8 * width) - 1), core);
    else
        return false;
    return true;
}

/* An access within a near page and aligned has its page's address but for these bits. */
static inline bool is_near(const struct near_page *near, uint32_t address, unsigned width)
{
    return (address & (~(PAGE_SIZE - 1) | (width - 1))) == near->address;
}

static inline bool load(struct core *core, uint32_t address, unsigned width, uint32_t *value)
{
    const struct near_page *near = near_page(core->readable, address);
    if (UNLIKELY(!is_near(near, address, width)))
        return load_slowly(core, address, width, value);
    *value = 0;
    memcpy(value, near->bytes + (address & (PAGE_SIZE - 1)), width);
    return true;
}

static inline bool store(struct core *core, uint32_t address, unsigned width, uint32_t value)
{
    const struct near_page *near = near_page(core->writable, address);
    if (UNLIKELY(!is_near(near, address, width)))
        return store_slowly(core, address, width, value);
    memcpy(near->bytes + (address & (PAGE_SIZE - 1)), &value, width);
    return true;
}

/* The bytes of several words; NULL: not all are on one page of plain memory. */
static inline uint8_t *words(struct core *core, uint32_t address, uint32_t size, bool for_write)
{
    const struct near_page *near =
        near_page(for_write ? core->writable : core->readable, address);
    uint32_t within = address & (PAGE_SIZE - 1);
    if (UNLIKELY(within + size > PAGE_SIZE || address & 3))
        return NULL;
    return is_near(near, address, 4) ? near->bytes + within : plain(core, address, size, for_write);
}

/* An address that BX goes to without a fault. */
static bool is_target(const struct core *core, uint32_t target)
{
    return target & 1 && (target < 0xF0000000 ||
                          (target >= 0xFF000000 && core->state.exception != EXCEPTION_NONE));
}

static bool load_target(struct core *core, const struct op *op)
{
    uint32_t *r = core->cpu.r, word;
    const uint8_t *bytes = words(core, r[op->n] + op->value, 4, false);
    if (!bytes)
        return false;
    memcpy(&word, bytes, 4);
    if (!is_target(core, word))
        return false;
    r[op->d] = word;
    return true;
}

static bool load_multiple(struct core *core, const struct op *op)
{
    uint32_t *r = core->cpu.r;
    uint32_t list = op->value, size = 4 * bit_count(list), base = r[op->n];
    uint32_t start = op->how & MULTIPLE_DOWN ? base - size : base, word;
    const uint8_t *bytes = words(core, start, size, false);
    if (!bytes)
        return false;
    if (list >> PC & 1) {
        memcpy(&word, bytes + size - 4, 4);
        if (!is_target(core, word))
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

static bool store_multiple(struct core *core, const struct op *op)
{
    uint32_t *r = core->cpu.r;
    uint32_t list = op->value, size = 4 * bit_count(list), base = r[op->n];
    uint32_t start = op->how & MULTIPLE_DOWN ? base - size : base;
    uint8_t *bytes = words(core, start, size, true);
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

static bool load_pair(struct core *core, const struct op *op)
{
    uint32_t *r = core->cpu.r;
    uint32_t address = r[op->n] + op->value;
    const uint8_t *bytes = words(core, address, 8, false);
    if (!bytes)
        return false;
    memcpy(&r[op->d], bytes, 4);
    memcpy(&r[op->m], bytes + 4, 4);
    return true;
}

static bool store_pair(struct core *core, const struct op *op)
{
    uint32_t *r = core->cpu.r;
    uint32_t address = r[op->n] + op->value;
    uint8_t *bytes = words(core, address, 8, true);
    if (!bytes)
        return false;
    memcpy(bytes, &r[op->d], 4);
    memcpy(bytes + 4, &r[op->m], 4);
    return true;
}

/* The FPU is about to be used: a context of its own begins, B1.5.7. */
static void begin_floating(struct core *core)
{
    if (core->cpu.control & CONTROL_FPCA)
        return;
    core->cpu.control |= CONTROL_FPCA;
    cpu_write(core, FPSCR, 0);
}

static const uint8_t doubles[] = {D0,     D0 + 1,  D0 + 2,  D0 + 3,  D0 + 4,  D0 + 5,
                                  D0 + 6, D0 + 7,  D0 + 8,  D0 + 9,  D0 + 10, D0 + 11,
                                  D0 + 12, D0 + 13, D0 + 14, D15};

static bool load_doubles(struct core *core, const struct op *op)
{
    uint64_t values[16];
    const uint8_t *bytes = words(core, core->cpu.r[op->n] + op->value, 8u * op->how, false);
    if (!bytes)
        return false;
    begin_floating(core);
    memcpy(values, bytes, 8u * op->how);
    cpu_write_many(core, doubles + op->d, values, op->how);
    return true;
}

static bool store_doubles(struct core *core, const struct op *op)
{
    uint64_t values[16];
    uint8_t *bytes = words(core, core->cpu.r[op->n] + op->value, 8u * op->how, true);
    if (!bytes)
        return false;
    begin_floating(core);
    cpu_read_many(core, doubles + op->d, values, op->how);
    memcpy(bytes, values, 8u * op->how);
    return true;
}

static bool load_half(struct core *core, const struct op *op)
{
    const uint8_t reg[] = {(uint8_t)(D0 + op->d)};
    uint64_t value;
    const uint8_t *bytes = words(core, core->cpu.r[op->n] + op->value, 4, false);
    if (!bytes)
        return false;
    begin_floating(core);
    cpu_read_many(core, reg, &value, 1);
    memcpy((uint8_t *)&value + 4 * op->how, bytes, 4);
    cpu_write_many(core, reg, &value, 1);
    return true;
}

static bool store_half(struct core *core, const struct op *op)
{
    const uint8_t reg[] = {(uint8_t)(D0 + op->d)};
    uint64_t value;
    uint8_t *bytes = words(core, core->cpu.r[op->n] + op->value, 4, true);
    if (!bytes)
        return false;
    begin_floating(core);
    cpu_read_many(core, reg, &value, 1);
    memcpy(bytes, (uint8_t *)&value + 4 * op->how, 4);
    return true;
}

/* May what comes next be executed here? */
bool interpret_may_begin(struct core *core)
{
    if (!core->patience || core->state.resume_unchecked || core->breakpoints ||
        core->trap_hook_set || core->fpu_hook_set || !(core->state.pc & 1) ||
        cpu_is_unprivileged(core))
        return false;
    cpu_know(core);
    return !core->cpu.it;
}

/* After an exception more is likely to follow soon. */
void interpret_expect(struct core *core)
{
    core->patience = core->interpret ? PATIENCE : 0;
}

/* A block is about to be entered that is the one watched, or it is time for another. */
static void search_at(struct core *core, struct search *search, uint32_t address)
{
    if (search->address != address) {
        search->address = address;
        search->next = core->shared.cycles + search->watch;
        search->watch = search->watch < LONGEST_LOOP ? 2 * search->watch : SHORTEST_WATCH;
        core->repeat.impure = false;
        return;
    }
    search->wait *= 2;
    if (!core->repeat.impure && repeat_skip(core, address, LONGEST_LOOP)) {
        interpret_expect(core);
        search->wait = SHORTEST_WAIT;
        search->watch = SHORTEST_WATCH;
    }
    search->address = NO_ADDRESS;
    search->next = core->shared.cycles + search->wait;
}

/* The block at `pc`, if it may be entered now, charged; else NULL and why. */
static const struct decoded *enter(struct core *core, uint32_t pc, enum halt *halt)
{
    struct shared *shared = &core->shared;
    const struct decoded *block = decoded_at(core, pc);
    *halt = HALT_LEAVE;
    if (UNLIKELY(!block || core->patience < block->instructions))
        return NULL;
    uint64_t end = shared->cycles + block->instructions;
    if (UNLIKELY(end > shared->limit)) {
        *halt = block_obstacle(core, end);
        if (*halt != HALT_SLEEP)
            return NULL;
        if (end > core->repeat.next)
            repeat_schedule(core, core->repeat.wait);
        run_limit(core);
    }
    shared->cycles = end;
    shared->interpreted += block->instructions;
    core->patience -= block->instructions;
    return block;
}

/* Execute from the PC on. What it was left for is as Unicorn would have told it. */
enum halt interpret(struct core *core)
{
    struct cpu *cpu = &core->cpu;
    struct search search = {NO_ADDRESS, 0, SHORTEST_WATCH, SHORTEST_WAIT};
    const struct decoded *block;
    const struct op *op;
    uint32_t *r = cpu->r, pc = core->state.pc, shifted = 0, value;
    enum halt halt;
    static const void *const labels[] = {
#define LABEL(name) &&DO_##name,
        OPS(LABEL)
#undef LABEL
    };
    repeat_cancel(core);

#define D r[op->d]
#define X r[op->n]
#define Y (r[op->m] + op->value)
#define NEXT goto *labels[(++op)->code]
#define GO(target)                                                                                  \
    do {                                                                                            \
        pc = target;                                                                                \
        goto enter;                                                                                 \
    } while (0)
#define EXCHANGE(target)                                                                            \
    do {                                                                                            \
        pc = target;                                                                                \
        goto exchange;                                                                              \
    } while (0)
#define CALL_SUPERVISOR(next)                                                                       \
    do {                                                                                            \
        core->state.pc = (next) | 1;                                                                \
        core->interrupt_number = EXCP_SWI;                                                          \
        return HALT_INTERRUPT;                                                                      \
    } while (0)
#define SLEEP(next)                                                                                 \
    do {                                                                                            \
        core->state.pc = (next) | 1;                                                                \
        return HALT_SLEEP;                                                                          \
    } while (0)
#define CONTEXT core
#define write_special(core, number, value) cpu_write_special(cpu, number, value)

enter:
    pc &= ~1u;
    if (UNLIKELY(pc == search.address || core->shared.cycles >= search.next))
        search_at(core, &search, pc);
    block = enter(core, pc, &halt);
    if (UNLIKELY(!block)) {
        core->state.pc = pc | 1;
        return halt;
    }
    op = block->ops;
    goto *labels[op->code];

#include "steps.h"

exchange:
    if (pc < 0xF0000000)
        goto enter;
    core->state.pc = pc;
    core->interrupt_number = EXCP_EXCEPTION_EXIT;
    return HALT_INTERRUPT;

leave:
    cpu->it = op->it;
    core->block = block->known;
    core->state.pc = (block_address(block->known) + 2u * op->at) | 1;
    return HALT_LEAVE_WITHIN;
}

/* Whether anything is executed here, from now on. */
EXPORT void core_interpret(struct core *core, uint32_t enabled)
{
    core->interpret = enabled;
    interpret_expect(core);
}
