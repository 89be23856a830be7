#include "system/mpu.h"

#include <string.h>

enum { MPU_TYPE = 0xD90, MPU_CTRL = 0xD94, MPU_RNR = 0xD98, MPU_RBAR = 0xD9C, MPU_END = 0xDBC };

#define CTRL_MASK 7
#define RASR_MASK 0x173FFF3F
#define RBAR_VALID (1u << 4)
#define RBAR_ADDR_MASK 0xFFFFFFE0

bool mpu_has(uint32_t offset)
{
    return offset >= MPU_TYPE && offset < MPU_END;
}

/* RBAR and RASR have three aliases (B3.5.8), so that a store-multiple can set several regions. */
static bool is_rasr(uint32_t offset)
{
    return (offset - MPU_RBAR) & 4;
}

uint32_t mpu_read(const struct mpu *mpu, uint32_t offset)
{
    unsigned region = mpu->number & (MPU_REGIONS - 1);
    switch (offset) {
    case MPU_TYPE: return MPU_REGIONS << 8;
    case MPU_CTRL: return mpu->control;
    case MPU_RNR: return mpu->number;
    default: return is_rasr(offset) ? mpu->regions[region].rasr : mpu->regions[region].rbar;
    }
}

void mpu_write(struct mpu *mpu, uint32_t offset, uint32_t value)
{
    switch (offset) {
    case MPU_TYPE: return;
    case MPU_CTRL: mpu->control = value & CTRL_MASK; return;
    case MPU_RNR: mpu->number = value & (MPU_REGIONS - 1); return;
    default: break;
    }
    if (is_rasr(offset)) {
        mpu->regions[mpu->number].rasr = value & RASR_MASK;
        return;
    }
    if (value & RBAR_VALID) /* REGION selects */
        mpu->number = value & (MPU_REGIONS - 1);
    mpu->regions[mpu->number].rbar = (value & RBAR_ADDR_MASK) | mpu->number;
}

/* RASR, B3.5.9. */
enum { RASR_ENABLE = 1, RASR_SRD_SHIFT = 8, RASR_XN_SHIFT = 28 };
enum { GRANULE = 32, MIN_SIZE_BITS = 5, MIN_DIVIDED_BITS = 8 };

/* AP, table B3-15. */
static const uint8_t privileged_rights[8] = {
    0, MAY_READ | MAY_WRITE, MAY_READ | MAY_WRITE, MAY_READ | MAY_WRITE, 0, MAY_READ, MAY_READ, MAY_READ,
};
static const uint8_t unprivileged_rights[8] = {
    0, 0, MAY_READ, MAY_READ | MAY_WRITE, 0, 0, MAY_READ, MAY_READ,
};

static unsigned size_bits(uint32_t rasr) { return (rasr >> 1 & 0x1F) + 1; }

static bool is_enabled(uint32_t rasr)
{
    return rasr & RASR_ENABLE && size_bits(rasr) >= MIN_SIZE_BITS;
}

/* The bits of an address that a region compares. */
static uint32_t region_mask(uint32_t rasr)
{
    unsigned bits = size_bits(rasr);
    return bits == 32 ? 0 : ~((1u << bits) - 1);
}

static bool region_has(uint32_t rbar, uint32_t rasr, uint32_t address)
{
    unsigned bits = size_bits(rasr);
    uint32_t mask = region_mask(rasr);
    if (!is_enabled(rasr) || (address & mask) != (rbar & mask))
        return false;
    return bits < MIN_DIVIDED_BITS ||
           !(rasr >> (RASR_SRD_SHIFT + (address >> (bits - 3) & 7)) & 1);
}

unsigned mpu_rights(const struct mpu *mpu, uint32_t address, bool privileged)
{
    for (unsigned i = MPU_REGIONS; i-- > 0;) {
        uint32_t rasr = mpu->regions[i].rasr;
        if (!region_has(mpu->regions[i].rbar, rasr, address))
            continue;
        unsigned ap = rasr >> 24 & 7;
        unsigned rights = privileged ? privileged_rights[ap] : unprivileged_rights[ap];
        bool executable = rights & MAY_READ && !(rasr >> RASR_XN_SHIFT & 1) && address < 0xE0000000;
        return rights | (executable ? MAY_EXECUTE : 0);
    }
    if (!privileged || !(mpu->control & MPU_CTRL_PRIVDEFENA))
        return 0;
    return MAY_READ | MAY_WRITE | (is_execute_never(address) ? 0 : MAY_EXECUTE);
}

/* A region's border, or that of a subregion, may be within the page. */
static bool may_divide_page(uint32_t rbar, uint32_t rasr, uint32_t page)
{
    unsigned bits = size_bits(rasr);
    uint32_t mask = region_mask(rasr) & ~(PAGE_SIZE - 1);
    if (!is_enabled(rasr) || (page & mask) != (rbar & mask))
        return false;
    bool is_divided = rasr >> RASR_SRD_SHIFT & 0xFF && bits < PAGE_BITS + 3;
    return bits < PAGE_BITS || is_divided;
}

bool mpu_page_rights(const struct mpu *mpu, uint32_t page, bool privileged, unsigned *rights)
{
    bool is_divided = false;
    *rights = mpu_rights(mpu, page, privileged);
    for (unsigned i = 0; i < MPU_REGIONS; i++)
        is_divided |= may_divide_page(mpu->regions[i].rbar, mpu->regions[i].rasr, page);
    for (uint32_t at = GRANULE; is_divided && at < PAGE_SIZE; at += GRANULE)
        if (mpu_rights(mpu, page + at, privileged) != *rights)
            return false;
    return true;
}

/* The private peripheral bus is accessible as by default, B3.1. */
static bool is_private_bus(uint32_t address) { return address >> 20 == 0xE00; }

bool protection_applies(const struct protection *protection)
{
    uint32_t control = protection->mpu->control;
    if (!(control & MPU_CTRL_ENABLE))
        return false;
    return control & MPU_CTRL_HFNMIENA || !nvic_is_urgent(protection->nvic);
}

void protection_regions_changed(struct protection *protection)
{
    protection->changed = true;
    protection->recent[false].key = protection->recent[true].key = 0;
    schedule_request(protection->schedule, REQUEST_PROTECTION);
}

void protection_request_update(struct protection *protection)
{
    if (protection->active || protection->mpu->control & MPU_CTRL_ENABLE)
        schedule_request(protection->schedule, REQUEST_PROTECTION);
}

void protection_follow_priority(struct protection *protection)
{
    bool may_apply = protection->active || protection->mpu->control & MPU_CTRL_ENABLE;
    if (may_apply && protection_applies(protection) != protection->active)
        schedule_request(protection->schedule, REQUEST_PROTECTION);
}

/* All of the page of an access is permitted, as is known. */
static bool is_known(const struct protection *protection, uint32_t address, uint32_t size,
                     enum rights right, bool privileged)
{
    struct recent_page *recent = &protection->recent[privileged];
    uint32_t page = address & ~(PAGE_SIZE - 1);
    if (address - page + size > PAGE_SIZE)
        return false;
    if (recent->key != (page | 1)) {
        recent->key = page | 1;
        if (!mpu_page_rights(protection->mpu, page, privileged, &recent->rights))
            recent->rights = 0; /* they differ within the page */
    }
    return recent->rights & right;
}

bool protection_permits(const struct protection *protection, uint32_t address, uint32_t size,
                        enum rights right, bool privileged)
{
    uint32_t last = address + size - 1;
    if (is_private_bus(address) || is_known(protection, address, size, right, privileged))
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
        for (uint32_t i = 0; map->executed[table] && i < TABLE_PAGES; i++) {
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

/* The same, if it isn't known from the last time. */
static uint32_t executable_by_regions(const struct protection *protection)
{
    const struct mpu *mpu = protection->mpu;
    uint32_t sum = mpu->control, pages = protection->map->executed_pages;
    for (unsigned i = 0; i < MPU_REGIONS; i++)
        sum = hash(hash(sum, mpu->regions[i].rbar), mpu->regions[i].rasr);
    struct known_regions *known = &protection->known[(sum ^ sum >> 16) % KNOWN_REGIONS];
    struct known_regions found = {*mpu, pages, known->executable};
    found.mpu.number = 0;
    if (!known->executable || memcmp(known, &found, sizeof found) != 0) {
        found.executable = executable_pages(protection);
        *known = found;
    }
    return known->executable;
}

bool protection_update(struct protection *protection, bool *flush)
{
    bool active = protection_applies(protection);
    *flush = false;
    if (active == protection->active && !protection->changed)
        return false;
    uint32_t executable = active ? executable_by_regions(protection) : 0;
    bool differs = executable != protection->executable;
    *flush = active || protection->active;
    protection->active = active;
    protection->changed = false;
    protection->executable = executable;
    protection->map->permits = active ? permits_page : NULL;
    protection->map->permits_of = protection;
    page_cache_flush(&protection->map->cache);
    return differs;
}
