#include "base/host.h"

void host_halt(struct host *host, enum halt halt)
{
    host->halt = halt;
    host->schedule->shared.limit = 0;
    host->unicorn.emu_stop(host->uc);
}

void host_drop_translations(struct host *host, uint32_t address, uint32_t size)
{
    host->unicorn.ctl(host->uc, UC_CTL_TB_REMOVE_CACHE_WRITE, (uint64_t)address,
                      (uint64_t)address + size);
}

void host_flush_tlb(struct host *host)
{
    host->unicorn.ctl(host->uc, UC_CTL_TLB_FLUSH_WRITE);
}

bool host_call(struct host *host, PyObject *callable, const uint32_t *arguments, int count,
               uint32_t *result)
{
    const size_t first_is_spare = (size_t)1 << (8 * sizeof(size_t) - 1); /* for a method's self */
    const struct python *python = &host->python;
    PyObject *objects[4] = {NULL};
    host_flush(host);
    if (python->error()) /* an earlier call of this block raised; the run is stopping */
        return false;
    for (int i = 0; i < count; i++)
        objects[1 + i] = python->from_unsigned(arguments[i]);
    PyObject *answer =
        python->vectorcall(callable, objects + 1, (size_t)count | first_is_spare, NULL);
    for (int i = 0; i < count; i++)
        python->decref(objects[1 + i]);
    if (host->resume)
        host->resume(host->resume_of);
    if (answer) {
        if (result)
            *result = (uint32_t)python->as_unsigned(answer);
        python->decref(answer);
    }
    if (answer && !(result && *result == UINT32_MAX && python->error()))
        return true;
    if (host->schedule->running)
        schedule_stop(host->schedule);
    return false;
}

static void write_levels(struct host *host)
{
    for (unsigned i = 0; i < host->deferred_count; i++) {
        const struct deferred_level *each = &host->deferred[i];
        host->python.setattr(each->line, host->level_name,
                             each->level ? host->is_true : host->is_false);
    }
    host->deferred_count = 0;
}

void host_set_level(struct host *host, PyObject *line, bool level)
{
    for (unsigned i = 0; i < host->deferred_count; i++)
        if (host->deferred[i].line == line) {
            host->deferred[i].level = level;
            return;
        }
    if (host->deferred_count == MAX_DEFERRED)
        write_levels(host);
    host->deferred[host->deferred_count++] = (struct deferred_level){line, level};
}

void host_flush(struct host *host)
{
    if (host->flush)
        host->flush(host->flush_of);
    write_levels(host);
}

void host_set_state(struct host *host, PyObject *model, bool state)
{
    host->python.setattr(model, host->state_name, state ? host->is_true : host->is_false);
}
