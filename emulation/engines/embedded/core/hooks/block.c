#include "hooks/block.h"

#include "decode/decode_block.h"
#include "hooks/code_hook.h"
#include "hooks/forbidden.h"
#include "hooks/guard.h"

static bool uses_disabled_fpu(const struct core *core, const struct block_contents *contents)
{
    return contents->fpu != NO_ADDRESS && !scb_fpu_is_enabled(&core->scb);
}

static bool has_automatic_contexts(const struct core *core)
{
    return core->scb.fpccr & FPCCR_ASPEN;
}

/* An FP context that begins at the block begins with another FPSCR than Unicorn's 0, B1.5.7; without
 * FPCCR.ASPEN none begins. */
static bool begins_context(struct core *core, const struct block_contents *contents)
{
    if (contents->fpu == NO_ADDRESS || !scb_fpu_is_enabled(&core->scb))
        return false;
    bool begins = has_automatic_contexts(core) ? core->scb.fpdscr && !contents->may_skip_fpu : true;
    return begins && !(cpu_read(&core->cpu, CONTROL) & CONTROL_FPCA);
}

/* The first use of the FPU may be skipped, and a context begins behind it. */
static bool may_begin_context(struct core *core, const struct block_contents *contents)
{
    bool may = contents->skips_fpu || (contents->may_skip_fpu && core->scb.fpdscr);
    return may && has_automatic_contexts(core) &&
           !(cpu_read(&core->cpu, CONTROL) & CONTROL_FPCA);
}

static uint32_t earlier(uint32_t address, uint32_t other)
{
    if (address == NO_ADDRESS || other == NO_ADDRESS)
        return address == NO_ADDRESS ? other : address;
    return address < other ? address : other;
}

/* The first instruction of a marked block that Unicorn must not execute unseen; or NO_ADDRESS. */
static uint32_t first_of_marked(struct core *core, uint32_t address, uint32_t size)
{
    const struct block_contents *contents = guard_contents(core, address, size);
    uint32_t first = forbidden_instruction(core, address, size);
    if (uses_disabled_fpu(core, contents) || may_begin_context(core, contents))
        first = earlier(first, contents->fpu);
    if (!has_automatic_contexts(core))
        first = earlier(first, contents->control);
    if (contents->fixed_point != NO_ADDRESS && cpu_read(&core->cpu, FPSCR) & FPSCR_RMODE)
        first = earlier(first, contents->fixed_point);
    return first;
}

/* The same of any block, which comes behind another. */
static uint32_t first_to_look_at(struct core *core, block_t block, block_t before)
{
    uint32_t address = block_address(block), size = block_end(block) - address;
    uint32_t first = NO_ADDRESS;
    if (block & BLOCK_GUARD && !guard_admits(core, address, size, before))
        first = core->checks.address;
    if (block_is_marked(&core->code, block))
        first = earlier(first, first_of_marked(core, address, size));
    return first;
}

/* The MPU permits only part of the block's page to be executed. */
static bool is_permitted_in_part(const struct core *core, uint32_t address)
{
    const struct protection *protection = &core->protection;
    uint32_t page = address & ~(PAGE_SIZE - 1);
    unsigned rights;
    return protection->active && (!mpu_page_rights(protection->mpu, page, true, &rights) ||
                                  !mpu_page_rights(protection->mpu, page, false, &rights));
}

/* A block's entry in the code cache, with its mark. */
static block_t learn(struct core *core, uint32_t address, uint32_t piece)
{
    uint32_t size = decode_size(&core->map, address, piece);
    const struct learned *learned = guard_learn(core, address, size);
    const struct block_contents *contents = &learned->contents;
    uint64_t count = contents->instructions ? contents->instructions : 1;
    bool marked = code_hook_is_at(core, address) || call_log_is_at(core->calls, address) || firewall_has_code(&core->firewall, address, size) || contents->sends_event ||
                  contents->opens_monitor || is_permitted_in_part(core, address) || uses_disabled_fpu(core, contents) ||
                  contents->fixed_point != NO_ADDRESS || contents->skips_fpu ||
                  (contents->fpu != NO_ADDRESS && core->scb.fpdscr) ||
                  (contents->fpu != NO_ADDRESS && !has_automatic_contexts(core)) ||
                  (contents->control != NO_ADDRESS && !has_automatic_contexts(core));
    block_t block = block_key(address, size) | count << BLOCK_COUNT_SHIFT |
                    (marked ? BLOCK_MARK : 0) |
                    (contents->changes_masks ? BLOCK_MASKS : 0) |
                    (learned->guard.count ? BLOCK_GUARD : 0) | (size > piece ? BLOCK_CUT : 0);
    if (core->code.watched == address)
        block_watch(&core->code, &block, address);
    return block;
}

/* The block that has been charged ends behind the piece being entered, or has another there. */
static void enter_piece(struct core *core, block_t block, uint32_t end)
{
    core->schedule.rest = end < block_end(block) ? end | 1 : 0;
    schedule_update(&core->schedule);
}

/* Stop Unicorn, to go on with a look at each instruction. */
static void look_from(struct core *core, uint32_t address, uint32_t end)
{
    core->checks.address = address;
    core->checks.end = end;
    host_halt(&core->host, HALT_LOOK);
}

/* What a marked block is marked for, but for looks. False: Unicorn has been stopped before it. */
static bool enter_marked(struct core *core, uint32_t address, uint32_t size)
{
    const struct block_contents *contents = guard_contents(core, address, size);
    if (begins_context(core, contents)) {
        host_halt(&core->host, HALT_FP_CONTEXT);
        return false;
    }
    if (!code_hook_call(core, address)) {
        host_halt(&core->host, HALT_LIMIT);
        return false;
    }
    if (contents->sends_event)
        core->cpu.state.event = 1;
    if (contents->opens_monitor)
        core->cpu.state.monitor = MONITOR_OPEN;
    return true;
}

/* A block that ends at cycle `end` may run. If not, Unicorn has been stopped. */
static bool is_permitted(struct core *core, uint64_t end)
{
    enum halt halt = nvic_obstacle(&core->nvic, end);
    if (halt != HALT_NONE)
        host_halt(&core->host, halt);
    return halt == HALT_NONE;
}

/* The watched block: an iteration may end here. */
static void enter_watched(struct core *core)
{
    if (!schedule_is_interrupted(&core->schedule) && (!core->schedule.preemption || core->schedule.held) &&
        core->host.halt == HALT_NONE)
        idle_visit(&core->idle);
    else
        idle_cancel(&core->idle);
    schedule_update(&core->schedule);
}

/* Unicorn keeps all bits that MSR writes to BASEPRI. It ends a block behind MSR. */
static void clear_basepri(struct core *core)
{
    uint32_t basepri = cpu_read(&core->cpu, BASEPRI), mask = core->cpu.registers.priority_mask;
    if (basepri & ~mask)
        cpu_write(&core->cpu, BASEPRI, basepri & mask);
    core->schedule.basepri = false;
    schedule_update(&core->schedule);
}

static NOINLINE void enter_slowly(struct core *core, block_t *entry, uint32_t address, uint32_t piece)
{
    struct schedule *schedule = &core->schedule;
    bool unchecked = schedule->resumed_within;
    if (core->tlb.service)
        return;
    if (core->host.halt != HALT_NONE) { /* Unicorn ignored that stop, within an IT block */
        core->code.current = 0; /* the block that was charged is through */
        host_halt(&core->host, core->host.halt);
        return;
    }
    if (schedule->basepri)
        clear_basepri(core);
    if (schedule->rest == (address | 1)) {
        enter_piece(core, core->code.current, address + piece);
        return;
    }
    if (!block_is_at(*entry, address, piece))
        *entry = learn(core, address, piece);
    uint32_t size = block_end(*entry) - address;
    if (UNLIKELY(core->checks.unwatched)) {
        core->checks.address = address;
        core->checks.end = address + size;
        host_halt(&core->host, HALT_UNWATCHED);
        return;
    }
    if (UNLIKELY(core->firewall.state.enabled) && !unchecked &&
        !firewall_admits(&core->firewall, address, size)) {
        host_halt(&core->host, HALT_LIMIT);
        return;
    }
    if (core->code.watched == address && !unchecked)
        enter_watched(core);
    uint64_t end = schedule->shared.cycles + block_count(*entry);
    if (!unchecked && end > schedule->shared.limit) {
        if (!is_permitted(core, end))
            return;
        if (end > schedule->probe && idle_probe(&core->idle))
            block_watch(&core->code, entry, address);
        schedule_update(schedule);
    }
    block_t before = core->code.current;
    core->code.current = *entry;
    if (block_is_marked(&core->code, *entry) && !unchecked && !enter_marked(core, address, size))
        return;
    if (!(unchecked && core->host.look)) {
        uint32_t first = first_to_look_at(core, *entry, before);
        if (first != NO_ADDRESS) {
            look_from(core, first, address + size);
            return;
        }
    }
    schedule->shared.cycles = end;
    if (*entry & BLOCK_MASKS) {
        schedule_release(schedule);
        protection_request_update(&core->protection); /* FAULTMASK may switch the MPU */
        if (core->cpu.registers.priority_mask != 0xFF && guard_contents(core, address, size)->writes_basepri) {
            schedule->basepri = true;
            schedule_update(schedule);
        }
    }
    if (unchecked) {
        schedule->resumed_within = 0;
        schedule_update(schedule);
    }
    if (*entry & BLOCK_CUT)
        enter_piece(core, *entry, address + piece);
}

void block_enter(uc_engine *uc, uint64_t address, uint32_t size, void *user)
{
    (void)uc;
    struct core *core = user;
    struct shared *shared = &core->schedule.shared;
    block_t *entry = block_entry(&core->code, (uint32_t)address), block = *entry;
    uint64_t end = shared->cycles + block_count(block);
    if (UNLIKELY((block ^ block_key((uint32_t)address, size)) << (64 - BLOCK_COUNT_SHIFT) ||
                 end > shared->limit)) {
        enter_slowly(core, entry, (uint32_t)address, size);
        return;
    }
    core->code.current = block;
    shared->cycles = end;
}

void block_translated(uc_engine *uc, const struct uc_tb *block, const struct uc_tb *before,
                      void *user)
{
    (void)uc;
    (void)before;
    struct core *core = user;
    code_translated(&core->code, (uint32_t)block->pc);
}
