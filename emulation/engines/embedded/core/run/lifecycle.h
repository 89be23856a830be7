/* Making, resetting, saving and freeing a core. */
#ifndef RUN_LIFECYCLE_H
#define RUN_LIFECYCLE_H

#include "hooks/core.h"

/* How native.py configures a core, which it mirrors. */
struct configuration {
    uc_engine *uc;
    struct unicorn unicorn;
    struct python python;
    PyObject *level_name, *state_name, *is_true, *is_false;
    int32_t ids[REGISTER_COUNT];
    uint32_t irq_count, priority_bits, systick_divider, systick_calibration;
};

/* NULL: out of memory, or Unicorn refuses the hooks. */
EXPORT struct core *core_create(const struct configuration *configuration);
EXPORT void core_destroy(struct core *core);
/* Reset as the core's reset pin does: start as the vector table says (B1.5.5). False: no memory is
 * there. */
EXPORT bool core_reset(struct core *core, uint32_t vector_table);
/* A Cortex-M4 comes with an FPU or without. */
/* Handlers, NULL for none: of the ITM, with (port, value, width); of semihosting calls, whose answer
 * becomes R0. */
EXPORT void core_on_trace(struct core *core, PyObject *handler);
/* NULL for none: what is executed from now on is noted there. */
EXPORT void core_log_exceptions(struct core *core, struct exception_log *log);
/* Before anything is noted there. */
EXPORT void core_log_signals(struct core *core, struct signal_log *log);
EXPORT void core_on_semihosting(struct core *core, PyObject *handler);
/* The chip's MPU: 8 regions, or 0 without one. */
EXPORT void core_set_mpu(struct core *core, uint32_t regions);
EXPORT void core_set_fpu(struct core *core, uint32_t present);

/* Snapshots: what is neither in memory nor derived from the rest. */
EXPORT uint32_t core_state_size(void);
/* The local monitor may be open: Unicorn knows. */
EXPORT bool core_monitor_is_open(const struct core *core);
EXPORT void core_close_monitor(struct core *core);
EXPORT void core_save(struct core *core, uint8_t *buffer);
/* Nothing in a saved state is out of range: it may come from anywhere. */
EXPORT bool core_accepts(struct core *core, const uint8_t *buffer);
EXPORT void core_restore(struct core *core, const uint8_t *buffer);

#endif
