#include "bus/firewall.h"

enum { GATE = 4 }; /* bytes from a segment's start to its call gate, 4.3.5 */

static bool overlaps(const struct segment *segment, uint32_t address, uint32_t size)
{
    return address < (uint64_t)segment->start + segment->size &&
           segment->start < (uint64_t)address + size;
}

/* Volatile data that is shared is open to everybody. */
static bool is_guarded(const struct firewall_state *state, enum segment_kind kind)
{
    return state->segments[kind].size && !(kind == SEGMENT_VOLATILE && state->shared);
}

/* The guarded segment in a range; SEGMENTS: none. */
static enum segment_kind segment_in(const struct firewall_state *state, uint32_t address,
                                    uint32_t size)
{
    for (enum segment_kind kind = 0; kind < SEGMENTS; kind++)
        if (is_guarded(state, kind) && overlaps(&state->segments[kind], address, size))
            return kind;
    return SEGMENTS;
}

static void mark_pages(struct firewall *firewall, const struct segment *segment)
{
    uint64_t end = (uint64_t)segment->start + segment->size;
    for (uint64_t at = segment->start & ~(PAGE_SIZE - 1); at < end; at += PAGE_SIZE) {
        const struct page *page = memory_page(firewall->map, (uint32_t)at);
        if (page && page->memory)
            *page_flags(page) |= PAGE_GUARDED;
    }
}

static void unmark_pages(struct firewall *firewall)
{
    for (struct memory *memory = firewall->map->memories; memory; memory = memory->next)
        for (uint32_t i = 0; i < memory->size >> PAGE_BITS; i++)
            memory->pages[i] &= (uint8_t)~PAGE_GUARDED;
}

void firewall_set(struct firewall *firewall, const struct firewall_state *state, PyObject *handler)
{
    firewall->handler = handler;
    firewall->state = *state;
    schedule_request(firewall->schedule, REQUEST_FIREWALL);
}

void firewall_apply(struct firewall *firewall)
{
    const struct firewall_state *state = &firewall->state;
    bool was_marked = firewall->is_marked;
    firewall->is_marked = state->enabled;
    firewall->schedule->guarded = state->enabled && state->open;
    if (was_marked)
        unmark_pages(firewall);
    for (unsigned i = 0; state->enabled && i < SEGMENTS; i++)
        if (is_guarded(state, i))
            mark_pages(firewall, &state->segments[i]);
    if (was_marked || state->enabled) {
        page_cache_flush(&firewall->map->cache);
        code_reexamine(firewall->code);
        host_flush_tlb(firewall->host);
    }
    schedule_withdraw(firewall->schedule, REQUEST_FIREWALL);
}

static void report(struct firewall *firewall, enum firewall_event event, uint32_t address)
{
    const uint32_t arguments[] = {event, address};
    firewall->schedule->side_effects = true;
    host_call(firewall->host, firewall->handler, arguments, 2, NULL);
}

static void turn(struct firewall *firewall, bool open, uint32_t address)
{
    firewall->state.open = firewall->schedule->guarded = open;
    report(firewall, open ? FIREWALL_OPENED : FIREWALL_CLOSED, address);
    schedule_update(firewall->schedule);
}

static bool violate(struct firewall *firewall, uint32_t address)
{
    report(firewall, FIREWALL_VIOLATED, address);
    schedule_reset(firewall->schedule);
    return false;
}

bool firewall_has_code(const struct firewall *firewall, uint32_t address, uint32_t size)
{
    const struct firewall_state *state = &firewall->state;
    return state->enabled && segment_in(state, address, size) != SEGMENTS;
}

bool firewall_admits(struct firewall *firewall, uint32_t address, uint32_t size)
{
    const struct firewall_state *state = &firewall->state;
    enum segment_kind kind = segment_in(state, address, size);
    if (kind == SEGMENTS) {
        if (!state->open)
            return true;
        if (!state->prearmed)
            return violate(firewall, address);
        turn(firewall, false, address);
        return true;
    }
    bool executable = kind != SEGMENT_VOLATILE || state->executable;
    bool has_gate = kind == SEGMENT_CODE || (kind == SEGMENT_VOLATILE && state->executable);
    if (!state->open && has_gate && address == state->segments[kind].start + GATE)
        turn(firewall, true, address);
    return (state->open && executable) || violate(firewall, address);
}

bool firewall_permits(struct firewall *firewall, uint32_t address, unsigned width)
{
    const struct firewall_state *state = &firewall->state;
    if (!state->enabled || state->open || segment_in(state, address, width) == SEGMENTS)
        return true;
    return violate(firewall, address);
}
