/*
 * What Python calls beside lifecycle.h, run.h and layout.h; native.py declares all of it. The
 * interpreter's lock is held.
 *
 * A `handle` is Unicorn's name for a hook. Objects handed in stay the caller's, and must live as long
 * as the core does or until they are replaced.
 */
#ifndef RUN_API_H
#define RUN_API_H

#include "hooks/core.h"

EXPORT void core_set_priority_mask(struct core *core, uint32_t mask);
EXPORT void core_set_line(struct core *core, uint32_t exception, uint32_t level);
/* Make an interrupt pending, as software can. */
EXPORT void core_pend(struct core *core, uint32_t exception);
EXPORT bool core_drive_pin(struct core *core, struct pins *pins, uint32_t number, uint32_t level);

/* Map `size` bytes of a memory, from `offset` on, at `base`. All are multiples of a page. */
EXPORT bool core_map_memory(struct core *core, struct memory *memory, uint32_t base,
                            uint32_t offset, uint32_t size);
EXPORT bool core_map_window(struct core *core, const struct window *window);
EXPORT bool core_set_model(struct core *core, uint32_t base, struct model *model);
/* Models whose flags are set here from now on, until they are replaced by others. */
EXPORT void core_serve(struct core *core, const struct served *served);
EXPORT bool core_handle_writes(struct core *core, uint32_t start, uint32_t size, PyObject *handler);
/* An access to a reserved word of a page with models: fault, or call `handler`. */
EXPORT void core_reserved_policy(struct core *core, uint32_t strict, PyObject *handler);
/* `handler` is called with 1 when the core falls asleep with SLEEPDEEP, and with 0 when that ends. */
EXPORT void core_on_deep_sleep(struct core *core, PyObject *handler);
EXPORT void core_on_sleep(struct core *core, PyObject *handler);
EXPORT void core_follow_sleep(struct core *core, uint32_t follows);
/* From now on only a reset ends the sleep. */
EXPORT void core_power_down(struct core *core);
/* Execute nothing, and take no exception, until it is ended. */
EXPORT void core_halt(struct core *core, uint32_t halted);
EXPORT uint32_t core_is_halted(struct core *core);
/* For bus masters and debuggers: as a load or store. False: nothing is there. */
EXPORT bool core_bus_read(struct core *core, uint32_t address, uint32_t width, uint32_t *value);
EXPORT bool core_bus_write(struct core *core, uint32_t address, uint32_t value, uint32_t width);
/* Memory was written by the host. */
EXPORT void core_code_changed(struct core *core, uint32_t address, uint32_t size);

EXPORT void core_hook_code(struct core *core, uint32_t *addresses, uint32_t count,
                           PyObject *handler);
/* Note calls of functions from here on, and what runs, as in a record. */
EXPORT void core_log_calls(struct core *core, struct call_log *log);
EXPORT uint32_t core_call_context(struct core *core);
/* All breakpoints, sorted; each needs Unicorn's hook, too. */
EXPORT void core_set_breakpoints(struct core *core, const uint32_t *addresses, uint32_t count);
EXPORT size_t core_add_breakpoint(struct core *core, uint32_t address);
EXPORT void core_remove_breakpoint(struct core *core, size_t handle);
EXPORT size_t core_begin_step(struct core *core);
EXPORT void core_end_step(struct core *core, size_t handle);
EXPORT void core_set_watchpoints(struct core *core, const struct watchpoint *watchpoints,
                                 uint32_t count);
/* Call handler(instruction, access) for each access that is not aligned to its size. */
EXPORT void core_report_unaligned(struct core *core, uint32_t wanted, PyObject *handler);
/* Call handler(instruction, access) for each load of bytes of which none was ever written. Memories have
 * their `fresh`, and their pages PAGE_FRESH. */
EXPORT void core_report_fresh(struct core *core, uint32_t wanted, PyObject *handler);
/* Guard segments of memory; handler(enum firewall_event, address) is called. */
EXPORT void core_set_firewall(struct core *core, const struct firewall_state *state,
                              PyObject *handler);
/* Whether iterations of idle loops are skipped, and whether anything is interpreted. */
EXPORT void core_skip_idle_loops(struct core *core, uint32_t enabled);
EXPORT void core_interpret(struct core *core, uint32_t enabled);

/* A register as a debugger names it: `reg` is an enum reg. */
EXPORT uint64_t core_register(struct core *core, uint32_t reg);
EXPORT void core_set_register(struct core *core, uint32_t reg, uint64_t value);

#endif
