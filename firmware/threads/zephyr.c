/* What a Zephyr kernel with five threads has in memory; the kernel itself is not there. */
#include "threads.h"

struct list {
    union {
        struct list *head, *next;
    };
    union {
        struct list *tail, *prev;
    };
};

struct base {
    struct list qnode_dlist;
    void *pended_on;
    uint16_t user_options;
    union {
        struct {
            int8_t prio;
            uint8_t sched_locked;
        };
        uint16_t preempt;
    };
    uint8_t thread_state;
    struct {
        struct list node;
        uint32_t dticks;
    } timeout;
};

struct k_thread {
    struct base base;
    struct {
        uint32_t v1, v2, v3, v4, v5, v6, v7, v8, psp;
    } callee_saved;
    struct list join_queue;
    struct k_thread *next_thread;
    char name[32];
    struct {
        uint32_t start, size, delta;
    } stack_info;
    struct {
        uint32_t basepri;
        union {
            uint32_t mode;
            struct {
                uint8_t mode_bits, mode_exc_return;
            };
        };
    } arch;
};

struct k_mutex {
    struct list wait_q;
    struct k_thread *owner;
};

struct z_kernel {
    struct {
        uint32_t nested;
        struct k_thread *current;
    } cpus[1];
    struct k_thread *threads;
};

struct k_thread threads[5];
struct k_mutex left_fork = {.owner = &threads[1]};
struct k_mutex right_fork = {.owner = &threads[2]};

static uint32_t stacks[5][STACK_WORDS] = {
    STACK(0xAAAAAAAA, 3), STACK(0xAAAAAAAA, 4), STACK(0xAAAAAAAA, 5),
    STACK(0xAAAAAAAA, 0), STACK(0xAAAAAAAA, 6),
};

#define THREAD(number, text, state, priority, object, following) \
    {.base = {.pended_on = object, .prio = priority, .thread_state = state}, \
     .callee_saved = {.v1 = 0x1234, .psp = (uint32_t)&stacks[number][FRAME]}, \
     .next_thread = following, .name = text, .arch = {.mode_exc_return = 0xFD}, \
     .stack_info = {.start = (uint32_t)stacks[number], .size = sizeof stacks[number]}}

struct k_thread threads[5] = {
    THREAD(0, "main", 0, 0, 0, &threads[1]),
    THREAD(1, "plato", 2, -1, &right_fork, &threads[2]),
    THREAD(2, "socrates", 2, 5, &left_fork, &threads[3]),
    THREAD(3, "sleeper", 4, 7, 0, &threads[4]),
    THREAD(4, "parent", 2, 8, &threads[3].join_queue, 0),
};
struct z_kernel _kernel = {.cpus = {{.current = &threads[0]}}, .threads = threads};

int main(void)
{
    run();
}
