#include "run/api.h"

#include "execute/execute.h"
#include "hooks/breakpoint.h"
#include "hooks/check.h"
#include "hooks/code_hook.h"
#include "hooks/watchpoint.h"

void core_set_priority_mask(struct core *core, uint32_t mask)
{
    core->cpu.registers.priority_mask = (uint8_t)mask;
}

void core_set_line(struct core *core, uint32_t exception, uint32_t level)
{
    nvic_set_line(&core->nvic, exception, level);
}

void core_pend(struct core *core, uint32_t exception)
{
    nvic_pend(&core->nvic, exception);
}

bool core_drive_pin(struct core *core, struct pins *pins, uint32_t number, uint32_t level)
{
    bool served = pins_drive(&core->bus.lines, pins, number, level);
    host_flush(&core->host); /* for the model that drives */
    return served;
}

bool core_map_memory(struct core *core, struct memory *memory, uint32_t base, uint32_t offset,
                     uint32_t size)
{
    return memory_map_memory(&core->map, memory, base, offset, size);
}

bool core_map_window(struct core *core, const struct window *window)
{
    return memory_map_window(&core->map, window);
}

bool core_set_model(struct core *core, uint32_t base, struct model *model)
{
    core->schedule.side_effects = true;
    return memory_set_model(&core->map, base, model);
}

bool core_handle_writes(struct core *core, uint32_t start, uint32_t size, PyObject *handler)
{
    return write_handlers_add(&core->bus.write_handlers, start, size, handler);
}

void core_reserved_policy(struct core *core, uint32_t strict, PyObject *handler)
{
    core->bus.strict = strict;
    core->bus.reserved_handler = handler;
}

void core_on_deep_sleep(struct core *core, PyObject *handler)
{
    core->deep_sleep_handler = handler;
}

void core_on_sleep(struct core *core, PyObject *handler)
{
    core->sleep_handler = handler;
}

void core_follow_sleep(struct core *core, uint32_t follows)
{
    core->cpu.state.follows_sleep = follows;
}

void core_power_down(struct core *core)
{
    core->cpu.state.powered_down |= POWERED_DOWN;
    core->cpu.state.sleeping = 1;
}

void core_halt(struct core *core, uint32_t halted)
{
    struct cpu_state *state = &core->cpu.state;
    if (!halted == !(state->powered_down & HALTED))
        return;
    if (halted) {
        state->powered_down |= state->sleeping ? HALTED | HALTED_ASLEEP : HALTED;
        state->sleeping = 1;
    } else {
        state->sleeping = !!(state->powered_down & (POWERED_DOWN | HALTED_ASLEEP));
        state->powered_down &= POWERED_DOWN;
    }
}

uint32_t core_is_halted(struct core *core)
{
    return !!(core->cpu.state.powered_down & HALTED);
}

void core_serve(struct core *core, const struct served *served)
{
    agenda_set(&core->agenda, served);
}

bool core_bus_read(struct core *core, uint32_t address, uint32_t width, uint32_t *value)
{
    if (!bus_has(&core->bus, address))
        return false;
    *value = bus_read(&core->bus, address, width);
    host_flush(&core->host);
    return true;
}

bool core_bus_write(struct core *core, uint32_t address, uint32_t value, uint32_t width)
{
    if (!bus_has(&core->bus, address))
        return false;
    bus_write(&core->bus, address, value, width);
    host_flush(&core->host);
    return true;
}

void core_code_changed(struct core *core, uint32_t address, uint32_t size)
{
    memory_note_written(&core->map, address, size);
    code_changed(&core->code, address, size);
}

void core_hook_code(struct core *core, uint32_t *addresses, uint32_t count, PyObject *handler)
{
    code_hooks_set(core, addresses, count, handler);
}

void core_log_calls(struct core *core, struct call_log *log)
{
    code_hooks_log_calls(core, log);
}

uint32_t core_call_context(struct core *core)
{
    return call_log_context(core->calls, &core->map, &core->cpu);
}

void core_set_breakpoints(struct core *core, const uint32_t *addresses, uint32_t count)
{
    breakpoints_set(core, addresses, count);
}

size_t core_add_breakpoint(struct core *core, uint32_t address)
{
    return breakpoint_add(core, address);
}

void core_remove_breakpoint(struct core *core, size_t handle)
{
    breakpoint_remove(core, handle);
}

size_t core_begin_step(struct core *core)
{
    return step_begin(core);
}

void core_end_step(struct core *core, size_t handle)
{
    step_end(core, handle);
}

void core_set_watchpoints(struct core *core, const struct watchpoint *watchpoints, uint32_t count)
{
    watchpoints_set(core, watchpoints, count);
}

void core_report_unaligned(struct core *core, uint32_t wanted, PyObject *handler)
{
    checks_report(core, wanted, handler);
}

void core_report_fresh(struct core *core, uint32_t wanted, PyObject *handler)
{
    core->checks.fresh = wanted ? handler : NULL;
    page_cache_flush(&core->map.cache);
    host_flush_tlb(&core->host);
}

void core_set_firewall(struct core *core, const struct firewall_state *state, PyObject *handler)
{
    firewall_set(&core->firewall, state, handler);
}

void core_skip_idle_loops(struct core *core, uint32_t enabled)
{
    core->idle.enabled = enabled;
    idle_restart(&core->idle);
    schedule_update(&core->schedule);
}

void core_interpret(struct core *core, uint32_t enabled)
{
    core->executor.enabled = enabled;
    execute_expect(&core->executor);
}

uint64_t core_register(struct core *core, uint32_t reg)
{
    if (reg == PC)
        return core->cpu.state.pc & ~1u;
    const uint8_t regs[] = {(uint8_t)reg};
    uint64_t value;
    cpu_read_many(&core->cpu, regs, &value, 1);
    return value;
}

void core_set_register(struct core *core, uint32_t reg, uint64_t value)
{
    core->schedule.side_effects = true;
    schedule_release(&core->schedule);
    if (reg == PC) {
        core->cpu.state.pc = (uint32_t)value | 1;
        core->cpu.state.sleeping = 0;
        core->schedule.resumed_within = 0;
        core->code_hooks.passed = core->passed_breakpoint = core->passed_step = NO_ADDRESS;
        return;
    }
    const uint8_t regs[] = {(uint8_t)reg};
    cpu_write_many(&core->cpu, regs, &value, 1);
}
