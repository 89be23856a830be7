#include "models/copier.h"

#include <string.h>

#define SECOND 1000000000u

/* Flags of the first channel, RM0351 section 11.6.1; those of the others follow four bits apart. */
enum { GIF = 1, TCIF = 2, HTIF = 4, TEIF = 8, INTERRUPTS = TCIF | HTIF | TEIF, FLAGS = 15 };
/* CCR, section 11.6.3; interrupt enable bits are at the places of the flags. */
enum { EN = 1, CIRC = 1 << 5, PINC = 1 << 6, MINC = 1 << 7, DIR = 1 << 4, MEM2MEM = 1 << 14 };
/* Registers of a channel, in words from its CCR. */
enum { CNDTR = 1, CPAR, CMAR, CHANNEL_REGISTERS };

enum { PRIVATE = 0xE0000000u }; /* from here on only the CPU has access */

static uint32_t *channel_state(const struct copier *copier, unsigned channel)
{
    return copier->state + channel * COPY_WORDS;
}

static uint32_t *channel_registers(const struct copier *copier, unsigned channel)
{
    return copier->values + copier->first + channel * copier->stride;
}

static uint32_t flags_of(uint32_t status, unsigned channel)
{
    return status >> 4 * channel & FLAGS;
}

static uint32_t width_of(uint32_t code)
{
    return code < 2 ? 1u << code : 4;
}

bool copier_waits(const struct copier *copier, unsigned channel, struct moment *due)
{
    const uint32_t *state = channel_state(copier, channel);
    if (!state[COPY_WAITING])
        return false;
    *due = (struct moment){moment_get(state + COPY_TIME), moment_get(state + COPY_SEQUENCE)};
    return true;
}

/* The interrupt follows flags and enable bits. False: it changes, and who listens isn't known. */
static bool set_line(const struct copier *copier, unsigned channel, uint32_t before, uint32_t after)
{
    bool level = after & INTERRUPTS;
    if (level == !!(before & INTERRUPTS))
        return true;
    if (copier->exceptions[channel])
        line_drive(copier->timing->lines, copier->lines[channel], copier->exceptions[channel], level);
    return copier->exceptions[channel] != 0;
}

/* The channel's items from now on, up to a batch. */
static void begin(struct copier *copier, unsigned channel, uint32_t items)
{
    const struct timing *timing = copier->timing;
    uint32_t *state = channel_state(copier, channel);
    uint64_t now = time_now(&timing->schedule->shared);
    items = items < copier->batch ? items : copier->batch;
    moment_put(state + COPY_TIME, now + (uint64_t)items * copier->cycles * SECOND / *copier->hertz);
    moment_put(state + COPY_SEQUENCE, ++*timing->sequence);
    state[COPY_WAITING] = 1;
}

/* The bytes of a range, if an access to them is nothing but that; else NULL. */
static uint8_t *plain_bytes(const struct memory_map *map, uint32_t address, uint32_t length,
                            bool for_write)
{
    enum { NOTICED = PAGE_WATCHED | PAGE_GUARDED };
    unsigned noticed = for_write ? NOTICED | PAGE_HANDLED | PAGE_EXECUTED : NOTICED;
    uint64_t end = (uint64_t)address + length;
    for (uint64_t at = address & ~(PAGE_SIZE - 1); at < end; at += PAGE_SIZE) {
        const struct page *page = memory_page(map, (uint32_t)at);
        if (!page || !page->memory || page->windows || *page_flags(page) & noticed)
            return NULL;
    }
    return memory_at(map, address, length, for_write);
}

bool copier_run(struct copier *copier, unsigned channel)
{
    const struct memory_map *map = copier->timing->map;
    uint32_t *r = channel_registers(copier, channel), *status = &copier->values[copier->status];
    uint32_t control = *r, width = width_of(control >> 8 & 3), left = r[CNDTR];
    uint32_t items = left < copier->batch ? left : copier->batch, length = items * width;
    uint32_t source = copier->peripheral[channel] & -width, target = copier->memory[channel] & -width;
    if ((control & (EN | MEM2MEM | CIRC | MINC | PINC)) != (EN | MEM2MEM | MINC | PINC) || !items ||
        width_of(control >> 10 & 3) != width || !*copier->hertz)
        return false;
    if (control & DIR) {
        uint32_t other = source;
        source = target;
        target = other;
    }
    if ((source < target ? target - source : source - target) < length ||
        (uint64_t)(source < target ? target : source) + length > PRIVATE)
        return false;
    const uint8_t *from = plain_bytes(map, source, length, false);
    uint8_t *to = plain_bytes(map, target, length, true);
    uint32_t half = copier->reload[channel] / 2, after = left - items, flags = after ? 0 : TCIF;
    if (after <= half && half < left)
        flags |= HTIF;
    uint32_t now = *status | (flags ? (flags | GIF) << 4 * channel : 0);
    if (!from || !to ||
        !set_line(copier, channel, flags_of(*status, channel) & control, flags_of(now, channel) & control))
        return false;
    memcpy(to, from, length);
    copier->peripheral[channel] += length;
    copier->memory[channel] += length;
    *status = now;
    r[CNDTR] = after;
    channel_state(copier, channel)[COPY_WAITING] = 0;
    if (after)
        begin(copier, channel, after);
    return true;
}

/* A store to CCR: settings while the channel is off, off, or on to copy. */
static bool write_control(struct copier *copier, unsigned channel, uint32_t *r, uint32_t value)
{
    uint32_t *state = channel_state(copier, channel);
    uint32_t old = *r, flags = flags_of(copier->values[copier->status], channel);
    bool starts = value & ~old & EN;
    value &= copier->writable;
    if (value & old & EN || (starts && (!(value & MEM2MEM) || flags & TEIF || !*copier->hertz)) ||
        !set_line(copier, channel, flags & old, flags & value))
        return false;
    *r = value;
    state[COPY_WAITING] = 0;
    if (starts) {
        copier->reload[channel] = r[CNDTR];
        copier->peripheral[channel] = r[CPAR];
        copier->memory[channel] = r[CMAR];
        if (r[CNDTR])
            begin(copier, channel, r[CNDTR]);
    }
    timing_changed(copier->timing);
    return true;
}

static bool clear_flags(struct copier *copier, uint32_t value)
{
    uint32_t *status = &copier->values[copier->status];
    for (unsigned channel = 0; channel < copier->channels; channel++) {
        uint32_t cleared = flags_of(value, channel), before = flags_of(*status, channel);
        uint32_t after = before & ~(cleared & GIF ? FLAGS : cleared);
        uint32_t control = *channel_registers(copier, channel);
        if (!cleared)
            continue;
        if (!(after & INTERRUPTS))
            after = 0;
        if (!set_line(copier, channel, before & control, after & control))
            return false;
        *status ^= (before ^ after) << 4 * channel;
    }
    return true;
}

bool copier_write(struct copier *copier, uint32_t word, uint32_t value)
{
    if (word == copier->clear)
        return clear_flags(copier, value);
    uint32_t place = word - copier->first, channel = place / copier->stride;
    if (word < copier->first || channel >= copier->channels)
        return false;
    uint32_t *r = channel_registers(copier, channel);
    if (channel_state(copier, channel)[COPY_BUSY])
        return false;
    place %= copier->stride;
    if (place == 0)
        return write_control(copier, channel, r, value);
    if (place >= CHANNEL_REGISTERS)
        return false;
    if (!(*r & EN))
        r[place] = place == CNDTR ? value & 0xFFFF : value;
    return true;
}
