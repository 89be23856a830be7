#include "hooks/check.h"

#include "decode/decode.h"
#include "decode/it_block.h"
#include "decode/operand.h"
#include "semantics/alu.h"

#include <string.h>

enum { TRUSTED = 1024 };

typedef void hook_function(uc_engine *uc, uint64_t address, uint32_t size, void *user);

/* ITSTATE of the instruction at `address` of the block being executed. */
static uint8_t it_state_at(struct core *core, uint32_t address)
{
    struct decoder decoder = decoder_at(&core->map, block_address(core->code.current));
    decoder.it = decoder.pc == core->checks.start ? core->checks.start_it
                                                  : it_behind_msr(&core->map, decoder.pc);
    while (decoder.pc < address)
        if (!decode_description(&decoder))
            return 0;
    return decoder.it;
}

static bool divides_by_zero(struct core *core, const struct instruction *instruction)
{
    return instruction->divisor != ZERO &&
           cpu_read(&core->cpu, (enum reg)instruction->divisor) == 0;
}

static bool misses_alignment(struct core *core, const struct instruction *instruction)
{
    const struct memory_operand *operand = &instruction->operand;
    return operand->alignment && operand_address(operand, &core->cpu) & (operand->alignment - 1u);
}

static bool is_unaligned(struct core *core, const struct instruction *instruction)
{
    bool wants = instruction->flags & INSTRUCTION_ALIGNED || core->scb.ccr & CCR_UNALIGN_TRP;
    return wants && misses_alignment(core, instruction);
}

static bool is_executed(struct core *core, uint8_t it)
{
    return !it || condition_holds(it >> 4, cpu_read(&core->cpu, XPSR) >> 28);
}

/* An access that this core permits. */
static void report_unaligned(struct core *core, const struct instruction *instruction)
{
    uint32_t address = instruction->address;
    uint32_t arguments[] = {address, operand_address(&instruction->operand, &core->cpu)};
    if (is_executed(core, it_state_at(core, address)))
        host_call(&core->host, core->checks.unaligned, arguments, 2, NULL);
}

static bool misaligns_stack(struct core *core, const struct instruction *instruction)
{
    return instruction->stack != ZERO && cpu_read(&core->cpu, (enum reg)instruction->stack) & 3;
}

/* An access as by unprivileged code, which the MPU forbids. */
static bool is_forbidden(struct core *core, const struct instruction *instruction)
{
    bool is_store = instruction->flags & INSTRUCTION_STORE;
    if (!(instruction->flags & INSTRUCTION_UNPRIVILEGED) || !core->protection.active)
        return false;
    core->checks.access_address = operand_address(&instruction->operand, &core->cpu);
    core->checks.access = is_store ? ACCESS_WRITE : ACCESS_READ;
    return !protection_permits(&core->protection, core->checks.access_address,
                               instruction->operand.alignment, is_store ? MAY_WRITE : MAY_READ,
                               false);
}

/* Unicorn would execute it wrongly: the core does. Without FPCCR.ASPEN CONTROL.FPCA is not the guest's. */
static bool is_for_core(struct core *core, const struct instruction *instruction)
{
    if (instruction->flags & INSTRUCTION_CONTROL)
        return !(core->scb.fpccr & FPCCR_ASPEN);
    if (instruction->flags & INSTRUCTION_FIXED_POINT)
        return cpu_read(&core->cpu, FPSCR) & FPSCR_RMODE;
    if (instruction->flags & INSTRUCTION_DUAL)
        return cpu_read(&core->cpu, (enum reg)instruction->n) == DUAL_MINIMUM &&
               cpu_read(&core->cpu, (enum reg)instruction->m) == DUAL_MINIMUM;
    return misaligns_stack(core, instruction);
}

static const uint8_t saved[CHECK_SAVED] = {R0, R1, R2, R3,  R4,  R5,  R6, R7,
                                           R8, R9, R10, R11, R12, SP, LR, XPSR};
/* In this order CONTROL decides first which stack SP is. Unprivileged code changes only CONTROL.FPCA. */
static const uint8_t saved_specials[CHECK_SAVED_SPECIALS] = {CONTROL, MSP,     PSP,
                                                             PRIMASK, BASEPRI, FAULTMASK};
static const uint8_t saved_fp[CHECK_SAVED_FP] = {
    FPSCR,  D0,     D0 + 1, D0 + 2,  D0 + 3,  D0 + 4,  D0 + 5,  D0 + 6,  D0 + 7,
    D0 + 8, D0 + 9, D0 + 10, D0 + 11, D0 + 12, D0 + 13, D0 + 14, D15,
};

/*
 * Unicorn stops before the instruction, but not within an IT block: it executes the rest of the block
 * first. The registers are kept to be restored, and memory is barred (bus/tlb.c), so that nothing
 * of that shows.
 */
void check_keep(struct core *core)
{
    struct instruction_checks *checks = &core->checks;
    checks->block = core->code.current;
    checks->specials_kept = cpu_is_unprivileged(&core->cpu) ? 1 : CHECK_SAVED_SPECIALS;
    cpu_read_many(&core->cpu, saved_specials, checks->specials, checks->specials_kept);
    cpu_read_many(&core->cpu, saved, checks->registers, CHECK_SAVED);
    cpu_read_many(&core->cpu, saved_fp, checks->registers + CHECK_SAVED, CHECK_SAVED_FP);
    core->tlb.barred = true;
    host_flush_tlb(&core->host);
}

void check_restore(struct core *core)
{
    const struct instruction_checks *checks = &core->checks;
    cpu_write_many(&core->cpu, saved_specials, checks->specials, checks->specials_kept);
    cpu_write_many(&core->cpu, saved, checks->registers, CHECK_SAVED);
    cpu_write_many(&core->cpu, saved_fp, checks->registers + CHECK_SAVED, CHECK_SAVED_FP);
    core->tlb.barred = false;
    host_flush_tlb(&core->host);
}

void check_return_to(struct core *core, uint32_t address, uint8_t it)
{
    core->code.current = core->checks.block;
    core->cpu.state.pc = address | 1;
    cpu_fetch(&core->cpu);
    core->cpu.registers.it = it;
}

static void stop_within(struct core *core, uint32_t address, uint8_t it, enum halt halt)
{
    struct instruction_checks *checks = &core->checks;
    checks->address = address;
    checks->block = core->code.current;
    checks->it = it;
    if (it)
        check_keep(core);
    host_halt(&core->host, halt);
}

void check_stop(struct core *core, uint32_t address, enum halt halt)
{
    stop_within(core, address, it_state_at(core, address), halt);
}

void check_return(struct core *core)
{
    const struct instruction_checks *checks = &core->checks;
    if (checks->it)
        check_restore(core);
    check_return_to(core, checks->address, checks->it);
}

/* Behind a skipped use of the FPU in the same block Unicorn begins no context, A2.5.7. */
static bool begins_context(struct core *core, const struct instruction *instruction)
{
    return instruction->flags & INSTRUCTION_FPU && core->scb.fpccr & FPCCR_ASPEN &&
           !(cpu_read(&core->cpu, CONTROL) & CONTROL_FPCA);
}

/* True: the instruction may execute. */
static bool look(struct core *core, uint32_t address)
{
    if (core->host.halt != HALT_NONE) /* within an IT block, which Unicorn goes on to finish */
        return true;
    const struct instruction *instruction =
        description_at(&core->checks.descriptions, &core->map, address);
    if (!instruction)
        return true;
    uint32_t cause = 0;
    if (core->protection.active &&
        !protection_permits(&core->protection, instruction->address, instruction->size, MAY_EXECUTE,
                            !cpu_is_unprivileged(&core->cpu)))
        cause = CFSR_IACCVIOL;
    else if (instruction->flags & INSTRUCTION_FPU && !scb_fpu_is_enabled(&core->scb))
        cause = CFSR_NOCP;
    else if (core->scb.ccr & CCR_DIV_0_TRP && divides_by_zero(core, instruction))
        cause = CFSR_DIVBYZERO;
    else if (is_unaligned(core, instruction))
        cause = CFSR_UNALIGNED;
    else if (is_forbidden(core, instruction))
        cause = CFSR_DACCVIOL;
    else if (!is_for_core(core, instruction) && !begins_context(core, instruction)) {
        if (core->host.reports && misses_alignment(core, instruction))
            report_unaligned(core, instruction);
        return true;
    }
    uint8_t it = it_state_at(core, address);
    if (is_executed(core, it)) {
        core->checks.cause = cause;
        core->checks.begins_context = !cause && !is_for_core(core, instruction);
        stop_within(core, address, it, HALT_CHECK);
    }
    return false;
}

/* Unicorn calls this before an instruction. */
static void on_instruction(uc_engine *uc, uint64_t address, uint32_t size, void *user)
{
    (void)uc;
    (void)size;
    look(user, (uint32_t)address);
}

static void on_watched(uc_engine *uc, uint64_t address, uint32_t size, void *user)
{
    (void)uc;
    (void)size;
    struct watched *watched = user;
    if (look(watched->core, (uint32_t)address) && !watched->lasts && ++watched->passed == TRUSTED)
        watched->core->checks.retires = true;
}

static size_t add_hook(struct core *core, hook_function *function, void *user, uint64_t first,
                       uint64_t last)
{
    const struct host *host = &core->host;
    size_t handle = 0;
    host->unicorn.hook_add(host->uc, &handle, UC_HOOK_CODE, (void *)function, user, first, last);
    return handle;
}

void checks_report(struct core *core, bool wanted, PyObject *handler)
{
    core->host.reports = wanted;
    core->checks.unaligned = wanted ? handler : NULL;
    scs_update_checks(&core->scs);
}

static void unhook(struct core *core, struct watched *watched)
{
    core->host.unicorn.hook_del(core->host.uc, watched->handle);
    host_drop_translations(&core->host, watched->address, 4);
    watched->handle = 0;
    core->checks.watches--;
}

/* A hook at every instruction sees those that are watched, too: Unicorn would go through all of their
 * hooks before each. */
static void unhook_all(struct core *core)
{
    for (unsigned i = 0; i < WATCHED; i++)
        if (core->checks.watched[i].handle)
            unhook(core, &core->checks.watched[i]);
}

void checks_apply(struct core *core)
{
    struct host *host = &core->host;
    bool wanted = scb_wants_checks(&core->scb) || host->reports;
    if (wanted) {
        unhook_all(core);
        core->checks.handle = add_hook(core, on_instruction, core, 1, 0);
    } else {
        host->unicorn.hook_del(host->uc, core->checks.handle);
        code_reexamine(&core->code); /* some are to be watched again */
    }
    host->checks = wanted;
    host->unicorn.ctl(host->uc, UC_CTL_TB_FLUSH_WRITE);
    schedule_withdraw(&core->schedule, REQUEST_CHECKS);
}

/* Another instruction needs the place: this one is watched again when its block is next entered. */
static void evict(struct core *core, struct watched *watched)
{
    if (!watched->handle)
        return;
    unhook(core, watched);
    block_t *entry = block_entry(&core->code, watched->block);
    if (watched->block == NO_ADDRESS)
        code_reexamine(&core->code);
    else if (block_address(*entry) == watched->block)
        *entry = 0;
}

static void make_room(struct core *core)
{
    struct instruction_checks *checks = &core->checks;
    if (checks->watches < MAX_WATCHED)
        return;
    while (!checks->watched[checks->next_evicted].handle)
        checks->next_evicted = (checks->next_evicted + 1) % WATCHED;
    evict(core, &checks->watched[checks->next_evicted]);
    checks->next_evicted = (checks->next_evicted + 1) % WATCHED;
}

static uint32_t code_at(const struct core *core, uint32_t address)
{
    const uint8_t *bytes = memory_at(&core->map, address, 4, false);
    uint32_t code = 0;
    if (bytes)
        memcpy(&code, bytes, 4);
    return code;
}

static struct watched *watched_at(struct core *core, uint32_t address)
{
    return &core->checks.watched[address / 2 % WATCHED];
}

static bool is_known(const struct core *core, const struct watched *watched, uint32_t address)
{
    return watched->address == address && watched->code == code_at(core, address);
}

bool check_is_watched(struct core *core, uint32_t address, uint32_t block)
{
    if (core->host.checks)
        return true;
    struct watched *watched = watched_at(core, address);
    if (!is_known(core, watched, address))
        return false;
    if (watched->block != block)
        watched->block = NO_ADDRESS;
    return watched->handle || watched->passed >= TRUSTED;
}

void check_watch(struct core *core, uint32_t address, uint32_t block)
{
    struct watched *watched = watched_at(core, address);
    if (check_is_watched(core, address, block))
        return;
    uint32_t passed = is_known(core, watched, address) ? watched->passed : 0;
    evict(core, watched);
    make_room(core);
    const struct instruction *instruction =
        description_at(&core->checks.descriptions, &core->map, address);
    *watched = (struct watched){.core = core,
                                .address = address,
                                .code = code_at(core, address),
                                .passed = passed,
                                .block = block,
                                .lasts = instruction && instruction->flags & INSTRUCTION_DUAL};
    watched->handle = add_hook(core, on_watched, watched, address, address);
    core->checks.watches++;
}

void checks_retire(struct core *core)
{
    struct instruction_checks *checks = &core->checks;
    for (unsigned i = 0; i < WATCHED; i++) {
        struct watched *watched = &checks->watched[i];
        if (!watched->handle || watched->passed < TRUSTED)
            continue;
        unhook(core, watched);
    }
    checks->retires = false;
}

void check_begin(struct core *core)
{
    struct host *host = &core->host;
    uint32_t address = core->checks.address;
    check_end(core);
    core->checks.look_handle = add_hook(core, on_instruction, core, address, core->checks.end - 1u);
    host->look = true;
    host_drop_translations(host, address, core->checks.end - address);
    core->schedule.resumed_within = 1;
}

void check_end(struct core *core)
{
    struct host *host = &core->host;
    if (host->look)
        host->unicorn.hook_del(host->uc, core->checks.look_handle);
    host->look = false;
}
