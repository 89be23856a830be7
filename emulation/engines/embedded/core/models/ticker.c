#include "models/ticker.h"

#include "models/counter.h"

#define SECOND 1000000000u
#define MAX_ELAPSED (1ull << 32) /* ns; periods beyond are the model's to count */

static uint64_t get(const uint32_t *words)
{
    return (uint64_t)words[1] << 32 | words[0];
}

static void put(uint32_t *words, uint64_t number)
{
    words[0] = (uint32_t)number;
    words[1] = (uint32_t)(number >> 32);
}

/* ns of the next end of a period. */
static uint64_t due_time(const uint32_t *state)
{
    uint64_t hertz = state[TICKER_HERTZ];
    return get(state + TICKER_TIME) +
           (get(state + TICKER_STEP) + state[TICKER_REMAINDER] + hertz - 1) / hertz;
}

/* The first cycle at which it is `time` or later (timebase.py). */
static uint64_t cycle_at(const struct shared *shared, uint64_t time)
{
    if (time <= shared->time)
        return shared->time_cycles;
    uint64_t later = time - shared->time, hertz = shared->time_hertz;
    return shared->time_cycles + later / SECOND * hertz +
           (later % SECOND * hertz + SECOND - 1) / SECOND;
}

static bool waits(const struct ticker *ticker)
{
    const uint32_t *state = ticker->state;
    return state[TICKER_VALID] && state[TICKER_WAITING] && state[TICKER_HERTZ];
}

void tickers_set(struct tickers *tickers, struct ticker *list, uint32_t count, uint64_t *sequence)
{
    tickers->list = list;
    tickers->count = count;
    tickers->sequence = sequence;
    for (uint32_t i = 0; i < count; i++)
        list[i].tickers = tickers;
    tickers_update(tickers);
}

void tickers_update(struct tickers *tickers)
{
    struct schedule *schedule = tickers->schedule;
    uint64_t before = schedule->ticks, first = NEVER;
    for (uint32_t i = 0; i < tickers->count; i++)
        if (waits(&tickers->list[i])) {
            uint64_t cycle = cycle_at(&schedule->shared, due_time(tickers->list[i].state));
            first = cycle < first ? cycle : first;
        }
    schedule->ticks = first;
    if (first != before)
        schedule_update(schedule);
}

/* The period that `now` is in becomes the current one. False: that is too far on. */
static bool advance(uint32_t *state, uint64_t now)
{
    uint64_t hertz = state[TICKER_HERTZ], step = get(state + TICKER_STEP);
    uint64_t time = get(state + TICKER_TIME), elapsed = now - time;
    if (!hertz || !step || now < time || elapsed >= MAX_ELAPSED)
        return false;
    uint64_t past = elapsed * hertz, remainder = state[TICKER_REMAINDER];
    if (past < remainder)
        return true;
    uint64_t start = remainder + (past - remainder) / step * step;
    put(state + TICKER_TIME, time + start / hertz);
    state[TICKER_REMAINDER] = (uint32_t)(start % hertz);
    return true;
}

static void update_line(struct tickers *tickers, const struct ticker *ticker)
{
    const uint32_t *values = ticker->values;
    bool level = values[ticker->status] & values[ticker->enables] & ticker->interrupts;
    if (ticker->levels) {
        if (ticker->levels[ticker->level] == level)
            return;
        host_set_level(tickers->lines->host, ticker->line, level);
        ticker->levels[ticker->level] = level;
        for (uint32_t i = 0; i < ticker->level_count; i++)
            level |= ticker->levels[i] != 0;
    }
    line_drive(tickers->lines, ticker->driver, ticker->exception, level);
}

/* The earliest ticker whose cycle has come, as the events of Python's clock are ordered. */
static struct ticker *first_due(const struct tickers *tickers)
{
    const struct shared *shared = &tickers->schedule->shared;
    struct ticker *first = NULL;
    uint64_t first_time = 0, first_sequence = 0;
    for (uint32_t i = 0; i < tickers->count; i++) {
        struct ticker *each = &tickers->list[i];
        if (!waits(each))
            continue;
        uint64_t time = due_time(each->state), sequence = get(each->state + TICKER_SEQUENCE);
        if (cycle_at(shared, time) > shared->cycles)
            continue;
        if (!first || time < first_time || (time == first_time && sequence < first_sequence)) {
            first = each;
            first_time = time;
            first_sequence = sequence;
        }
    }
    return first;
}

void tickers_run(struct tickers *tickers)
{
    struct schedule *schedule = tickers->schedule;
    struct ticker *ticker;
    if (schedule->shared.cycles < schedule->ticks)
        return;
    while ((ticker = first_due(tickers))) {
        /* Events of the same cycle go in their order: Python's clock has it. */
        if (schedule->shared.cycles >= schedule->shared.deadline ||
            !advance(ticker->state, time_now(&schedule->shared))) {
            if (!host_call(tickers->lines->host, ticker->take_over, NULL, 0, NULL))
                break;
            continue;
        }
        ticker->state[TICKER_WAITING] = 0;
        ticker->values[ticker->status] |= ticker->flag;
        schedule->side_effects = true;
        update_line(tickers, ticker);
    }
    tickers_update(tickers);
}

bool ticker_write(struct ticker *ticker, uint32_t word, uint32_t value)
{
    struct tickers *tickers = ticker->tickers;
    uint32_t *state = ticker->state, before = ticker->values[ticker->status];
    uint32_t after = before & (value | ~ticker->clears);
    if (word != ticker->status || !state[TICKER_VALID] || (before ^ after) & ~ticker->flag)
        return false;
    if (!(after & ticker->flag)) {
        if (!advance(state, time_now(&tickers->schedule->shared)))
            return false;
        put(state + TICKER_SEQUENCE, ++*tickers->sequence);
        state[TICKER_WAITING] = 1;
    }
    ticker->values[ticker->status] = after;
    update_line(tickers, ticker);
    tickers_update(tickers);
    return true;
}
