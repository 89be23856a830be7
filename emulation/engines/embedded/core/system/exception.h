/* Exception entry and return (B1.5.6 to B1.5.8), and the faults that are taken at an instruction. */
#ifndef SYSTEM_EXCEPTION_H
#define SYSTEM_EXCEPTION_H

#include "base/host.h"
#include "state/exception_log.h"
#include "system/fault.h"
#include "system/mpu.h"

struct exceptions {
    struct faults faults;
    const struct memory_map *map;
    struct cpu *cpu;
    struct nvic *nvic;
    struct scb *scb;
    struct schedule *schedule;
    struct protection *protection;
    struct host *host;
    struct exception_log *log; /* or NULL */
};

/* Stack the context and enter the handler. */
void exception_enter(struct exceptions *exceptions, unsigned exception, bool synchronous);
/* A branch to EXC_RETURN in handler mode. */
void exception_return(struct exceptions *exceptions, uint32_t exc_return);
/* An SVC instruction, B1.5.12. */
void exception_svc(struct exceptions *exceptions);
/* Take a fault at the current instruction: `cfsr` and `hfsr` are the status bits to set. */
void exception_fault(struct exceptions *exceptions, unsigned exception, uint32_t cfsr,
                     uint32_t hfsr);
/* A BusFault of an earlier store: it stays pending while something more urgent executes (B1.5.14). */
void exception_imprecise_fault(struct exceptions *exceptions, uint32_t address, enum access access);
/* A BKPT instruction without a halting debugger, C1.4.1. */
void exception_breakpoint(struct exceptions *exceptions);
/* The same for a fault with an address. */
void exception_fault_at(struct exceptions *exceptions, unsigned exception, uint32_t cfsr,
                        uint32_t address, enum access access);

#endif
