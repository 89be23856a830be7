#include "system/dwt.h"

#include <string.h>

enum { DWT_CTRL = 0, DWT_CYCCNT = 4 };
#define CTRL_CYCCNTENA 1u
#define CTRL_COMPARATORS (4u << 28)
#define CTRL_READ_ONLY 0xF0000000

void dwt_reset(struct dwt *dwt)
{
    memset(&dwt->state, 0, sizeof dwt->state);
    dwt->state.words[DWT_CTRL] = CTRL_COMPARATORS;
    dwt->schedule->match = NEVER;
}

static bool is_counting(const struct dwt *dwt)
{
    return dwt->state.words[DWT_CTRL] & CTRL_CYCCNTENA && dwt->scb->demcr & DEMCR_TRCENA;
}

static uint32_t get_count(const struct dwt *dwt)
{
    uint64_t base = dwt->state.base;
    return (uint32_t)(is_counting(dwt) ? dwt->schedule->shared.cycles - base : base);
}

static void set_count(struct dwt *dwt, uint32_t value)
{
    dwt->state.base = is_counting(dwt) ? dwt->schedule->shared.cycles - value : value;
}

/* DWT_COMPn, DWT_MASKn and DWT_FUNCTIONn, C1.8.8 to C1.8.10, from word 8 on. */
enum { FIRST_COMPARATOR = 8, COMPARATOR_WORDS = 4, COMP = 0, MASK, FUNCTION };
#define FUNCTION_MATCHED (1u << 24)
#define FUNCTION_CYCLES (1u << 7) /* CYCMATCH: comparator 0 compares with CYCCNT */
#define FUNCTION_VALUE (1u << 8) /* DATAVMATCH: COMP is a value, which only comparator 1 compares */
#define FUNCTION_LINKED (1u << 9) /* LNK1ENA: it compares with a second address, too */
#define FUNCTION_MASK 0xFFDBFu
#define MAX_IGNORED 15 /* bits of an address that a Cortex-M4 ignores at most */
enum { VALUE_COMPARATOR = 1 };

static const uint32_t *comparator_at(const struct dwt *dwt, unsigned n)
{
    return dwt->state.words + FIRST_COMPARATOR + COMPARATOR_WORDS * n;
}

static bool compares_value(const struct dwt *dwt)
{
    return comparator_at(dwt, VALUE_COMPARATOR)[FUNCTION] & FUNCTION_VALUE;
}

void dwt_update(struct dwt *dwt)
{
    const uint32_t *first = comparator_at(dwt, 0);
    bool waits = is_counting(dwt) && (first[FUNCTION] & (FUNCTION_CYCLES | 0xF)) == (FUNCTION_CYCLES | 4);
    uint32_t left = first[COMP] - get_count(dwt);
    dwt->schedule->match =
        waits ? dwt->schedule->shared.cycles + (left ? left : (uint64_t)1 << 32) : NEVER;
    schedule_update(dwt->schedule);
}

void dwt_sync(struct dwt *dwt)
{
    if (dwt->schedule->shared.cycles < dwt->schedule->match)
        return;
    dwt_match(dwt, 0);
    dwt_update(dwt);
}

/* The run loop is to look at dwt_ranges again. */
static void request_update(struct dwt *dwt)
{
    if (dwt->scb->demcr & DEMCR_MON_STEP)
        schedule_request(dwt->schedule, REQUEST_WATCHPOINTS);
    for (unsigned n = 0; n < DWT_COMPARATORS; n++)
        if (comparator_at(dwt, n)[FUNCTION] & 0xF)
            schedule_request(dwt->schedule, REQUEST_WATCHPOINTS);
}

uint32_t dwt_read(struct dwt *dwt, uint32_t offset)
{
    uint32_t word = offset / 4, *words = dwt->state.words;
    if (offset == DWT_CYCCNT)
        return get_count(dwt);
    if (word >= DWT_WORDS)
        return 0;
    uint32_t value = words[word];
    if (word >= FIRST_COMPARATOR && word % COMPARATOR_WORDS == FUNCTION)
        words[word] &= ~FUNCTION_MATCHED;
    return value;
}

static void write_comparator(struct dwt *dwt, uint32_t word, uint32_t value)
{
    bool first = word < FIRST_COMPARATOR + COMPARATOR_WORDS;
    bool has_value = word / COMPARATOR_WORDS == FIRST_COMPARATOR / COMPARATOR_WORDS + VALUE_COMPARATOR;
    request_update(dwt);
    switch (word % COMPARATOR_WORDS) {
    case COMP: dwt->state.words[word] = value; break;
    case MASK:
        value &= 0x1F;
        dwt->state.words[word] = value < MAX_IGNORED ? value : MAX_IGNORED;
        break;
    case FUNCTION:
        value &= FUNCTION_MASK & ~(first ? 0 : FUNCTION_CYCLES);
        dwt->state.words[word] = has_value ? value | FUNCTION_LINKED : value & ~FUNCTION_VALUE & 0xFF;
        break;
    default: break;
    }
    request_update(dwt);
}

void dwt_write(struct dwt *dwt, uint32_t offset, uint32_t value, uint32_t lanes)
{
    uint32_t count = get_count(dwt), word = offset / 4, *words = dwt->state.words;
    if (word >= DWT_WORDS)
        return;
    value = ((offset == DWT_CYCCNT ? count : words[word]) & ~lanes) | (value & lanes);
    if (offset == DWT_CYCCNT)
        count = value;
    else if (offset == DWT_CTRL)
        words[DWT_CTRL] = (words[DWT_CTRL] & CTRL_READ_ONLY) | (value & ~CTRL_READ_ONLY);
    else if (word >= FIRST_COMPARATOR)
        write_comparator(dwt, word, value);
    else
        words[word] = value;
    set_count(dwt, count);
    dwt_update(dwt);
}

uint32_t dwt_read_demcr(const struct dwt *dwt)
{
    bool pending = bit_get(dwt->nvic->state.pending, EXCEPTION_DEBUG_MONITOR);
    return (dwt->scb->demcr & ~(uint32_t)DEMCR_MON_PEND) | (pending ? DEMCR_MON_PEND : 0);
}

void dwt_write_demcr(struct dwt *dwt, uint32_t value)
{
    uint32_t count = get_count(dwt);
    request_update(dwt);
    dwt->scb->demcr = value;
    set_count(dwt, count);
    dwt_update(dwt);
    request_update(dwt);
    if (value & DEMCR_MON_PEND)
        nvic_pend(dwt->nvic, EXCEPTION_DEBUG_MONITOR);
    else
        nvic_unpend(dwt->nvic, EXCEPTION_DEBUG_MONITOR);
}

/* What a comparator's function waits for, table C1-14. */
static unsigned events_of(uint32_t function)
{
    switch (function & 0xF) {
    case 4: return DWT_EXECUTE;
    case 5: return DWT_READ;
    case 6: return DWT_WRITE;
    case 7: return DWT_READ | DWT_WRITE;
    default: return 0;
    }
}

/* The addresses of comparator `n`, if it is used for addresses. */
static bool addresses_of(const struct dwt *dwt, unsigned n, unsigned events, unsigned reported,
                         struct dwt_range *range)
{
    const uint32_t *comparator = comparator_at(dwt, n);
    uint32_t ignored = (1u << comparator[MASK]) - 1;
    *range = (struct dwt_range){comparator[COMP] & ~ignored, comparator[COMP] | ignored,
                                (uint8_t)events, (uint8_t)reported};
    return events;
}

/* The monitor, which isn't executed now, has asked to be entered behind the next instruction. */
static bool steps(const struct dwt *dwt)
{
    const uint32_t wanted = DEMCR_MON_EN | DEMCR_MON_STEP;
    return (dwt->scb->demcr & wanted) == wanted &&
           !bit_get(dwt->nvic->state.active, EXCEPTION_DEBUG_MONITOR);
}

unsigned dwt_ranges(const struct dwt *dwt, struct dwt_range *ranges)
{
    unsigned count = 0;
    if (steps(dwt))
        ranges[count++] = (struct dwt_range){0, UINT32_MAX, DWT_EXECUTE, DWT_STEP};
    if (!(dwt->scb->demcr & DEMCR_TRCENA))
        return count;
    for (unsigned n = 0; n < DWT_COMPARATORS; n++) {
        uint32_t function = comparator_at(dwt, n)[FUNCTION];
        bool is_value = n == VALUE_COMPARATOR && compares_value(dwt);
        if (!is_value && !(function & FUNCTION_CYCLES))
            count += addresses_of(dwt, n, events_of(function), n, &ranges[count]);
    }
    if (!compares_value(dwt))
        return count;
    uint32_t function = comparator_at(dwt, VALUE_COMPARATOR)[FUNCTION];
    unsigned first = function >> 12 & 0xF, second = function >> 16 & 0xF;
    unsigned events = events_of(function) & ~(unsigned)DWT_EXECUTE;
    if (events && (first == VALUE_COMPARATOR || first >= DWT_COMPARATORS)) {
        ranges[count++] = (struct dwt_range){0, UINT32_MAX, (uint8_t)events, VALUE_COMPARATOR};
        return count;
    }
    count += addresses_of(dwt, first, events, VALUE_COMPARATOR, &ranges[count]);
    if (second != first && second != VALUE_COMPARATOR && second < DWT_COMPARATORS &&
        count < DWT_RANGES)
        count += addresses_of(dwt, second, events, VALUE_COMPARATOR, &ranges[count]);
    return count;
}

bool dwt_accepts(const struct dwt *dwt, unsigned comparator, uint32_t value, unsigned width)
{
    if (comparator != VALUE_COMPARATOR || !compares_value(dwt))
        return true;
    const uint32_t *words = comparator_at(dwt, VALUE_COMPARATOR);
    unsigned size = 1u << (words[FUNCTION] >> 10 & 3);
    return width == size && low_bytes(value ^ words[COMP], width) == 0;
}

/* An instruction is about to be executed while the monitor steps, which only less urgent code is. */
static void step(struct dwt *dwt)
{
    struct nvic *nvic = dwt->nvic;
    int priority = nvic_group_priority(nvic, nvic->state.priority[EXCEPTION_DEBUG_MONITOR]);
    if (priority >= nvic_execution_priority(nvic, true))
        return;
    dwt->scb->dfsr |= DFSR_HALTED;
    nvic_pend(nvic, EXCEPTION_DEBUG_MONITOR);
}

void dwt_match(struct dwt *dwt, unsigned comparator)
{
    if (comparator == DWT_STEP) {
        step(dwt);
        return;
    }
    dwt->state.words[FIRST_COMPARATOR + COMPARATOR_WORDS * comparator + FUNCTION] |= FUNCTION_MATCHED;
    bool halts = dwt->schedule->shared.debugger, monitored = dwt->scb->demcr & DEMCR_MON_EN;
    if (halts || monitored)
        dwt->scb->dfsr |= DFSR_DWTTRAP;
    if (!halts && monitored)
        nvic_pend(dwt->nvic, EXCEPTION_DEBUG_MONITOR);
}
