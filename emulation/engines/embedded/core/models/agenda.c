#include "models/agenda.h"

#define SECOND 1000000000u

/* The first cycle at which it is `time` or later (timebase.py). */
static uint64_t cycle_at(const struct shared *shared, uint64_t time)
{
    if (time <= shared->time)
        return shared->time_cycles;
    uint64_t later = time - shared->time, hertz = shared->time_hertz;
    return shared->time_cycles + later / SECOND * hertz +
           (later % SECOND * hertz + SECOND - 1) / SECOND;
}

void agenda_set(struct agenda *agenda, const struct served *served)
{
    agenda->served = *served;
    agenda->timing.sequence = served->sequence;
    for (uint32_t i = 0; i < served->ticker_count; i++)
        served->tickers[i].timing = &agenda->timing;
    for (uint32_t i = 0; i < served->copier_count; i++)
        served->copiers[i].timing = &agenda->timing;
    for (uint32_t i = 0; i < served->reply_count; i++)
        served->replies[i].timing = &agenda->timing;
    agenda_update(agenda);
}

/* What comes first: of one of these; or nothing does. */
struct next {
    struct moment due;
    struct ticker *ticker;
    struct copier *copier;
    struct reply *reply;
    unsigned channel;
    PyObject *take_over;
};

static struct next find_next(const struct served *served)
{
    struct next next = {.due = {NEVER, NEVER}};
    struct moment due;
    for (uint32_t i = 0; i < served->ticker_count; i++) {
        struct ticker *each = &served->tickers[i];
        if (ticker_waits(each, &due) && moment_is_before(due, next.due))
            next = (struct next){.due = due, .ticker = each, .take_over = each->take_over};
    }
    for (uint32_t i = 0; i < served->copier_count; i++) {
        struct copier *each = &served->copiers[i];
        for (unsigned channel = 0; channel < each->channels; channel++)
            if (copier_waits(each, channel, &due) && moment_is_before(due, next.due))
                next = (struct next){
                    .due = due, .copier = each, .channel = channel, .take_over = each->take_over};
    }
    for (uint32_t i = 0; i < served->reply_count; i++) {
        struct reply *each = &served->replies[i];
        if (reply_waits(each, &due) && moment_is_before(due, next.due))
            next = (struct next){.due = due, .reply = each, .take_over = each->take_over};
    }
    return next;
}

static uint64_t next_cycle(const struct agenda *agenda, const struct next *next)
{
    return next->take_over ? cycle_at(&agenda->timing.schedule->shared, next->due.time) : NEVER;
}

void agenda_update(struct agenda *agenda)
{
    struct schedule *schedule = agenda->timing.schedule;
    struct next next = find_next(&agenda->served);
    uint64_t before = schedule->ticks;
    schedule->ticks = next_cycle(agenda, &next);
    if (schedule->ticks != before)
        schedule_update(schedule);
}

static bool run(const struct next *next)
{
    if (next->ticker)
        return ticker_run(next->ticker);
    if (next->copier)
        return copier_run(next->copier, next->channel);
    reply_run(next->reply);
    return true;
}

void agenda_run(struct agenda *agenda)
{
    struct schedule *schedule = agenda->timing.schedule;
    const struct shared *shared = &schedule->shared;
    if (shared->cycles < schedule->ticks)
        return;
    for (;;) {
        struct next next = find_next(&agenda->served);
        if (next_cycle(agenda, &next) > shared->cycles)
            break;
        /* Events of the same cycle go in their order: Python's clock has it. */
        if (shared->cycles >= shared->deadline || !run(&next)) {
            if (!host_call(agenda->timing.lines->host, next.take_over, NULL, 0, NULL))
                break;
            continue;
        }
        schedule->side_effects = true;
    }
    agenda_update(agenda);
}
