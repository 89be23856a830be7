/*
 * A core: a Cortex-M4F around Unicorn's ARM translator.
 *
 * Each part knows the parts it uses by pointers, which run/lifecycle.c sets. Hooks and the run loop,
 * from this floor on, work on the whole.
 */
#ifndef HOOKS_CORE_H
#define HOOKS_CORE_H

#include "bus/tlb.h"
#include "decode/description.h"
#include "execute/executor.h"
#include "system/exception.h"

/* Callbacks at blocks' starts: hooks/code_hook.c. */
struct code_hooks {
    uint32_t *addresses; /* sorted */
    uint32_t count;
    PyObject *handler; /* called with the address */
    uint32_t passed; /* here it was called before a stop and isn't called again; or NO_ADDRESS */
};

/* Instruction checks: hooks/check.c. */
struct instruction_checks {
    uint32_t cause, address; /* CFSR bit and instruction of HALT_CHECK */
    size_t handle, fpu_handle; /* Unicorn's, while host.checks and host.fpu_check are set */
    struct descriptions descriptions;
};

struct core {
    struct schedule schedule; /* first: Python has struct shared at a core's address */
    struct host host;
    struct cpu cpu;
    struct scb scb;
    struct nvic nvic;
    struct systick systick;
    struct mpu mpu;
    struct dwt dwt;
    struct itm itm;
    struct scs scs;
    struct ppb ppb;
    struct exceptions exceptions;
    struct bus bus;
    struct tlb tlb;
    struct idle idle;
    struct executor executor;
    struct code_hooks code_hooks;
    uint32_t passed_breakpoint; /* the run stopped at this one and goes on; or NO_ADDRESS */
    size_t watch_handle; /* Unicorn's, while there are watchpoints */
    struct instruction_checks checks;
    struct memory_map map;
    struct code_cache code;
};

#endif
