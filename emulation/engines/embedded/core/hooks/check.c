#include "hooks/check.h"

#include "decode/decode.h"
#include "decode/operand.h"
#include "semantics/alu.h"

/* An IT instruction before it in its block switches off the instruction at `address`. */
static bool is_skipped(struct core *core, uint32_t address)
{
    struct decoder decoder = decoder_at(&core->map, block_address(core->code.current));
    while (decoder.pc < address)
        if (!decode_description(&decoder))
            return false;
    return decoder.it && !condition_holds(decoder.it >> 4, cpu_read(&core->cpu, XPSR) >> 28);
}

static bool divides_by_zero(struct core *core, const struct instruction *instruction)
{
    return instruction->divisor != ZERO &&
           cpu_read(&core->cpu, (enum reg)instruction->divisor) == 0;
}

static bool is_unaligned(struct core *core, const struct instruction *instruction)
{
    const struct memory_operand *operand = &instruction->operand;
    return operand->alignment && operand_address(operand, &core->cpu) & (operand->alignment - 1u);
}

static void fail(struct core *core, uint32_t address, uint32_t cause)
{
    core->checks.cause = cause;
    core->checks.address = address;
    host_halt(&core->host, HALT_CHECK);
}

/* Unicorn calls this before every instruction. */
static void on_instruction(uc_engine *uc, uint64_t address, uint32_t size, void *user)
{
    (void)uc;
    (void)size;
    struct core *core = user;
    if (core->host.halt == HALT_CHECK) /* within an IT block, which Unicorn goes on to finish */
        return;
    const struct instruction *instruction =
        description_at(&core->checks.descriptions, &core->map, (uint32_t)address);
    if (!instruction)
        return;
    uint32_t cause = 0;
    if (core->scb.ccr & CCR_DIV_0_TRP && divides_by_zero(core, instruction))
        cause = CFSR_DIVBYZERO;
    else if (core->scb.ccr & CCR_UNALIGN_TRP && is_unaligned(core, instruction))
        cause = CFSR_UNALIGNED;
    if (cause && !is_skipped(core, (uint32_t)address))
        fail(core, (uint32_t)address, cause);
}

void checks_apply(struct core *core)
{
    struct host *host = &core->host;
    bool wanted = scb_wants_checks(&core->scb);
    if (wanted)
        host->unicorn.hook_add(host->uc, &core->checks.handle, UC_HOOK_CODE, (void *)on_instruction,
                               core, 1, 0);
    else
        host->unicorn.hook_del(host->uc, core->checks.handle);
    host->checks = wanted;
    host->unicorn.ctl(host->uc, UC_CTL_TB_FLUSH_WRITE);
    schedule_withdraw(&core->schedule, REQUEST_CHECKS);
}

/* Unicorn calls this before the instruction that uses the disabled FPU. */
static void on_fpu_instruction(uc_engine *uc, uint64_t address, uint32_t size, void *user)
{
    (void)uc;
    (void)size;
    struct core *core = user;
    struct decoder decoder = decoder_at(&core->map, (uint32_t)address);
    if (!scb_fpu_is_enabled(&core->scb) && !is_skipped(core, (uint32_t)address) &&
        decode_description(&decoder) && decoder.last.flags & INSTRUCTION_FPU)
        fail(core, (uint32_t)address, CFSR_NOCP);
}

void fpu_check_begin(struct core *core)
{
    struct host *host = &core->host;
    uint32_t address = core->checks.address;
    fpu_check_end(core);
    host->unicorn.hook_add(host->uc, &core->checks.fpu_handle, UC_HOOK_CODE,
                           (void *)on_fpu_instruction, core, (uint64_t)address, (uint64_t)address);
    host->fpu_check = true;
    host_drop_translations(host, address, 4);
    core->schedule.resumed_within = 1;
}

void fpu_check_end(struct core *core)
{
    struct host *host = &core->host;
    if (host->fpu_check)
        host->unicorn.hook_del(host->uc, core->checks.fpu_handle);
    host->fpu_check = false;
}
