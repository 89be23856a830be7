/*
 * A core: a Cortex-M4F around Unicorn's ARM translator.
 *
 * Each part knows the parts it uses by pointers, which run/lifecycle.c sets. Hooks and the run loop,
 * from this floor on, work on the whole.
 */
#ifndef HOOKS_CORE_H
#define HOOKS_CORE_H

#include "bus/firewall.h"
#include "bus/tlb.h"
#include "decode/description.h"
#include "decode/decode_block.h"
#include "decode/guard.h"
#include "execute/executor.h"
#include "state/call_log.h"
#include "system/exception.h"

/* Callbacks at blocks' starts: hooks/code_hook.c. */
struct code_hooks {
    uint32_t *addresses; /* sorted */
    uint32_t count;
    PyObject *handler; /* called with the address */
    uint32_t passed; /* here it was called before a stop and isn't called again; or NO_ADDRESS */
};

enum { CHECK_SAVED = 16, CHECK_SAVED_FP = 17, CHECK_SAVED_SPECIALS = 6, WATCHED = 4096, MAX_WATCHED = 256 };

/* An instruction that is looked at wherever it executes. */
struct watched {
    struct core *core;
    uint32_t address, code; /* 0: there is none */
    uint32_t passed; /* how often it was found harmless */
    bool lasts; /* it is looked at for ever */
    uint32_t block; /* the block that has it; NO_ADDRESS: several have */
    size_t handle; /* Unicorn's; 0: it isn't looked at any more */
};

/* Instruction checks: hooks/check.c. */
struct instruction_checks {
    uint32_t address; /* the instruction of HALT_CHECK; of HALT_LOOK the first to look at ... */
    uint32_t end; /* ... and the end of its block */
    uint32_t cause; /* of HALT_CHECK: CFSR bit; 0: the core is to execute the instruction ... */
    bool begins_context; /* ... or to begin an FP context before it */
    uint32_t access_address; /* of an access that the MPU forbids ... */
    enum access access; /* ... and its kind */
    uint32_t start; /* where Unicorn began to execute, with ... */
    uint8_t start_it; /* ... this ITSTATE */
    uint32_t admitted; /* the block that its guard admitted last, since then */
    bool unwatched; /* one of the block's instructions is to be watched first */
    uint8_t it; /* ITSTATE at the instruction of HALT_CHECK ... */
    block_t block; /* ... and its block */
    uint64_t registers[CHECK_SAVED + CHECK_SAVED_FP]; /* at an instruction within an IT block */
    uint64_t specials[CHECK_SAVED_SPECIALS];
    unsigned specials_kept; /* the first ones, which the code may change */
    PyObject *unaligned; /* while host.reports is set: called with an instruction and its access */
    PyObject *fresh; /* called with an instruction and what it loads, hooks/fresh.h; or NULL */
    size_t handle, look_handle; /* Unicorn's, while host.checks and host.look are set */
    unsigned watches; /* how many have a hook */
    bool retires; /* one of them needs none any more */
    unsigned next_evicted; /* where to look for one that makes room */
    struct watched watched[WATCHED];
    struct descriptions descriptions;
};

enum { LEARNED = 2048 };

/* What is asked for at a block's entry again and again. */
struct learned {
    struct guard guard;
    struct block_contents contents;
};

/* How run/watchdog.c sees a core. */
struct watch {
    struct watch *next;
    struct schedule *schedule;
    uint64_t calls; /* of core_run */
    uint64_t seen; /* how many at the last look */
};

struct core {
    struct schedule schedule; /* first: Python has struct shared at a core's address */
    struct host host;
    struct cpu cpu;
    struct scb scb;
    struct nvic nvic;
    struct systick systick;
    struct mpu mpu;
    struct protection protection;
    struct recent_page recent_pages[2];
    struct known_regions known_regions[KNOWN_REGIONS];
    struct dwt dwt;
    struct itm itm;
    struct scs scs;
    struct ppb ppb;
    struct exceptions exceptions;
    struct bus bus;
    struct agenda agenda;
    struct tlb tlb;
    struct idle idle;
    struct executor executor;
    struct code_hooks code_hooks;
    struct call_log *calls; /* or NULL */
    PyObject *deep_sleep_handler; /* called with whether it begins; or NULL */
    PyObject *sleep_handler; /* the same of any sleep, while `follows_sleep` */
    uint32_t passed_breakpoint, passed_step; /* the run stopped there and goes on; or NO_ADDRESS */
    PyObject *semihosting; /* called at BKPT 0xAB; or NULL */
    size_t watch_handle; /* Unicorn's, while there are watchpoints */
    struct firewall firewall;
    struct instruction_checks checks;
    struct learned learned[LEARNED]; /* by address; hooks/guard.c */
    struct memory_map map;
    struct code_cache code;
    struct watch watch;
};

#endif
