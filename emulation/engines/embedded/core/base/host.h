/* The host: Unicorn, which executes most of the guest's code, and Python, which has the models. */
#ifndef BASE_HOST_H
#define BASE_HOST_H

#include "base/python.h"
#include "base/schedule.h"
#include "base/unicorn.h"

/* A line's level that Python hasn't been given yet. */
struct deferred_level {
    PyObject *line;
    bool level;
};

enum { MAX_DEFERRED = 4 };

struct host {
    uc_engine *uc;
    struct unicorn unicorn;
    struct python python;
    PyObject *level_name, *state_name, *is_true, *is_false; /* "level", "state", True, False */
    /* Bring objects of Python up to date, before Python looks at them. */
    void (*flush)(void *flush_of);
    void *flush_of;
    struct deferred_level deferred[MAX_DEFERRED];
    unsigned deferred_count;
    /* Models may have changed, or when they act: Python had control, for one. */
    void (*resume)(void *resume_of);
    void *resume_of;
    struct schedule *schedule;
    enum halt halt; /* what ended Unicorn's execution */
    uint32_t interrupt; /* EXCP_... of HALT_INTERRUPT */
    /* Hooks at instructions. While there is any, only Unicorn executes. */
    uint32_t steps; /* single steps, hooks/breakpoint.c */
    bool checks; /* of every instruction, hooks/check.c */
    bool reports; /* unaligned accesses, which wants such checks */
    bool look; /* of those of one block */
};

/*
 * Make Unicorn return. Only ever from a hook at a block's or an instruction's start: a stop within
 * an instruction would make it execute again. Within an IT block Unicorn ignores the stop; the limit
 * makes the next block do it again.
 */
void host_halt(struct host *host, enum halt halt);
/* Drop what Unicorn has translated from a range of code. Not from within a store. */
void host_drop_translations(struct host *host, uint32_t address, uint32_t size);
/* Make Unicorn ask for every page anew, bus/tlb.h; possible while it executes, too. */
void host_flush_tlb(struct host *host);
/* Call a Python callable with up to three unsigned integers. False: it raised, and the run stops. */
bool host_call(struct host *host, PyObject *callable, const uint32_t *arguments, int count,
               uint32_t *result);
/* Python gets control: what has been deferred is done. */
void host_flush(struct host *host);
/* Set the `state` of a model that does nothing but follow a pin. */
void host_set_state(struct host *host, PyObject *model, bool state);
/* Set the `level` of a line object, at the latest before Python gets control. */
void host_set_level(struct host *host, PyObject *line, bool level);

#endif
