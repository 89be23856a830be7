/* The memory map: which page is what, and what Unicorn's translation buffer learns of it. */
#include "core.h"

#include <stdlib.h>
#include <string.h>

enum { UC_MEM_WRITE = 17, UC_MEM_FETCH = 18 };
enum { UC_CTL_TB_REMOVE_CACHE_WRITE = 9 | 2 << 26 | 1 << 30 };
enum { UC_PROT_READ = 1, UC_PROT_WRITE = 2, UC_PROT_EXEC = 4 };

static struct page *page_make(struct core *core, uint32_t address)
{
    struct page **table = &core->tables[address >> (PAGE_BITS + 10)];
    if (!*table)
        *table = calloc(TABLE_PAGES, sizeof **table);
    return *table ? &(*table)[address >> PAGE_BITS & (TABLE_PAGES - 1)] : NULL;
}

/* The address, of all that show a word of memory, by which the traps know it. */
uint32_t page_physical(const struct page *page, uint32_t address)
{
    return page->memory->physical + page->offset + (address & (PAGE_SIZE - 1));
}

/* The host's view of `length` bytes at `address`, if they are one piece of memory. */
uint8_t *memory_at(struct core *core, uint32_t address, uint32_t length, bool for_write)
{
    struct page *page = page_at(core, address);
    if (!page || !page->memory || (for_write && !page->memory->writable))
        return NULL;
    uint64_t offset = (uint64_t)page->offset + (address & (PAGE_SIZE - 1));
    if (offset + length > page->memory->size)
        return NULL;
    return page->memory->bytes + offset;
}

/* Drop what was translated from the page of memory at `address`: its contents changed, and not by a
 * plain store of the CPU. */
EXPORT void core_code_changed(struct core *core, uint32_t address)
{
    const struct page *page = page_at(core, address);
    uint64_t start = address & ~(PAGE_SIZE - 1);
    if (!page || !page->memory || !(*page_flags(page) & PAGE_EXECUTED))
        return;
    core->unicorn.ctl(core->uc, UC_CTL_TB_REMOVE_CACHE_WRITE, start, start + PAGE_SIZE);
    block_forget(core, 0, UINT32_MAX); /* it may be executed at another address, too */
}

/* A store by other means than the CPU's. False: no memory that takes it. */
bool memory_store(struct core *core, uint32_t address, uint32_t value, unsigned width)
{
    uint8_t *bytes = memory_at(core, address, width, true);
    if (!bytes)
        return false;
    memcpy(bytes, &value, width);
    core_code_changed(core, address);
    return true;
}

bool memory_fetch(struct core *core, uint32_t address, uint16_t *halfword)
{
    const uint8_t *bytes = memory_at(core, address, 2, false);
    if (bytes)
        memcpy(halfword, bytes, 2);
    return bytes != NULL;
}

static bool refuse(struct core *core, uint32_t address, int type)
{
    core->fault_seen = true;
    core->fault_address = address;
    core->fault_access = type == UC_MEM_FETCH   ? ACCESS_FETCH
                         : type == UC_MEM_WRITE ? ACCESS_WRITE
                                                : ACCESS_READ;
    return false;
}

/*
 * Unicorn asks for a page that its translation buffer lacks; false is a fault of the guest.
 *
 * Two traps of Unicorn 2.1.4 are dealt with here. A fill restores CPU state even when it succeeds,
 * and the IT state so restored would make the next block skip instructions: after a data fill the
 * execution state is cleared, as it is at any block's start. And a page that may be both written
 * and executed is written at a twentieth of the speed, so a page gets execute permission only once
 * it has been executed.
 */
bool memory_fill(uc_engine *uc, uint64_t virtual_address, int type, struct uc_tlb_entry *entry,
                 void *user)
{
    (void)uc;
    struct core *core = user;
    uint32_t address = (uint32_t)virtual_address;
    uint32_t page_address = address & ~(PAGE_SIZE - 1);

    if (type != UC_MEM_FETCH)
        cpu_write(core, EPSR, XPSR_THUMB);

    struct page *page = page_at(core, address);
    if (page && page->memory) {
        struct memory *memory = page->memory;
        uint8_t *flags = page_flags(page);
        bool trapped = *flags & PAGE_TRAPPED;
        bool shared_with_device = page->windows && type != UC_MEM_FETCH;
        if (shared_with_device || (type == UC_MEM_WRITE && trapped)) {
            entry->paddr = DEVICE_PHYSICAL + page_address;
            entry->perms = shared_with_device ? UC_PROT_READ | UC_PROT_WRITE : UC_PROT_WRITE;
            return true;
        }
        if (type == UC_MEM_WRITE && !memory->writable)
            return refuse(core, address, type);
        if (type == UC_MEM_FETCH) {
            if (is_execute_never(address))
                return refuse(core, address, type);
            if (!(*flags & PAGE_EXECUTED))
                interpret_forget_pages(core);
            *flags |= PAGE_EXECUTED;
        }
        entry->paddr = memory->physical + page->offset;
        entry->perms = UC_PROT_READ;
        if (type == UC_MEM_WRITE && !(*flags & PAGE_WRITTEN)) {
            if (*flags & PAGE_EXECUTED)
                decoded_forget(core);
            *flags |= PAGE_WRITTEN;
            core->repeat.impure = true; /* it wasn't copied when the round began */
        }
        if (*flags & PAGE_WRITTEN && !trapped)
            entry->perms |= UC_PROT_WRITE;
        if (*flags & PAGE_EXECUTED)
            entry->perms |= UC_PROT_EXEC;
        return true;
    }
    if (type == UC_MEM_FETCH)
        return refuse(core, address, type);
    if (system_has(page_address)) {
        if (cpu_is_unprivileged(core)) /* no access but to STIR, which isn't told apart (B3.2.26) */
            return refuse(core, address, type);
    } else if (!is_bit_band(address) && !(page && page->windows)) {
        return refuse(core, address, type);
    }
    entry->paddr = DEVICE_PHYSICAL + page_address;
    entry->perms = UC_PROT_READ | UC_PROT_WRITE;
    return true;
}

/* Map `size` bytes of `memory`, from `offset` on, at `base`. All are multiples of a page. */
EXPORT bool core_map_memory(struct core *core, struct memory *memory, uint32_t base, uint32_t offset,
                            uint32_t size)
{
    struct memory *known = core->memories;
    while (known && known != memory)
        known = known->next;
    if (!known) {
        memory->next = core->memories;
        core->memories = memory;
    }
    for (uint32_t done = 0; done < size; done += PAGE_SIZE) {
        struct page *page = page_make(core, base + done);
        if (!page)
            return false;
        page->memory = memory;
        page->offset = offset + done;
    }
    interpret_forget_pages(core);
    return true;
}

EXPORT bool core_map_window(struct core *core, struct window *window)
{
    uint64_t end = (uint64_t)window->base + window->size;
    for (uint64_t address = window->base & ~(PAGE_SIZE - 1); address < end; address += PAGE_SIZE) {
        struct page *page = page_make(core, (uint32_t)address);
        if (!page)
            return false;
        struct window *link = malloc(sizeof *link);
        if (!link)
            return false;
        *link = *window;
        link->next_in_page = page->windows;
        page->windows = link;
    }
    interpret_forget_pages(core);
    return true;
}

/* False: not one piece of memory. The caller flushes Unicorn's translation buffer afterwards. */
EXPORT bool core_trap_writes(struct core *core, uint32_t start, uint32_t size, PyObject *handler)
{
    struct page *first = page_at(core, start);
    struct trap *trap = malloc(sizeof *trap);
    if (!trap || !memory_at(core, start, size, false)) {
        free(trap);
        return false;
    }
    *trap = (struct trap){page_physical(first, start), size, handler, core->traps};
    core->traps = trap;
    uint64_t end = (uint64_t)start + size;
    for (uint64_t address = start & ~(PAGE_SIZE - 1); address < end; address += PAGE_SIZE)
        *page_flags(page_at(core, (uint32_t)address)) |= PAGE_TRAPPED;
    interpret_forget_pages(core);
    return true;
}

void memory_free(struct core *core)
{
    for (unsigned i = 0; i < sizeof core->tables / sizeof *core->tables; i++) {
        if (!core->tables[i])
            continue;
        for (unsigned j = 0; j < TABLE_PAGES; j++) {
            struct window *window = core->tables[i][j].windows;
            while (window) {
                struct window *next = window->next_in_page;
                free(window);
                window = next;
            }
        }
        free(core->tables[i]);
    }
    for (struct memory *memory = core->memories; memory; memory = memory->next)
        free(memory->shadow);
    while (core->traps) {
        struct trap *next = core->traps->next;
        free(core->traps);
        core->traps = next;
    }
}
