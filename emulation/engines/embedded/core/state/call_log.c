#include "state/call_log.h"

#include "base/schedule.h"

#include <string.h>

/* A record with all that can be behind it is at most so long. */
enum { MAX_AREA = 4096, MAX_RECORD = 32768 };

static uint32_t word_at(const struct memory_map *map, uint32_t address)
{
    const uint8_t *bytes = address ? memory_at(map, address, 4, false) : NULL;
    uint32_t word = 0;
    if (bytes)
        memcpy(&word, bytes, 4);
    return word;
}

/* How many of `length` bytes are memory, in one piece. */
static uint32_t available(const struct memory_map *map, uint32_t address, uint32_t length)
{
    const struct page *page = memory_page(map, address);
    if (!page || !page->memory)
        return 0;
    uint64_t offset = (uint64_t)page->offset + (address & (PAGE_SIZE - 1));
    uint64_t left = offset < page->memory->size ? page->memory->size - offset : 0;
    return left < length ? (uint32_t)left : length;
}

static uint32_t slot_of(const struct call_log *log, uint32_t address)
{
    uint32_t slot = (address >> 1) * 0x9E3779B1u & (log->return_capacity - 1);
    while (log->returns[slot] && log->returns[slot] != address)
        slot = (slot + 1) & (log->return_capacity - 1);
    return slot;
}

static bool is_return(const struct call_log *log, uint32_t address)
{
    return address && log->returns[slot_of(log, address)] == address;
}

static uint32_t function_at(const struct call_log *log, uint32_t address)
{
    uint32_t low = 0, high = log->function_count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (log->functions[middle].address == address)
            return middle;
        if (log->functions[middle].address < address)
            low = middle + 1;
        else
            high = middle;
    }
    return CALL_RETURN;
}

bool call_log_is_at(const struct call_log *log, uint32_t address)
{
    return log && (function_at(log, address) != CALL_RETURN || is_return(log, address));
}

uint32_t call_log_context(const struct call_log *log, const struct memory_map *map, struct cpu *cpu)
{
    uint32_t exception = cpu_read(cpu, XPSR) & XPSR_EXCEPTION;
    return exception ? (uint32_t)-(int32_t)exception : word_at(map, log->task);
}

/* From now on returns to the address are looked at; with a full table they are not. */
static void watch_return(struct call_log *log, uint32_t address, struct code_cache *code)
{
    uint32_t slot = slot_of(log, address);
    if (!address || log->returns[slot] == address ||
        log->return_count >= log->return_capacity / 4 * 3)
        return;
    log->returns[slot] = address;
    log->return_count++;
    code_translated(code, address);
}

static struct call_record *record_of(struct call_log *log, uint32_t start)
{
    return (struct call_record *)(log->bytes + start);
}

static void add_area(struct call_log *log, const struct memory_map *map, uint32_t start,
                     uint32_t address, uint32_t length)
{
    struct call_record *record = record_of(log, start);
    uint32_t size = available(map, address, length < MAX_AREA ? length : MAX_AREA);
    uint32_t padded = (size + 3) & ~3u;
    if (!size || log->size - start + 8 + padded > MAX_RECORD)
        return;
    memcpy(log->bytes + log->size, &address, 4);
    memcpy(log->bytes + log->size + 4, &size, 4);
    memcpy(log->bytes + log->size + 8, memory_at(map, address, size, false), size);
    memset(log->bytes + log->size + 8 + size, 0, padded - size);
    log->size += 8 + padded;
    record->areas++;
}

static void add_captures(struct call_log *log, const struct memory_map *map, uint32_t start,
                         const struct call_function *function, const uint32_t *words, bool output)
{
    for (uint32_t i = 0; i < function->capture_count; i++) {
        const struct call_capture *capture = &function->captures[i];
        uint32_t address = words[capture->argument];
        if (!capture->output == output || !address)
            continue;
        add_area(log, map, start, address, capture->size);
        if (capture->indirect)
            add_area(log, map, start, word_at(map, address), capture->size);
    }
}

static const uint8_t noted[] = {R0, R1, R2, R3, SP, LR};
static const uint8_t callee_saved[CALL_SAVED] = {R4, R5, R6, R7, R8, R9, R10, R11};

static bool is_task(const struct call_log *log, uint32_t context)
{
    return log->task && context && context < (uint32_t)-(int32_t)XPSR_EXCEPTION;
}

/* Begin a record. False: there is no room. */
static bool begin(struct call_log *log, uint32_t function, uint32_t pc, const uint64_t *values,
                  uint32_t context, struct cpu *cpu, const struct memory_map *map)
{
    if (log->capacity - log->size < MAX_RECORD && !host_call(cpu->host, log->full, NULL, 0, NULL))
        return false;
    struct call_record *record = record_of(log, log->size);
    *record = (struct call_record){.time = time_now(&cpu->host->schedule->shared),
                                   .function = function,
                                   .pc = pc,
                                   .lr = (uint32_t)values[5] & ~1u,
                                   .sp = (uint32_t)values[4],
                                   .context = context};
    for (unsigned i = 0; i < CALL_REGISTERS; i++)
        record->words[i] = (uint32_t)values[i];
    const uint8_t *name = is_task(log, context) ? memory_at(map, context + log->name, CALL_NAME, false) : NULL;
    if (name)
        memcpy(record->name, name, CALL_NAME);
    log->size += sizeof *record;
    return true;
}

/* What it takes to unwind from here. */
static void add_callers_frame(struct call_log *log, uint32_t start, struct cpu *cpu,
                              const struct memory_map *map, uint32_t stack_size)
{
    uint64_t values[CALL_SAVED];
    struct call_record *record = record_of(log, start);
    cpu_read_many(cpu, callee_saved, values, CALL_SAVED);
    for (unsigned i = 0; i < CALL_SAVED; i++)
        record->saved[i] = (uint32_t)values[i];
    add_area(log, map, start, record->sp, stack_size);
}

static bool finish(struct call_log *log, uint32_t start, struct cpu *cpu)
{
    record_of(log, start)->size = log->size - start;
    return !log->live || host_call(cpu->host, log->full, NULL, 0, NULL);
}

/* Calls whose frames are gone; of a time that has not come yet, too, after a snapshot was restored. */
static void forget_left(struct call_log *log, uint32_t context, uint32_t stack, uint32_t caller,
                        uint64_t now)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < log->open_count; i++) {
        const struct open_call *call = &log->open[i];
        bool same = call->context == context;
        bool deeper = call->stack < stack && (context || log->task);
        bool replaced = call->stack == stack && call->caller != caller;
        if (!(same && (deeper || replaced)) && call->time <= now)
            log->open[kept++] = *call;
    }
    log->open_count = kept;
}

static bool note_call(struct call_log *log, uint32_t number, uint32_t address, struct cpu *cpu,
                      const struct memory_map *map, struct code_cache *code)
{
    const struct call_function *function = &log->functions[number];
    uint64_t values[sizeof noted];
    cpu_read_many(cpu, noted, values, sizeof noted);
    uint32_t context = call_log_context(log, map, cpu);
    if (!begin(log, number, address, values, context, cpu, map))
        return false;
    uint32_t start = log->size - (uint32_t)sizeof(struct call_record);
    struct call_record *record = record_of(log, start);
    for (unsigned i = CALL_REGISTERS; i < CALL_WORDS; i++)
        record->words[i] = word_at(map, record->sp + 4 * (i - CALL_REGISTERS));
    add_captures(log, map, start, function, record->words, false);
    if (function->returns) {
        forget_left(log, context, record->sp, record->lr, record->time);
        if (log->open_count == MAX_OPEN_CALLS)
            memmove(log->open, log->open + 1, sizeof *log->open * --log->open_count);
        struct open_call *open = &log->open[log->open_count++];
        *open = (struct open_call){.time = record->time,
                                   .function = number,
                                   .caller = record->lr,
                                   .stack = record->sp,
                                   .context = context};
        memcpy(open->words, record->words, sizeof open->words);
        watch_return(log, record->lr, code);
    }
    if (function->stack_size)
        add_callers_frame(log, start, cpu, map, function->stack_size);
    return finish(log, start, cpu);
}

/* A call's end is known by its return address and stack pointer. */
static bool note_return(struct call_log *log, uint32_t address, struct cpu *cpu,
                        const struct memory_map *map)
{
    uint64_t values[sizeof noted];
    uint32_t stack = cpu_read(cpu, SP), start = 0, kept = 0;
    bool found = false;
    for (uint32_t i = 0; i < log->open_count; i++) {
        const struct open_call call = log->open[i];
        if (call.caller != address || call.stack != stack) {
            log->open[kept++] = call;
            continue;
        }
        if (!found) {
            cpu_read_many(cpu, noted, values, sizeof noted);
            uint32_t context = call_log_context(log, map, cpu);
            if (!begin(log, CALL_RETURN, address, values, context, cpu, map))
                return false;
            start = log->size - (uint32_t)sizeof(struct call_record);
            found = true;
        }
        add_captures(log, map, start, &log->functions[call.function], call.words, true);
    }
    log->open_count = kept;
    return found && finish(log, start, cpu);
}

bool call_log_visit(struct call_log *log, uint32_t address, struct cpu *cpu,
                    const struct memory_map *map, struct code_cache *code)
{
    if (!log)
        return false;
    bool noted_return = log->open_count && is_return(log, address) &&
                        note_return(log, address, cpu, map);
    uint32_t function = function_at(log, address);
    return (function != CALL_RETURN && note_call(log, function, address, cpu, map, code)) ||
           noted_return;
}
