#include "base/schedule.h"

#define SECOND 1000000000u

uint64_t time_now(const struct shared *shared)
{
    uint64_t cycles = shared->cycles - shared->time_cycles, hertz = shared->time_hertz;
    if (!(cycles >> 34))
        return shared->time + cycles * SECOND / hertz;
    return shared->time + cycles / hertz * SECOND + cycles % hertz * SECOND / hertz;
}

uint64_t schedule_next_event(const struct schedule *schedule)
{
    uint64_t first = schedule->shared.deadline;
    first = first < schedule->timer ? first : schedule->timer;
    first = first < schedule->match ? first : schedule->match;
    return first < schedule->ticks ? first : schedule->ticks;
}

uint64_t schedule_bound(const struct schedule *schedule)
{
    uint64_t event = schedule_next_event(schedule), pause = schedule->shared.pause;
    return event < pause ? event : pause;
}

bool schedule_is_interrupted(const struct schedule *schedule)
{
    return schedule->shared.stop || schedule->shared.reset_requested || schedule->requests;
}

bool schedule_is_paused(const struct schedule *schedule)
{
    return schedule->shared.cycles >= schedule->shared.pause ||
           __atomic_load_n(&schedule->attention, __ATOMIC_RELAXED);
}

void schedule_update(struct schedule *schedule)
{
    uint64_t bound = schedule_bound(schedule);
    schedule->shared.limit = bound < schedule->probe ? bound : schedule->probe;
    if (schedule_is_interrupted(schedule) || (schedule->preemption && !schedule->held) ||
        schedule->resumed_within || schedule->rest || schedule->guarded || schedule->basepri ||
        __atomic_load_n(&schedule->attention, __ATOMIC_RELAXED))
        schedule->shared.limit = 0;
}

void schedule_release(struct schedule *schedule)
{
    if (!schedule->held)
        return;
    schedule->held = false;
    schedule_update(schedule);
}

void schedule_request(struct schedule *schedule, enum request request)
{
    schedule->requests |= request;
    schedule->shared.limit = 0;
}

void schedule_withdraw(struct schedule *schedule, enum request request)
{
    schedule->requests &= ~(uint32_t)request;
    schedule_update(schedule);
}

void schedule_stop(struct schedule *schedule)
{
    schedule->shared.stop = 1;
    schedule->shared.limit = 0;
}

void schedule_reset(struct schedule *schedule)
{
    schedule->shared.reset_requested = 1;
    schedule->shared.limit = 0;
}

void schedule_note_effect(struct schedule *schedule)
{
    schedule->side_effects = true;
    schedule->noticed = schedule->shared.cycles;
}

void schedule_refund(struct schedule *schedule, uint64_t cycles)
{
    uint64_t before = schedule->shared.cycles;
    schedule->shared.cycles -= cycles;
    if (schedule->noticed <= before && schedule->noticed > schedule->shared.cycles)
        schedule->shared.cycles = schedule->noticed;
}
