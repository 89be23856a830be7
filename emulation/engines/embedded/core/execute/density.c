#include "execute/density.h"

enum {
    DENSE = 24, /* cycles between accesses that are close to each other */
    MIN_STREAK = 32,
    MAX_STREAK = 4096,
    SHORT_STAY = 8192, /* cycles: the interpreter couldn't do much */
};

void density_note(struct executor *executor)
{
    struct density *density = &executor->density;
    uint64_t now = executor->schedule->shared.cycles;
    density->streak = now - density->last <= DENSE ? density->streak + 1 : 0;
    density->last = now;
    if (density->streak <= MIN_STREAK || density->streak < density->wanted || !executor->enabled)
        return;
    if (now - density->requested > SHORT_STAY)
        density->wanted = MIN_STREAK;
    else if (density->wanted < MAX_STREAK)
        density->wanted = density->wanted ? 2 * density->wanted : MIN_STREAK;
    density->streak = 0;
    density->requested = now;
    schedule_request(executor->schedule, REQUEST_INTERPRETER);
}

void density_grant(struct executor *executor)
{
    schedule_withdraw(executor->schedule, REQUEST_INTERPRETER);
    executor->budget = executor->enabled ? MAX_BUDGET : 0;
}
