#include "run/lifecycle.h"

#include "hooks/attach.h"

#include <stdlib.h>
#include <string.h>

/* Give each part pointers to the parts it uses. */
static void flush_lines(void *lines)
{
    pins_flush(lines);
}

static void update_agenda(void *agenda)
{
    agenda_update(agenda);
}

static void wire(struct core *core)
{
    struct schedule *schedule = &core->schedule;
    struct host *host = &core->host;
    struct cpu *cpu = &core->cpu;
    struct scb *scb = &core->scb;
    struct nvic *nvic = &core->nvic;
    struct memory_map *map = &core->map;
    struct code_cache *code = &core->code;
    struct bus *bus = &core->bus;
    host->schedule = schedule;
    cpu->host = host;
    code->host = host;
    code->map = map;
    nvic->scb = scb;
    nvic->cpu = cpu;
    nvic->schedule = schedule;
    core->systick.nvic = nvic;
    core->systick.schedule = schedule;
    core->dwt.scb = scb;
    core->dwt.nvic = nvic;
    core->dwt.schedule = schedule;
    core->protection = (struct protection){
        .recent = core->recent_pages, .known = core->known_regions, .mpu = &core->mpu, .nvic = nvic, .map = map, .schedule = schedule};
    core->scs = (struct scs){.has_fpu = true,
                             .mpu_regions = MPU_REGIONS,
                             .scb = scb,
                             .nvic = nvic,
                             .systick = &core->systick,
                             .mpu = &core->mpu,
                             .protection = &core->protection,
                             .dwt = &core->dwt,
                             .cpu = cpu,
                             .code = code,
                             .host = host};
    host->flush = flush_lines;
    host->flush_of = &bus->lines;
    host->resume = update_agenda;
    host->resume_of = &core->agenda;
    core->agenda = (struct agenda){.timing = {.schedule = schedule, .lines = &bus->lines, .map = map}};
    schedule->ticks = NEVER;
    core->itm.host = host;
    core->itm.scb = scb;
    core->ppb = (struct ppb){&core->scs, &core->dwt, &core->itm};
    core->exceptions = (struct exceptions){
        {cpu, nvic, scb, &schedule->shared}, map, cpu, nvic, scb, schedule, &core->protection, host, NULL};
    *bus = (struct bus){.lines = {host, nvic, NULL},
                        .write_handlers = {NULL, map, host},
                        .watchpoints = {.dwt = &core->dwt, .map = map, .schedule = schedule},
                        .map = map,
                        .code = code,
                        .ppb = &core->ppb,
                        .schedule = schedule,
                        .host = host};
    core->firewall = (struct firewall){.map = map, .code = code, .schedule = schedule, .host = host};
    core->tlb.bus = bus;
    core->tlb.cpu = cpu;
    core->tlb.protection = &core->protection;
    bus->protection = &core->protection;
    core->idle.context = (struct loop_context){code, bus, nvic, cpu};
    core->idle.schedule = schedule;
    core->idle.host = host;
    core->executor = (struct executor){true, 0,    {0},      schedule, host, cpu,
                                       map,  code, nvic,     bus,  scb, &core->idle};
}

/* Whatever was noted about the state before is void. */
static void forget_progress(struct core *core)
{
    core->schedule.requests &= ~(uint32_t)REQUEST_BUS_FAULT;
    core->schedule.shared.reset_requested = 0;
    core->schedule.shared.fault_ready = 0;
    core->code_hooks.passed = core->passed_breakpoint = core->passed_step = NO_ADDRESS;
    core->code.current = 0;
    core->schedule.noticed = 0;
    idle_restart(&core->idle);
}

static void reset_units(struct core *core)
{
    memset(&core->cpu.state, 0, sizeof core->cpu.state);
    core->schedule.resumed_within = 0;
    nvic_reset(&core->nvic);
    systick_reset(&core->systick);
    dwt_reset(&core->dwt);
    memset(&core->itm.state, 0, sizeof core->itm.state);
    scs_reset(&core->scs);
    memset(&core->firewall.state, 0, sizeof core->firewall.state);
    schedule_request(&core->schedule, REQUEST_FIREWALL);
    nvic_update(&core->nvic);
}

struct core *core_create(const struct configuration *configuration)
{
    struct core *core = calloc(1, sizeof *core);
    if (!core)
        return NULL;
    wire(core);
    core->host.uc = configuration->uc;
    core->host.unicorn = configuration->unicorn;
    core->host.python = configuration->python;
    core->host.level_name = configuration->level_name;
    core->host.state_name = configuration->state_name;
    core->host.is_true = configuration->is_true;
    core->host.is_false = configuration->is_false;
    for (int i = 0; i < REGISTER_COUNT; i++)
        core->cpu.ids[i] = configuration->ids[i];
    core->nvic.irq_count = configuration->irq_count;
    core->nvic.words = (FIRST_IRQ + configuration->irq_count + 31) / 32;
    core->cpu.registers.priority_mask = (uint8_t)(0xFF00 >> configuration->priority_bits);
    core->systick.divider = configuration->systick_divider;
    core->systick.calibration = configuration->systick_calibration;
    core->schedule.shared.deadline = core->schedule.shared.pause = NEVER;
    core->code_hooks.passed = core->passed_breakpoint = core->passed_step = NO_ADDRESS;
    core->code.watched = NO_ADDRESS;
    core->idle.enabled = true;
    page_cache_flush(&core->map.cache);
    reset_units(core);
    if (hooks_attach(core))
        return core;
    free(core);
    return NULL;
}

void core_destroy(struct core *core)
{
    memory_free(&core->map);
    write_handlers_free(&core->bus.write_handlers);
    free(core);
}

bool core_reset(struct core *core, uint32_t vector_table)
{
    uint64_t registers[SAVED_REGISTERS] = {0};
    uint32_t entry[2];
    const uint8_t *bytes = memory_at(&core->map, vector_table, sizeof entry, false);
    if (!bytes)
        return false;
    memcpy(entry, bytes, sizeof entry);
    reset_units(core);
    forget_progress(core);
    core->scb.vtor = vector_table;
    core->cpu.state.pc = entry[1];
    core->cpu.state.monitor = MONITOR_CLOSING;
    registers[KEPT_LR] = 0xFFFFFFFF;
    registers[KEPT_XPSR] = XPSR_THUMB;
    registers[KEPT_MSP] = entry[0] & ~3u;
    cpu_restore(&core->cpu, registers);
    schedule_request(&core->schedule, REQUEST_WATCHPOINTS);
    return true;
}

void core_on_trace(struct core *core, PyObject *handler)
{
    core->itm.handler = handler;
}

void core_log_signals(struct core *core, struct signal_log *log)
{
    signal_log_attach(log, &core->host);
}

void core_log_exceptions(struct core *core, struct exception_log *log)
{
    core->exceptions.log = log;
}

void core_on_semihosting(struct core *core, PyObject *handler)
{
    core->semihosting = handler;
}

void core_set_mpu(struct core *core, uint32_t regions)
{
    core->scs.mpu_regions = regions;
}

void core_set_fpu(struct core *core, uint32_t present)
{
    core->scs.has_fpu = present;
    core->scb.cpacr = 0;
    code_reexamine(&core->code);
}

/* The parts of a snapshot, in their order; the registers follow. */
static const struct {
    size_t offset, size;
} sections[] = {
#define SECTION(member) {offsetof(struct core, member), sizeof(((struct core *)0)->member)}
    SECTION(cpu.state), SECTION(schedule.resumed_within),
    SECTION(scb),       SECTION(nvic.state),
    SECTION(mpu),       SECTION(systick.state),
    SECTION(dwt.state), SECTION(itm.state),
    SECTION(firewall.state),
#undef SECTION
};

static size_t registers_offset(void)
{
    size_t offset = 0;
    for (unsigned i = 0; i < COUNT_OF(sections); i++)
        offset += sections[i].size;
    return offset;
}

uint32_t core_state_size(void)
{
    return (uint32_t)(registers_offset() + SAVED_REGISTERS * sizeof(uint64_t));
}

bool core_monitor_is_open(const struct core *core)
{
    return core->cpu.state.monitor == MONITOR_OPEN;
}

void core_close_monitor(struct core *core)
{
    cpu_close_monitor(&core->cpu);
}

void core_save(struct core *core, uint8_t *buffer)
{
    uint64_t registers[SAVED_REGISTERS];
    uint32_t monitor = core->cpu.state.monitor;
    cpu_save(&core->cpu, registers);
    if (monitor == MONITOR_CLOSED)
        core->cpu.state.monitor = MONITOR_CLOSING; /* that of the Unicorn restored to may be open */
    for (unsigned i = 0; i < COUNT_OF(sections); buffer += sections[i++].size)
        memcpy(buffer, (const uint8_t *)core + sections[i].offset, sections[i].size);
    memcpy(buffer, registers, sizeof registers);
    core->cpu.state.monitor = monitor;
}

/* The place of a part in a saved state. */
static const uint8_t *saved(const uint8_t *buffer, size_t part)
{
    for (unsigned i = 0; sections[i].offset != part; i++)
        buffer += sections[i].size;
    return buffer;
}

bool core_accepts(struct core *core, const uint8_t *buffer)
{
    struct cpu_state cpu;
    struct scb scb;
    struct nvic_state nvic;
    struct mpu mpu;
    (void)core;
    memcpy(&cpu, saved(buffer, offsetof(struct core, cpu.state)), sizeof cpu);
    memcpy(&scb, saved(buffer, offsetof(struct core, scb)), sizeof scb);
    memcpy(&nvic, saved(buffer, offsetof(struct core, nvic.state)), sizeof nvic);
    memcpy(&mpu, saved(buffer, offsetof(struct core, mpu)), sizeof mpu);
    for (unsigned i = 0; i < COUNT_OF(nvic.priority); i++)
        if (nvic.priority[i] < PRIORITY_NMI || nvic.priority[i] > 0xFF)
            return false;
    return cpu.exception < COUNT_OF(nvic.priority) && scb.prigroup < 8 && mpu.number < MPU_REGIONS;
}

void core_restore(struct core *core, const uint8_t *buffer)
{
    uint64_t registers[SAVED_REGISTERS];
    struct scb before = core->scb;
    memcpy(registers, buffer + registers_offset(), sizeof registers);
    for (unsigned i = 0; i < COUNT_OF(sections); buffer += sections[i++].size)
        memcpy((uint8_t *)core + sections[i].offset, buffer, sections[i].size);
    cpu_restore(&core->cpu, registers);
    if (core->scb.cpacr != before.cpacr || core->scb.ccr != before.ccr ||
        core->scb.fpdscr != before.fpdscr || core->scb.fpccr != before.fpccr)
        code_reexamine(&core->code);
    core->schedule.shared.stop = 0;
    forget_progress(core);
    protection_regions_changed(&core->protection);
    schedule_request(&core->schedule, REQUEST_WATCHPOINTS);
    schedule_request(&core->schedule, REQUEST_FIREWALL);
    systick_update(&core->systick);
    dwt_update(&core->dwt);
    scs_update_checks(&core->scs);
    nvic_update(&core->nvic);
}
