/*
 * Virtual time: how far blocks may run, and what the run loop is asked to do before the next one.
 *
 * A block's entry compares one number, shared.limit, and does nothing else as long as the block ends
 * before it. Whoever needs the run loop's attention changes the schedule and thereby the limit;
 * nobody calls the run loop. It reads the requests when it comes by.
 */
#ifndef BASE_SCHEDULE_H
#define BASE_SCHEDULE_H

#include "base/shared.h"

enum request {
    REQUEST_BUS_FAULT = 1u << 0, /* take the imprecise bus fault that bus/ has noted */
    REQUEST_CHECKS = 1u << 1, /* set or remove the instruction checks, hooks/check.c */
    REQUEST_PROTECTION = 1u << 3, /* what the MPU permits has changed, system/mpu.h */
    REQUEST_WATCHPOINTS = 1u << 4, /* the DWT's comparators have changed, hooks/watchpoint.h */
    REQUEST_FIREWALL = 1u << 5, /* the firewall's segments have changed, bus/firewall.h */
    REQUEST_INTERPRETER = 1u << 2, /* let execute/ go on: the code accesses devices all the time */
};

/* Why execution ended. */
enum halt {
    HALT_NONE, /* it did not; of Unicorn: no hook ended it, so WFI did */
    HALT_SLEEP, /* WFI */
    HALT_WAIT_FOR_EVENT, /* WFE */
    HALT_LIMIT, /* the schedule: before a block */
    HALT_EXCEPTION, /* a pending exception can be taken: before a block */
    HALT_INTERRUPT, /* the instruction raised a CPU exception, host.interrupt */
    HALT_LOOK, /* before a block whose instructions may need a look, hooks/check.h */
    HALT_FORBIDDEN, /* within an instruction that accesses what the MPU forbids, hooks/forbidden.h */
    HALT_FP_CONTEXT, /* before a block that begins a floating-point context */
    HALT_UNWATCHED, /* before a block that is to be translated anew */
    HALT_CHECK, /* an instruction check failed, hooks/check.c */
    HALT_WATCHPOINT, /* behind an instruction that raised a debug event, within a charged block */
    HALT_BREAKPOINT, /* before an instruction in a block that has been charged */
    HALT_LEAVE, /* execute/ leaves the next block to Unicorn ... */
    HALT_LEAVE_WITHIN, /* ... or the rest of a block that has been charged */
};

/* It may be within an IT block, whose rest Unicorn executes first: whatever that does is undone. */
static inline bool halt_is_within(enum halt halt)
{
    return halt == HALT_CHECK || halt == HALT_FORBIDDEN || halt == HALT_WATCHPOINT ||
           halt == HALT_BREAKPOINT;
}

struct schedule {
    struct shared shared; /* first: a core begins with it */
    uint64_t timer; /* cycle of SysTick's next interrupt */
    uint64_t match; /* cycle at which CYCCNT is what a comparator of the DWT waits for */
    uint64_t ticks; /* cycle at which models/ticker.c sets the next flag */
    uint64_t probe; /* cycle at which idle/ wants to see the next block */
    uint32_t requests; /* enum request */
    uint32_t attention; /* of run/watchdog.c: return to Python; it never changes what the guest sees */
    uint32_t resumed_within; /* execution resumes in mid-block; its entry checked for interrupts */
    uint32_t rest; /* here, with bit 0 set, the next piece of the block charged is entered; 0: there is none */
    bool preemption; /* a pending exception is more urgent than all active ones ... */
    bool held; /* ... and a mask holds it back: not before a mask changes can it be taken */
    bool guarded; /* the entry of each block is looked at, bus/firewall.h */
    bool running; /* core_run is under way */
    bool basepri; /* Unicorn may have bits in BASEPRI that the chip lacks: the next block's entry looks */
    bool side_effects; /* since idle/ cleared it: another iteration may not have the same */
    uint64_t noticed; /* the cycle that a device saw last: time doesn't go back behind it */
};

/* Virtual time in ns. */
uint64_t time_now(const struct shared *shared);
/* The cycle of the next event that the guest notices. No block may end beyond it. */
uint64_t schedule_next_event(const struct schedule *schedule);
/* The cycle up to which blocks may run: the next event or the pause. */
uint64_t schedule_bound(const struct schedule *schedule);
/* Something must be dealt with before any other block. */
bool schedule_is_interrupted(const struct schedule *schedule);
/* The run is to be paused: at its cycle, or for the watchdog. */
bool schedule_is_paused(const struct schedule *schedule);
/* Recompute the limit, after any change of the schedule. */
void schedule_update(struct schedule *schedule);
/* A mask changes (PRIMASK, BASEPRI, FAULTMASK): pending exceptions are to be looked at again. */
void schedule_release(struct schedule *schedule);
/* Ask the run loop for something before the next block; or withdraw that. */
void schedule_request(struct schedule *schedule, enum request request);
void schedule_withdraw(struct schedule *schedule, enum request request);
/* A device has been accessed. */
void schedule_note_effect(struct schedule *schedule);
/* Cycles that were charged in advance aren't used. */
void schedule_refund(struct schedule *schedule, uint64_t cycles);
/* Ask for the end of the run, or for a reset. */
void schedule_stop(struct schedule *schedule);
void schedule_reset(struct schedule *schedule);

#endif
