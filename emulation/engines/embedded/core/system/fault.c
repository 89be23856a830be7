#include "system/fault.h"

#include <string.h>

void fault_record(struct faults *faults, unsigned exception)
{
    static const uint8_t regs[] = {R0, R1, R2,  R3,  R4,  R5, R6, R7,
                                   R8, R9, R10, R11, R12, SP, LR, XPSR};
    struct fault *fault = &faults->shared->fault;
    uint64_t values[COUNT_OF(regs)];
    memset(fault, 0, sizeof *fault);
    cpu_read_many(faults->cpu, regs, values, COUNT_OF(regs));
    for (unsigned i = 0; i < COUNT_OF(regs); i++)
        fault->registers[regs[i]] = (uint32_t)values[i];
    fault->registers[PC] = faults->cpu->state.pc & ~1u;
    fault->raised = exception;
    fault->during = faults->cpu->state.exception;
}

void fault_record_access(struct faults *faults, uint32_t address, enum access access)
{
    faults->shared->fault.address = address;
    faults->shared->fault.access = access;
}

void fault_set_status(struct faults *faults, uint32_t cfsr, uint32_t hfsr)
{
    faults->scb->cfsr |= cfsr;
    faults->scb->hfsr |= hfsr;
    faults->shared->fault.cfsr |= cfsr;
    faults->shared->fault.hfsr |= hfsr;
}

unsigned fault_escalate(struct faults *faults, unsigned exception)
{
    const struct nvic *nvic = faults->nvic;
    int running = nvic_execution_priority(faults->nvic, true);
    if (exception != EXCEPTION_HARD_FAULT && bit_get(nvic->state.enabled, exception) &&
        nvic_group_priority(nvic, nvic->state.priority[exception]) < running)
        return exception;
    if (running <= PRIORITY_HARD_FAULT)
        return EXCEPTION_NONE;
    if (exception != EXCEPTION_HARD_FAULT)
        fault_set_status(faults, 0, HFSR_FORCED);
    return EXCEPTION_HARD_FAULT;
}

bool fault_is_ignored(const struct faults *faults)
{
    return faults->scb->ccr & CCR_BFHFNMIGN &&
           nvic_execution_priority(faults->nvic, true) <= PRIORITY_HARD_FAULT;
}

void fault_report(struct faults *faults, unsigned taken)
{
    faults->shared->fault.taken = taken;
    faults->shared->fault_ready = 1;
}

void fault_lock_up(struct faults *faults)
{
    faults->cpu->state.locked_up = 1;
    fault_report(faults, EXCEPTION_NONE);
}
