#include "system/protection.h"

enum { GRANULE = 32 };

/* The private peripheral bus is accessible as by default, B3.1. */
static bool is_private_bus(uint32_t address) { return address >> 20 == 0xE00; }

bool protection_applies(const struct protection *protection)
{
    uint32_t control = protection->mpu->control;
    if (!(control & MPU_CTRL_ENABLE))
        return false;
    return control & MPU_CTRL_HFNMIENA || nvic_execution_priority(protection->nvic, true) >= 0;
}

void protection_request_update(struct protection *protection)
{
    if (protection->active || protection->mpu->control & MPU_CTRL_ENABLE)
        schedule_request(protection->schedule, REQUEST_PROTECTION);
}

bool protection_permits(const struct protection *protection, uint32_t address, uint32_t size,
                        enum rights right, bool privileged)
{
    uint32_t last = address + size - 1;
    if (is_private_bus(address))
        return true;
    for (uint32_t at = address; at < last; at = (at | (GRANULE - 1)) + 1)
        if (!(mpu_rights(protection->mpu, at, privileged) & right))
            return false;
    return mpu_rights(protection->mpu, last, privileged) & right;
}

/* For memory_plain, which only privileged code uses. */
static bool permits_page(const void *user, uint32_t page, bool for_write)
{
    const struct protection *protection = user;
    unsigned rights;
    return mpu_page_rights(protection->mpu, page, true, &rights) &&
           rights & (for_write ? MAY_WRITE : MAY_READ);
}

static uint32_t hash(uint32_t sum, uint32_t value) { return (sum ^ value) * 16777619u; }

/* What may be executed of the pages of which Unicorn may have translated code. */
static uint32_t executable_pages(const struct protection *protection)
{
    const struct memory_map *map = protection->map;
    uint32_t sum = 1;
    for (uint32_t table = 0; table < COUNT_OF(map->tables); table++)
        for (uint32_t i = 0; map->tables[table] && i < TABLE_PAGES; i++) {
            const struct page *page = &map->tables[table][i];
            uint32_t address = (table << TABLE_BITS | i) << PAGE_BITS;
            if (!page->memory || !(*page_flags(page) & PAGE_EXECUTED))
                continue;
            for (int privileged = 0; privileged < 2; privileged++) {
                unsigned rights;
                bool uniform = mpu_page_rights(protection->mpu, address, privileged, &rights);
                sum = hash(sum, uniform ? rights & MAY_EXECUTE : 0xFF);
            }
            sum = hash(sum, address);
        }
    return sum;
}

bool protection_update(struct protection *protection, bool *flush)
{
    bool active = protection_applies(protection);
    uint32_t executable = active ? executable_pages(protection) : 0;
    bool differs = executable != protection->executable;
    *flush = active || protection->active;
    protection->active = active;
    protection->executable = executable;
    protection->map->permits = active ? permits_page : NULL;
    protection->map->permits_of = protection;
    page_cache_flush(&protection->map->cache);
    return differs;
}
