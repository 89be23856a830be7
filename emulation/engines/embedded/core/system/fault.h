/* Faults: status registers, the record for the user, escalation to HardFault (B1.5.9 to B1.5.15). */
#ifndef SYSTEM_FAULT_H
#define SYSTEM_FAULT_H

#include "state/memory.h"
#include "system/nvic.h"

struct faults {
    struct cpu *cpu;
    struct nvic *nvic;
    struct scb *scb;
    struct shared *shared; /* shared.fault is the record */
};

/* Record a fault, with the registers as they are. */
void fault_record(struct faults *faults, unsigned exception);
void fault_record_access(struct faults *faults, uint32_t address, enum access access);
/* Set bits of CFSR and HFSR. */
void fault_set_status(struct faults *faults, uint32_t cfsr, uint32_t hfsr);
/* The exception to take for a fault, or EXCEPTION_NONE: lockup. */
unsigned fault_escalate(struct faults *faults, unsigned exception);
/* Precise bus faults of loads and stores are ignored: CCR.BFHFNMIGN, B3.2.8. */
bool fault_is_ignored(const struct faults *faults);
/* The run loop reports the record once the fault's handler has been entered. */
void fault_report(struct faults *faults, unsigned taken);
/* The processor stops executing (B1.5.15). */
void fault_lock_up(struct faults *faults);

#endif
