#include "models/ticker.h"

#define MAX_ELAPSED (1ull << 32) /* ns; periods beyond are the model's to count */

bool ticker_waits(const struct ticker *ticker, struct moment *due)
{
    const uint32_t *state = ticker->state;
    uint64_t hertz = state[TICKER_HERTZ];
    if (!state[TICKER_VALID] || !state[TICKER_WAITING] || !hertz)
        return false;
    due->time = moment_get(state + TICKER_TIME) +
                (moment_get(state + TICKER_STEP) + state[TICKER_REMAINDER] + hertz - 1) / hertz;
    due->sequence = moment_get(state + TICKER_SEQUENCE);
    return true;
}

/* The period that `now` is in becomes the current one. False: that is too far on. */
static bool advance(uint32_t *state, uint64_t now)
{
    uint64_t hertz = state[TICKER_HERTZ], step = moment_get(state + TICKER_STEP);
    uint64_t time = moment_get(state + TICKER_TIME), elapsed = now - time;
    if (!hertz || !step || now < time || elapsed >= MAX_ELAPSED)
        return false;
    uint64_t past = elapsed * hertz, remainder = state[TICKER_REMAINDER];
    if (past < remainder)
        return true;
    uint64_t start = remainder + (past - remainder) / step * step;
    moment_put(state + TICKER_TIME, time + start / hertz);
    state[TICKER_REMAINDER] = (uint32_t)(start % hertz);
    return true;
}

static void update_line(const struct ticker *ticker)
{
    struct lines *lines = ticker->timing->lines;
    const uint32_t *values = ticker->values;
    bool level = values[ticker->status] & values[ticker->enables] & ticker->interrupts;
    if (ticker->levels) {
        if (ticker->levels[ticker->level] == level)
            return;
        host_set_level(lines->host, ticker->line, level);
        ticker->levels[ticker->level] = level;
        for (uint32_t i = 0; i < ticker->level_count; i++)
            level |= ticker->levels[i] != 0;
    }
    line_drive(lines, ticker->driver, ticker->exception, level);
}

bool ticker_run(struct ticker *ticker)
{
    if (!advance(ticker->state, time_now(&ticker->timing->schedule->shared)))
        return false;
    ticker->state[TICKER_WAITING] = 0;
    ticker->values[ticker->status] |= ticker->flag;
    update_line(ticker);
    return true;
}

bool ticker_write(struct ticker *ticker, uint32_t word, uint32_t value)
{
    uint32_t *state = ticker->state, before = ticker->values[ticker->status];
    uint32_t after = before & (value | ~ticker->clears);
    if (word != ticker->status || !state[TICKER_VALID] || (before ^ after) & ~ticker->flag)
        return false;
    if (!(after & ticker->flag)) {
        if (!advance(state, time_now(&ticker->timing->schedule->shared)))
            return false;
        moment_put(state + TICKER_SEQUENCE, ++*ticker->timing->sequence);
        state[TICKER_WAITING] = 1;
    }
    ticker->values[ticker->status] = after;
    update_line(ticker);
    timing_changed(ticker->timing);
    return true;
}
