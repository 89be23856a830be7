/* What an RTX5 kernel with six threads has in memory; the kernel itself is not there. */
#include "threads.h"

#define STACK_MAGIC 0xE25A2EA5

typedef struct thread {
    uint8_t id, state, flags, attr;
    const char *name;
    void *next, *previous, *delay_next, *delay_previous, *join;
    uint32_t delay;
    int8_t priority, priority_base;
    uint8_t stack_frame, flags_options;
    uint32_t wait_flags, thread_flags;
    void *mutex_list, *stack_mem;
    uint32_t stack_size;
    void *sp;
} thread_t;

typedef struct {
    uint8_t id, state, flags, attr;
    const char *name;
    thread_t *waiting, *owner;
} mutex_t;

typedef struct {
    uint8_t id, state, flags, attr;
    const char *name;
    thread_t *waiting;
    uint32_t capacity, used;
} queue_t;

thread_t threads[6];
mutex_t left_fork = {.id = 0xF5, .waiting = &threads[2], .owner = &threads[1]};
mutex_t forks[2] = {{.id = 0xF5, .name = "right fork", .waiting = &threads[1], .owner = &threads[2]}};
queue_t jobs = {.id = 0xFA, .name = "jobs", .waiting = &threads[3], .capacity = 4};

static uint32_t stacks[6][STACK_WORDS] = {
    STACK(0xCCCCCCCC, 3), STACK(0xCCCCCCCC, 4), STACK(0xCCCCCCCC, 5),
    STACK(0xCCCCCCCC, 1), STACK(0xCCCCCCCC, 6), STACK(0xCCCCCCCC, 7),
};

#define THREAD(number, text, waits, its_priority, before, after) \
    {.id = 0xF1, .state = waits, .name = text, .previous = before, .delay_next = after, \
     .priority = its_priority, .stack_frame = 0xFD, .stack_mem = stacks[number], \
     .stack_size = sizeof stacks[number], .sp = &stacks[number][FRAME - 8]}

thread_t threads[6] = {
    THREAD(0, "main", 0x02, 24, 0, 0),
    THREAD(1, "plato", 0x53, 25, &forks[0], &threads[2]),
    THREAD(2, "socrates", 0x53, 32, &left_fork, &threads[3]),
    THREAD(3, "worker", 0x83, 40, &jobs, 0),
    THREAD(4, "parent", 0x23, 8, 0, 0),
    THREAD(5, "rtx_idle", 0x01, 1, 0, 0),
};

struct {
    const char *os_id;
    uint32_t version, kernel[2], tick_irqn;
    thread_t *current, *next;
    uint32_t ready[2];
    thread_t *ready_list, *idle, *delay_list, *wait_list;
} osRtxInfo = {
    .current = threads, .ready_list = &threads[5], .idle = &threads[5],
    .delay_list = &threads[4], .wait_list = &threads[1],
};

int main(void)
{
    for (int number = 0; number < 6; number++)
        stacks[number][0] = STACK_MAGIC;
    stacks[3][0] = 0;
    threads[1].join = &threads[4];
    run();
}
