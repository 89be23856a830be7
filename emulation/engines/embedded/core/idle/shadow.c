#include "idle/shadow.h"

#include <stdlib.h>
#include <string.h>

/* Only pages that the CPU writes can differ: Unicorn asks before it writes to a page (bus/tlb.c). */
static bool may_change(const struct memory *memory, uint32_t page)
{
    return (memory->pages[page] & (PAGE_WRITTEN | PAGE_HANDLED)) == PAGE_WRITTEN;
}

bool shadow_copy(const struct memory_map *map)
{
    for (struct memory *memory = map->memories; memory; memory = memory->next) {
        if (!memory->shadow)
            memory->shadow = malloc(memory->size);
        if (!memory->shadow)
            return false;
        for (uint32_t page = 0; page < memory->size >> PAGE_BITS; page++) {
            uint32_t offset = page << PAGE_BITS;
            if (may_change(memory, page))
                memcpy(memory->shadow + offset, memory->bytes + offset, PAGE_SIZE);
        }
    }
    return true;
}

bool shadow_equals(const struct memory_map *map)
{
    for (const struct memory *memory = map->memories; memory; memory = memory->next)
        for (uint32_t page = 0; page < memory->size >> PAGE_BITS; page++) {
            uint32_t offset = page << PAGE_BITS;
            if (may_change(memory, page) &&
                memcmp(memory->shadow + offset, memory->bytes + offset, PAGE_SIZE) != 0)
                return false;
        }
    return true;
}
