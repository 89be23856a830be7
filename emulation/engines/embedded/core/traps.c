/*
 * Faults of instructions that Unicorn executes without: division by zero and unaligned access, which
 * CCR can ask for (B3.2.8), and use of an FPU that CPACR doesn't enable (B3.2.20).
 *
 * While a guest has one of the former on, a hook looks at every instruction before it executes, at
 * about a tenth of the usual speed. Off, as after reset, they cost nothing. Use of the FPU is seen
 * when a block is entered; a hook at the instruction then stops there.
 */
#include "arithmetic.h"

enum {
    UC_HOOK_CODE = 4,
    UC_CTL_TB_REMOVE_CACHE_WRITE = 9 | 2 << 26 | 1 << 30,
    UC_CTL_TB_FLUSH_WRITE = 10 | 1 << 30,
};

/* Is the instruction at `address` switched off by an IT instruction before it in its block? */
static bool is_skipped(struct core *core, uint32_t address)
{
    uint32_t it = 0; /* ITSTATE, A7.3.3 */
    for (uint32_t at = block_address(core->block); at < address;) {
        uint16_t code = 0;
        if (!memory_fetch(core, at, &code))
            return false;
        if (it)
            it = it & 7 ? (it & 0xE0) | (it << 1 & 0x1F) : 0;
        else if ((code & 0xFF00) == 0xBF00 && code & 0xF)
            it = code & 0xFF;
        at += instruction_size(code);
    }
    return it && !(holding[it >> 4] >> (cpu_read(core, XPSR) >> 28) & 1);
}

static bool divides_by_zero(struct core *core, uint16_t first, uint16_t second)
{
    bool divides = (first & 0xFFD0) == 0xFB90 && (second & 0xF0F0) == 0xF0F0; /* SDIV, UDIV */
    return divides && cpu_read(core, (enum reg)(second & 0xF)) == 0;
}

static bool is_unaligned(struct core *core, uint32_t pc)
{
    uint32_t address = 0;
    unsigned alignment = access_decode(core, pc, &address);
    return alignment && address & (alignment - 1);
}

/* Unicorn calls this before every instruction. */
static void on_instruction(uc_engine *uc, uint64_t address, uint32_t size, void *user)
{
    (void)uc;
    (void)size;
    struct core *core = user;
    uint16_t first = 0, second = 0;
    if (core->halt == HALT_TRAP) /* trapped within an IT block, which Unicorn goes on to finish */
        return;
    if (!memory_fetch(core, (uint32_t)address, &first))
        return;
    memory_fetch(core, (uint32_t)address + 2, &second);
    uint32_t cause = 0;
    if (core->state.ccr & CCR_DIV_0_TRP && divides_by_zero(core, first, second))
        cause = CFSR_DIVBYZERO;
    else if (core->state.ccr & CCR_UNALIGN_TRP && is_unaligned(core, (uint32_t)address))
        cause = CFSR_UNALIGNED;
    if (!cause || is_skipped(core, (uint32_t)address))
        return;
    core->trap_cause = cause;
    core->trap_address = (uint32_t)address;
    run_halt(core, HALT_TRAP);
}

static bool wanted(const struct core *core)
{
    return core->state.ccr & (CCR_DIV_0_TRP | CCR_UNALIGN_TRP);
}

/* CCR may have changed. What is translated cannot be dropped while it executes: the run loop is
 * asked to do so before the next block. */
void traps_update(struct core *core)
{
    core->traps_changed = wanted(core) != core->trap_hook_set;
    run_limit(core);
}

void traps_apply(struct core *core)
{
    core->traps_changed = false;
    if (wanted(core))
        core->unicorn.hook_add(core->uc, &core->trap_hook, UC_HOOK_CODE, (void *)on_instruction,
                               core, 1, 0);
    else
        core->unicorn.hook_del(core->uc, core->trap_hook);
    core->trap_hook_set = wanted(core);
    core->unicorn.ctl(core->uc, UC_CTL_TB_FLUSH_WRITE);
}

bool fpu_is_usable(const struct core *core)
{
    return core->state.cpacr >> 20 & 3;
}

static void retranslate(struct core *core, uint32_t address)
{
    core->unicorn.ctl(core->uc, UC_CTL_TB_REMOVE_CACHE_WRITE, (uint64_t)address,
                      (uint64_t)address + 4);
}

/* Unicorn calls this before the instruction that uses the disabled FPU. */
static void on_fp_instruction(uc_engine *uc, uint64_t address, uint32_t size, void *user)
{
    (void)uc;
    (void)size;
    struct core *core = user;
    if (fpu_is_usable(core) || is_skipped(core, (uint32_t)address) ||
        !block_uses_fpu(core, (uint32_t)address)) /* the code has changed since */
        return;
    core->trap_cause = CFSR_NOCP;
    core->trap_address = (uint32_t)address;
    run_halt(core, HALT_TRAP);
}

/* Execute the block that Unicorn was stopped before, up to the use of the FPU. */
void fpu_approach(struct core *core)
{
    fpu_forget(core);
    core->unicorn.hook_add(core->uc, &core->fpu_hook, UC_HOOK_CODE, (void *)on_fp_instruction, core,
                           (uint64_t)core->trap_address, (uint64_t)core->trap_address);
    core->fpu_hook_set = true;
    retranslate(core, core->trap_address);
    core->state.resume_unchecked = 1;
}

void fpu_forget(struct core *core)
{
    if (core->fpu_hook_set)
        core->unicorn.hook_del(core->uc, core->fpu_hook);
    core->fpu_hook_set = false;
}
