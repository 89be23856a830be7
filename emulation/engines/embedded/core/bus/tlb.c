#include "bus/tlb.h"

static bool refuse(struct tlb *tlb, uint32_t address, int type)
{
    tlb->refused = true;
    tlb->address = address;
    tlb->access = type == UC_MEM_FETCH   ? ACCESS_FETCH
                  : type == UC_MEM_WRITE ? ACCESS_WRITE
                                         : ACCESS_READ;
    return false;
}

static bool send_to_bus(uint32_t address, uint32_t permissions, struct uc_tlb_entry *entry)
{
    entry->paddr = BUS_PHYSICAL + (address & ~(PAGE_SIZE - 1));
    entry->perms = permissions;
    return true;
}

/* What of a page may be used, as Unicorn's permissions; `mixed`: that differs within the page. */
struct page_permissions {
    uint32_t permissions;
    bool mixed;
};

static struct page_permissions ask_mpu(const struct tlb *tlb, uint32_t address)
{
    const uint32_t all = UC_PROT_READ | UC_PROT_WRITE | UC_PROT_EXEC;
    struct page_permissions answer = {all, false};
    unsigned rights;
    if (!tlb->protection->active || ppb_has(address))
        return answer;
    answer.mixed = !mpu_page_rights(tlb->protection->mpu, address & ~(PAGE_SIZE - 1),
                                    !tlb->unprivileged, &rights);
    if (!answer.mixed)
        answer.permissions = (rights & MAY_READ ? UC_PROT_READ : 0) |
                             (rights & MAY_WRITE ? UC_PROT_WRITE : 0) |
                             (rights & MAY_EXECUTE ? UC_PROT_EXEC : 0);
    return answer;
}

/*
 * A page that may be both written and executed is written at a twentieth of the speed (Unicorn
 * 2.1.4): a page gets execute permission once it has been executed, and write permission once it has
 * been written.
 */
static bool fill_memory(struct tlb *tlb, struct page *page, uint32_t address, int type, bool mixed,
                        struct uc_tlb_entry *entry)
{
    struct bus *bus = tlb->bus;
    struct memory *memory = page->memory;
    uint8_t *flags = page_flags(page);
    bool handled = *flags & PAGE_HANDLED, is_fetch = type == UC_MEM_FETCH;
    bool is_store = type == UC_MEM_WRITE;
    if (page->windows && !is_fetch)
        return send_to_bus(address, UC_PROT_READ | UC_PROT_WRITE, entry);
    if (is_store && handled)
        return send_to_bus(address, UC_PROT_WRITE, entry);
    if (is_store && !memory->writable)
        return refuse(tlb, address, type);
    if (is_fetch && is_execute_never(address) && !tlb->protection->active)
        return refuse(tlb, address, type);
    if (is_fetch) {
        if (!(*flags & PAGE_EXECUTED) || !*memory_executed(bus->map, address)) {
            page_cache_flush(&bus->map->cache);
            bus->map->executed_pages++;
        }
        *flags |= PAGE_EXECUTED;
        *memory_executed(bus->map, address) = true;
    }
    if (is_store && !(*flags & PAGE_WRITTEN)) {
        if (*flags & PAGE_EXECUTED)
            code_forget_decoded(bus->code);
        *flags |= PAGE_WRITTEN;
        bus->schedule->side_effects = true; /* idle/shadow.c didn't copy the page */
    }
    if (*flags & PAGE_ON_BUS || mixed) {
        bool writes = is_store || (*flags & PAGE_WRITTEN && !handled);
        if (!is_fetch)
            return send_to_bus(address, UC_PROT_READ | (writes ? UC_PROT_WRITE : 0), entry);
        entry->paddr = memory->physical + page->offset;
        entry->perms = UC_PROT_EXEC;
        return true;
    }
    entry->paddr = memory->physical + page->offset;
    entry->perms = UC_PROT_READ;
    if (*flags & PAGE_WRITTEN && !handled)
        entry->perms |= UC_PROT_WRITE;
    if (*flags & PAGE_EXECUTED)
        entry->perms |= UC_PROT_EXEC;
    return true;
}

static bool fill(struct tlb *tlb, uint32_t address, int type, bool mixed, struct uc_tlb_entry *entry)
{
    struct page *page = memory_page(tlb->bus->map, address);
    if (page && page->memory)
        return fill_memory(tlb, page, address, type, mixed, entry);
    if (type == UC_MEM_FETCH)
        return refuse(tlb, address, type);
    if (ppb_has(address)) {
        /* Unprivileged code has no access but to STIR, which run/substitute.c sees to (B3.2.26). */
        if (tlb->unprivileged)
            return refuse(tlb, address, type);
    } else if (!is_bit_band(address) && !(page && page->windows)) {
        return refuse(tlb, address, type);
    }
    return send_to_bus(address, UC_PROT_READ | UC_PROT_WRITE, entry);
}

bool tlb_fill(struct tlb *tlb, uint32_t address, int type, struct uc_tlb_entry *entry)
{
    /* Unicorn 2.1.4 restores CPU state even when a fill succeeds, and the IT state so restored would
     * make the next block skip instructions. A block starts without. */
    if (type != UC_MEM_FETCH)
        cpu_write(tlb->cpu, EPSR, XPSR_THUMB);
    if (type != UC_MEM_FETCH && tlb->barred)
        return refuse(tlb, address, type);
    if (tlb->service) {
        entry->paddr = SERVICE_PHYSICAL;
        entry->perms = UC_PROT_READ | UC_PROT_EXEC;
        return true;
    }
    uint32_t wanted = type == UC_MEM_FETCH   ? UC_PROT_EXEC
                      : type == UC_MEM_WRITE ? UC_PROT_WRITE
                                             : UC_PROT_READ;
    struct page_permissions mpu = ask_mpu(tlb, address);
    if (!(mpu.permissions & wanted)) {
        tlb->forbidden = true;
        return refuse(tlb, address, type);
    }
    if (!fill(tlb, address, type, mpu.mixed, entry))
        return false;
    entry->perms &= mpu.permissions;
    return true;
}
