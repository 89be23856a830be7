#include "hooks/attach.h"

#include "execute/density.h"
#include "hooks/block.h"
#include "hooks/forbidden.h"
#include "hooks/fresh.h"
#include "hooks/interrupt.h"

static uint64_t on_bus_read(uc_engine *uc, uint64_t address, unsigned width, void *user)
{
    (void)uc;
    struct core *core = user;
    struct bus *bus = &core->bus;
    density_note(&core->executor);
    if (!forbidden_check(core, (uint32_t)address, width, ACCESS_READ))
        return 0;
    if (!firewall_permits(&core->firewall, (uint32_t)address, width))
        return 0;
    fresh_loads(core, (uint32_t)address, width);
    uint32_t value = bus_read(bus, (uint32_t)address, width);
    if (watchpoints_exist(&bus->watchpoints))
        watchpoint_note(&bus->watchpoints, (uint32_t)address, value, width, WATCH_READ);
    return value;
}

static void on_bus_write(uc_engine *uc, uint64_t address, unsigned width, uint64_t value, void *user)
{
    (void)uc;
    struct core *core = user;
    struct bus *bus = &core->bus;
    density_note(&core->executor);
    if (!forbidden_check(core, (uint32_t)address, width, ACCESS_WRITE) ||
        !firewall_permits(&core->firewall, (uint32_t)address, width))
        return;
    if (watchpoints_exist(&bus->watchpoints))
        watchpoint_note(&bus->watchpoints, (uint32_t)address, (uint32_t)value, width, WATCH_WRITE);
    bus_write(bus, (uint32_t)address, (uint32_t)value, width);
    fresh_stored(core, (uint32_t)address);
}

static bool on_tlb_fill(uc_engine *uc, uint64_t address, int type, struct uc_tlb_entry *entry,
                        void *user)
{
    (void)uc;
    return forbidden_fill(user, (uint32_t)address, type, entry);
}

static bool add(struct core *core, int type, void *callback, void *user)
{
    size_t handle;
    const struct host *host = &core->host;
    return host->unicorn.hook_add(host->uc, &handle, type, callback, user, 1, 0) == UC_ERR_OK;
}

bool hooks_attach(struct core *core)
{
    const struct host *host = &core->host;
    return add(core, UC_HOOK_BLOCK, (void *)block_enter, core) &&
           add(core, UC_HOOK_EDGE_GENERATED, (void *)block_translated, core) &&
           add(core, UC_HOOK_INTR, (void *)interrupt_raised, core) &&
           add(core, UC_HOOK_INSN_INVALID, (void *)interrupt_invalid, core) &&
           add(core, UC_HOOK_TLB_FILL, (void *)on_tlb_fill, core) &&
           host->unicorn.mmio_map(host->uc, BUS_PHYSICAL, (size_t)1 << 32, (void *)on_bus_read,
                                  core, (void *)on_bus_write, core) == UC_ERR_OK;
}
