/*
 * The hook at every block's start: it counts time and keeps it within bounds.
 *
 * Everything that isn't counting is kept out of the way: a block that needs more (a hook, SEV, use
 * of a disabled FPU, a round's end that repeat.c waits for) has a mark in its entry, and whatever
 * else is to happen before the next block sets the limit to 0.
 */
#include "core.h"

#include <stdlib.h>

/* An entry: address, size in bytes with the mark at its top, number of instructions. */
enum { SIZE_SHIFT = 32, COUNT_SHIFT = 48 };
#define KEY_MASK ((1ull << COUNT_SHIFT) - 1)
#define SPECIAL (1ull << (COUNT_SHIFT - 1)) /* no block has 32 KB */

static uint64_t key_of(uint32_t address, uint32_t size)
{
    return address | (uint64_t)size << SIZE_SHIFT;
}

uint32_t block_address(uint64_t block)
{
    return (uint32_t)block;
}

uint32_t block_end(uint64_t block)
{
    return (uint32_t)block + (uint32_t)((block & KEY_MASK & ~SPECIAL) >> SIZE_SHIFT);
}

uint32_t block_count(uint64_t block)
{
    return (uint32_t)(block >> COUNT_SHIFT);
}

unsigned instruction_size(uint16_t first_halfword)
{
    return first_halfword >> 11 >= 0x1D ? 4 : 2;
}

static bool is_sev(uint16_t first, uint16_t second)
{
    return first == 0xBF40 || (first == 0xF3AF && second == 0x8004);
}

static bool is_fp(uint16_t first, uint16_t second)
{
    return (first & 0xEC00) == 0xEC00 && (second & 0x0E00) == 0x0A00; /* coprocessors 10, 11 */
}

/* What a range of code contains. */
struct contents {
    unsigned instructions;
    bool sends_event; /* one of them is SEV */
    uint32_t fp; /* the first that uses the FPU; NO_ADDRESS without one */
};

static struct contents examine(struct core *core, uint32_t address, uint32_t size)
{
    struct contents contents = {0, false, NO_ADDRESS};
    for (uint32_t at = address; at < address + size; contents.instructions++) {
        uint16_t first = 0, second = 0;
        if (!memory_fetch(core, at, &first))
            break;
        memory_fetch(core, at + 2, &second);
        contents.sends_event |= is_sev(first, second);
        if (contents.fp == NO_ADDRESS && is_fp(first, second))
            contents.fp = at;
        at += instruction_size(first);
    }
    return contents;
}

/* Does the instruction at an address use the FPU? */
bool block_uses_fpu(struct core *core, uint32_t address)
{
    return examine(core, address, 2).fp == address;
}

unsigned block_instructions(struct core *core, uint32_t address, uint32_t size)
{
    return examine(core, address, size).instructions;
}

static int compare_addresses(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

bool block_is_hooked(const struct core *core, uint32_t address)
{
    return core->hooked_count && bsearch(&address, core->hooked, core->hooked_count,
                                         sizeof address, compare_addresses);
}

static uint64_t *entry_of(struct core *core, uint32_t address)
{
    return &core->blocks[(address >> 1) & (BLOCK_CACHE - 1)];
}

static uint64_t learn(struct core *core, uint32_t address, uint32_t size)
{
    struct contents contents = examine(core, address, size);
    uint64_t count = contents.instructions ? contents.instructions : 1;
    bool special = block_is_hooked(core, address) || contents.sends_event ||
                   (contents.fp != NO_ADDRESS && !fpu_is_usable(core));
    if (core->repeat.watched == address) {
        core->repeat.special = special;
        special = true;
    }
    return key_of(address, size) | count << COUNT_SHIFT | (special ? SPECIAL : 0);
}

/* The plain block that Unicorn has found at an address; 0 if it hasn't, or more is to happen there. */
uint64_t block_known(struct core *core, uint32_t address)
{
    uint64_t block = *entry_of(core, address);
    bool watched = core->repeat.watched == address && !core->repeat.special;
    return block && block_address(block) == address && (watched || !(block & SPECIAL))
               ? block & ~SPECIAL
               : 0;
}

/* The watched block, which was marked for it, isn't watched any more. */
void block_unwatch(struct core *core)
{
    uint64_t *entry = entry_of(core, core->repeat.watched);
    if (block_address(*entry) == core->repeat.watched && !core->repeat.special)
        *entry &= ~SPECIAL;
    core->repeat.watched = NO_ADDRESS;
}

/* SEV or use of a disabled FPU in the block, or a hook at its start. False: stop before it. */
static bool run_special(struct core *core, uint32_t address, uint32_t size)
{
    if (core->passed_hook == address) {
        core->passed_hook = NO_ADDRESS;
    } else if (block_is_hooked(core, address)) {
        core->repeat.impure = true;
        python_call(core, core->block_handler, &address, 1, NULL);
        if (core->shared.stop) {
            core->passed_hook = address;
            run_halt(core, HALT_LIMIT);
            return false;
        }
    }
    struct contents contents = examine(core, address, size);
    if (contents.fp != NO_ADDRESS && !fpu_is_usable(core)) {
        core->trap_address = contents.fp;
        run_halt(core, HALT_FPU);
        return false;
    }
    if (contents.sends_event)
        core->state.event = 1;
    return true;
}

/*
 * What keeps a block from running that would end at cycle `end`; HALT_SLEEP: nothing. A pause lets
 * the block run that crosses it, so that every run makes progress.
 */
enum halt block_obstacle(struct core *core, uint64_t end)
{
    if (core->preempting < PRIORITY_THREAD && nvic_can_take(core))
        return HALT_EXCEPTION;
    if (run_is_interrupted(core) || core->shared.cycles >= core->shared.pause ||
        end > run_next_event(core))
        return HALT_LIMIT;
    return HALT_SLEEP;
}

/* May such a block run? If not, Unicorn has been stopped. */
static bool is_permitted(struct core *core, uint64_t end)
{
    enum halt halt = core->halt;
    if (halt != HALT_SLEEP) /* the stop was passed over */
        core->block = 0; /* of which nothing is left that has been charged */
    else
        halt = block_obstacle(core, end);
    if (halt != HALT_SLEEP)
        run_halt(core, halt);
    return halt == HALT_SLEEP;
}

/* A round may end here; if so, rounds are skipped. */
static void round_ends(struct core *core)
{
    if (!run_is_interrupted(core) && core->preempting == PRIORITY_THREAD &&
        core->halt == HALT_SLEEP)
        repeat_visit(core);
    else
        repeat_cancel(core);
}

static void enter_slowly(struct core *core, uint64_t *entry, uint32_t address, uint32_t size)
{
    bool unchecked = core->state.resume_unchecked;
    if ((*entry & KEY_MASK & ~SPECIAL) != key_of(address, size))
        *entry = learn(core, address, size);
    if (core->repeat.watched == address && !unchecked) {
        round_ends(core);
        run_limit(core);
    }
    uint64_t end = core->shared.cycles + (*entry >> COUNT_SHIFT);
    if (!unchecked && end > core->shared.limit) {
        if (!is_permitted(core, end))
            return;
        if (end > core->repeat.next) {
            if (repeat_probe(core, address)) {
                core->repeat.special = *entry & SPECIAL;
                *entry |= SPECIAL;
            }
            run_limit(core);
        }
    }
    core->block = *entry;
    if (*entry & SPECIAL && !unchecked && !run_special(core, address, size))
        return;
    core->shared.cycles = end;
    if (unchecked) {
        core->state.resume_unchecked = 0;
        run_limit(core);
    }
}

/* Unicorn calls this at the start of every block. */
void block_enter(uc_engine *uc, uint64_t address, uint32_t size, void *user)
{
    (void)uc;
    struct core *core = user;
    uint64_t *entry = entry_of(core, (uint32_t)address);
    uint64_t block = *entry, end = core->shared.cycles + (block >> COUNT_SHIFT);
    if (UNLIKELY((block & KEY_MASK) != key_of((uint32_t)address, size) ||
                 end > core->shared.limit)) {
        enter_slowly(core, entry, (uint32_t)address, size);
        return;
    }
    core->block = block;
    core->shared.cycles = end;
}

/* Unicorn calls this when it has translated a block: what was known of another there is void. */
void block_translated(uc_engine *uc, const struct uc_tb *block, const struct uc_tb *before,
                      void *user)
{
    (void)uc;
    (void)before;
    struct core *core = user;
    *entry_of(core, (uint32_t)block->pc) = 0;
    decoded_forget_block(core, (uint32_t)block->pc);
}

/* Forget what is known of the blocks in a range (its code changed). */
void block_forget(struct core *core, uint32_t start, uint32_t size)
{
    decoded_forget(core);
    for (unsigned i = 0; i < BLOCK_CACHE; i++) {
        uint64_t block = core->blocks[i];
        if (block && block_end(block) > start &&
            block_address(block) < (uint64_t)start + size)
            core->blocks[i] = 0;
    }
}

/* Addresses, sorted, of blocks at whose start `handler` is called. */
EXPORT void core_hook_blocks(struct core *core, uint32_t *addresses, uint32_t count,
                             PyObject *handler)
{
    core->hooked = addresses;
    core->hooked_count = count;
    core->block_handler = handler;
    block_forget(core, 0, UINT32_MAX);
}
