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

void agenda_set(struct agenda *agenda, struct ticker *tickers, uint32_t ticker_count,
                struct copier *copiers, uint32_t copier_count, uint64_t *sequence)
{
    agenda->tickers = tickers;
    agenda->ticker_count = ticker_count;
    agenda->copiers = copiers;
    agenda->copier_count = copier_count;
    agenda->timing.sequence = sequence;
    for (uint32_t i = 0; i < ticker_count; i++)
        tickers[i].timing = &agenda->timing;
    for (uint32_t i = 0; i < copier_count; i++)
        copiers[i].timing = &agenda->timing;
    agenda_update(agenda);
}

/* What comes first. */
struct next {
    struct moment due;
    struct ticker *ticker; /* or NULL: */
    struct copier *copier; /* or NULL: there is nothing */
    unsigned channel;
};

static struct next find_next(const struct agenda *agenda)
{
    struct next next = {{NEVER, NEVER}, NULL, NULL, 0};
    struct moment due;
    for (uint32_t i = 0; i < agenda->ticker_count; i++)
        if (ticker_waits(&agenda->tickers[i], &due) && moment_is_before(due, next.due))
            next = (struct next){due, &agenda->tickers[i], NULL, 0};
    for (uint32_t i = 0; i < agenda->copier_count; i++)
        for (unsigned channel = 0; channel < agenda->copiers[i].channels; channel++)
            if (copier_waits(&agenda->copiers[i], channel, &due) && moment_is_before(due, next.due))
                next = (struct next){due, NULL, &agenda->copiers[i], channel};
    return next;
}

static uint64_t next_cycle(const struct agenda *agenda, const struct next *next)
{
    return next->ticker || next->copier ? cycle_at(&agenda->timing.schedule->shared, next->due.time) : NEVER;
}

void agenda_update(struct agenda *agenda)
{
    struct schedule *schedule = agenda->timing.schedule;
    struct next next = find_next(agenda);
    uint64_t before = schedule->ticks;
    schedule->ticks = next_cycle(agenda, &next);
    if (schedule->ticks != before)
        schedule_update(schedule);
}

static bool run(const struct next *next)
{
    return next->ticker ? ticker_run(next->ticker) : copier_run(next->copier, next->channel);
}

void agenda_run(struct agenda *agenda)
{
    struct schedule *schedule = agenda->timing.schedule;
    const struct shared *shared = &schedule->shared;
    if (shared->cycles < schedule->ticks)
        return;
    for (;;) {
        struct next next = find_next(agenda);
        if (next_cycle(agenda, &next) > shared->cycles)
            break;
        PyObject *take_over = next.ticker ? next.ticker->take_over : next.copier->take_over;
        /* Events of the same cycle go in their order: Python's clock has it. */
        if (shared->cycles >= shared->deadline || !run(&next)) {
            if (!host_call(agenda->timing.lines->host, take_over, NULL, 0, NULL))
                break;
            continue;
        }
        schedule->side_effects = true;
    }
    agenda_update(agenda);
}
