/* What the core shares with Python: the beginning of a core, mirrored by native.py. */
#ifndef BASE_SHARED_H
#define BASE_SHARED_H

#include "base/base.h"

/* Why core_run returned; mirrored by engine.py. */
enum outcome {
    OUTCOME_DEADLINE,
    OUTCOME_PAUSE,
    OUTCOME_STOP,
    OUTCOME_FAULT,
    OUTCOME_RESET,
    OUTCOME_BREAKPOINT,
    OUTCOME_UNICORN_ERROR,
};

enum access { ACCESS_NONE, ACCESS_FETCH, ACCESS_READ, ACCESS_WRITE };

enum { CORE_REGISTERS = 17 }; /* R0 to R15 and xPSR, as a debugger shows them */

/* A fault with the registers from before exception entry. */
struct fault {
    uint32_t raised; /* the fault's own exception number */
    uint32_t taken; /* the exception entered; 0: lockup */
    uint32_t cfsr, hfsr; /* the bits that this fault set */
    uint32_t address; /* of the refused access, if `access` is one */
    uint32_t access; /* enum access */
    uint32_t frame; /* where the registers were stacked; 0: nowhere */
    uint32_t during; /* the exception that was active */
    uint32_t registers[CORE_REGISTERS];
};

struct shared {
    uint64_t cycles; /* core cycles since power-on: one per instruction */
    uint64_t deadline; /* cycle of the next event of Python's clock */
    uint64_t pause; /* cycle at which core_run returns; it never changes what the guest sees */
    uint64_t limit; /* no block may end beyond it without a look at the schedule */
    uint32_t stop; /* end the run before the next block */
    uint32_t unicorn_error;
    uint32_t reset_requested;
    uint32_t fault_ready;
    struct fault fault;
    uint32_t stop_address; /* of the breakpoint */
    uint32_t debugger; /* BKPT halts instead of faulting */
    uint32_t watched_address, watched_access; /* that hit a watchpoint; no access: none did */
    uint32_t watched_value, watched_width;
    uint64_t time, time_cycles; /* at that cycle it was that time, in ns; since then ... */
    uint64_t time_hertz; /* ... the core runs at that frequency */
    uint64_t exceptions_taken, runs;
    uint64_t iterations_skipped; /* of idle loops, see idle/ */
    uint64_t interpreted; /* instructions that execute/ executed instead of Unicorn */
};

#endif
