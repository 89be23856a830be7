/*
 * Idle-loop skipping: loops that wait for an event are executed once and then counted.
 *
 * Firmware waits by spinning: an idle task, a delay until the tick counter moves, a poll of a status
 * register. If an iteration of a loop neither writes to a device nor reads from one anything but a
 * plain register, and changes nothing or only counts, it runs on until the next event. As many whole
 * iterations as fit before that are added to the cycle counter at once. The guest ends in the very
 * state in which executing them would have left it, so only speed shows that they were skipped.
 *
 * Now and then a probe watches the block being entered. If the CPU is there again soon, dry runs find
 * what an iteration does (loop.c). They don't know every instruction: now and then, for loops that
 * they can't execute, the registers are compared at the next visit of the block, and if they are the
 * same, registers and a copy of memory at the visit after that (shadow.c).
 */
#ifndef IDLE_IDLE_H
#define IDLE_IDLE_H

#include "idle/loop.h"

struct idle {
    bool enabled;
    enum { IDLE_OFF, IDLE_LOOP, IDLE_REGISTERS, IDLE_MEMORY } stage; /* what is watched for */
    uint64_t wait; /* cycles between probes */
    uint64_t copy_wait; /* cycles between comparisons of memory */
    uint64_t copy_next; /* cycle from which on one is possible */
    uint64_t cycle; /* at which the iteration began ... */
    uint64_t exceptions; /* ... and how many exceptions had been taken */
    uint64_t registers[40]; /* as they were then */
    struct loop_context context;
    struct schedule *schedule;
    struct host *host;
};

/* The probe is due, or the watched block wasn't entered in time. True: watch the block that is being
 * entered now, with block_watch. */
bool idle_probe(struct idle *idle);
/* The watched block is entered again. */
void idle_visit(struct idle *idle);
/* Give up the attempt under way. */
void idle_cancel(struct idle *idle);
/* Begin anew, after a jump in the guest's state. */
void idle_restart(struct idle *idle);
/* Have the next probe in that many cycles. */
void idle_schedule(struct idle *idle, uint64_t wait);
/* Skip iterations of the loop at whose start the CPU is, of up to `max` instructions each. False: it
 * isn't known to be an idle loop. */
bool idle_skip(struct idle *idle, uint32_t address, uint32_t max);

#endif
