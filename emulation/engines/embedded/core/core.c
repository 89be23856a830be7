/* Making, resetting, saving and freeing a core. */
#include "core.h"

#include <stdlib.h>
#include <string.h>

/* How engine.py configures a core; mirrored by native.py. */
struct configuration {
    uc_engine *uc;
    struct unicorn unicorn;
    struct python python;
    PyObject *level_name, *is_true, *is_false;
    int32_t ids[REGISTER_COUNT];
    uint32_t irq_count, priority_bits, systick_divider, systick_calibration;
};

/* Sizes of the structures that Python mirrors, so that it can tell a mismatch. */
EXPORT uint32_t core_layout(uint32_t which)
{
    const size_t sizes[] = {sizeof(struct configuration), sizeof(struct shared),
                            sizeof(struct memory), sizeof(struct model), sizeof(struct window),
                            sizeof(struct port), sizeof(struct pins), sizeof(struct edges)};
    return which < sizeof sizes / sizeof *sizes ? (uint32_t)sizes[which] : 0;
}

EXPORT struct core *core_create(const struct configuration *configuration)
{
    struct core *core = calloc(1, sizeof *core);
    if (!core)
        return NULL;
    core->uc = configuration->uc;
    core->unicorn = configuration->unicorn;
    core->python = configuration->python;
    core->level_name = configuration->level_name;
    core->is_true = configuration->is_true;
    core->is_false = configuration->is_false;
    for (int i = 0; i < REGISTER_COUNT; i++)
        core->ids[i] = configuration->ids[i];
    core->irq_count = configuration->irq_count;
    core->priority_mask = (uint8_t)(0xFF00 >> configuration->priority_bits);
    core->systick_divider = configuration->systick_divider;
    core->systick_calibration = configuration->systick_calibration;
    core->passed_hook = core->passed_breakpoint = NO_ADDRESS;
    core->shared.deadline = core->shared.pause = NEVER;
    core->repeat.enabled = true;
    core->repeat.watched = NO_ADDRESS;
    core->has_fpu = true;
    core->interpret = true;
    interpret_forget_pages(core);
    if (decoded_create(core))
        system_reset(core);
    if (!core->decoded || !run_attach(core)) {
        free(core->decoded);
        free(core);
        return NULL;
    }
    return core;
}

EXPORT void core_destroy(struct core *core)
{
    memory_free(core);
    free(core->decoded);
    free(core);
}

/* Reset as the core's reset pin does: start as the vector table says (B1.5.5). */
EXPORT bool core_reset(struct core *core, uint32_t vector_table)
{
    uint64_t registers[SAVED_REGISTERS] = {0};
    uint32_t entry[2];
    const uint8_t *bytes = memory_at(core, vector_table, sizeof entry, false);
    if (!bytes)
        return false;
    memcpy(entry, bytes, sizeof entry);
    system_reset(core);
    core->state.vtor = vector_table;
    core->state.pc = entry[1];
    core->shared.reset_requested = 0;
    core->shared.fault_ready = 0;
    core->imprecise_fault = false;
    core->passed_hook = core->passed_breakpoint = NO_ADDRESS;
    core->block = 0;
    repeat_restart(core);
    registers[CPU_LR] = 0xFFFFFFFF;
    registers[CPU_XPSR] = XPSR_THUMB;
    registers[CPU_MSP] = entry[0] & ~3u;
    cpu_restore(core, registers);
    run_limit(core);
    return true;
}

/* A Cortex-M4 comes with an FPU or without. */
EXPORT void core_set_fpu(struct core *core, uint32_t present)
{
    core->has_fpu = present;
    core->state.cpacr = 0;
    block_forget(core, 0, UINT32_MAX);
}

EXPORT uint32_t core_state_size(void)
{
    return sizeof(struct state) + SAVED_REGISTERS * sizeof(uint64_t);
}

EXPORT void core_save(struct core *core, uint8_t *buffer)
{
    uint64_t registers[SAVED_REGISTERS];
    cpu_save(core, registers);
    memcpy(buffer, &core->state, sizeof core->state);
    memcpy(buffer + sizeof core->state, registers, sizeof registers);
}

EXPORT void core_restore(struct core *core, const uint8_t *buffer)
{
    uint64_t registers[SAVED_REGISTERS];
    memcpy(&core->state, buffer, sizeof core->state);
    memcpy(registers, buffer + sizeof core->state, sizeof registers);
    cpu_restore(core, registers);
    core->shared.stop = core->shared.reset_requested = core->shared.fault_ready = 0;
    core->imprecise_fault = false;
    core->passed_hook = core->passed_breakpoint = NO_ADDRESS;
    core->block = 0;
    repeat_restart(core);
    traps_update(core);
    nvic_update(core);
}

/* A register as a debugger names it: `reg` is an index into the list engine.py gave. */
EXPORT uint64_t core_register(struct core *core, uint32_t reg)
{
    if (reg == PC)
        return core->state.pc & ~1u;
    const uint8_t regs[] = {(uint8_t)reg};
    uint64_t value;
    cpu_read_many(core, regs, &value, 1);
    return value;
}

EXPORT void core_set_register(struct core *core, uint32_t reg, uint64_t value)
{
    core->repeat.impure = true;
    if (reg == PC) {
        core->state.pc = (uint32_t)value | 1;
        core->state.sleeping = 0;
        core->state.resume_unchecked = 0;
        core->passed_hook = core->passed_breakpoint = NO_ADDRESS;
        return;
    }
    const uint8_t regs[] = {(uint8_t)reg};
    cpu_write_many(core, regs, &value, 1);
}
