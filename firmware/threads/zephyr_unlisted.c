/* Threads as Zephyr 2.5 has them without CONFIG_THREAD_MONITOR and CONFIG_THREAD_NAME: in variables. */
#include "threads.h"

typedef struct {
    void *head, *tail;
} _wait_q_t;

struct k_thread {
    struct {
        _wait_q_t qnode_dlist;
        _wait_q_t *pended_on;
        uint8_t user_options;
        uint8_t thread_state;
        int8_t prio;
        uint8_t sched_locked;
        _wait_q_t join_waiters;
    } base;
    struct {
        uint32_t v1, v2, v3, v4, v5, v6, v7, v8, psp;
    } callee_saved;
    struct {
        uint32_t start, size, delta;
    } stack_info;
    struct {
        uint32_t basepri, swap_return_value;
        float preempt_float[16];
        uint32_t mode;
        uint32_t priv_stack_start;
    } arch;
};

struct k_mutex {
    _wait_q_t wait_q;
    struct k_thread *owner;
};

struct k_queue {
    uint32_t data_q[3];
    _wait_q_t wait_q;
};

struct k_work_q {
    struct k_queue queue;
    struct k_thread thread;
};

struct z_kernel {
    struct {
        uint32_t nested;
        struct k_thread *current;
    } cpus[1];
    void *ready;
};

extern struct k_thread z_main_thread, z_idle_threads[], diners[2];
extern struct k_work_q k_sys_work_q;
struct k_mutex forks[2] = {{.owner = &diners[0]}, {.owner = &diners[1]}};

static uint32_t stacks[6][STACK_WORDS] = {[0 ... 5] = STACK(0xAAAAAAAA, 4)};
static uint32_t privileged[STACK_WORDS] = STACK(0xAAAAAAAA, 4);

#define THREAD(number, status, priority, object) \
    {.base = {.pended_on = object, .prio = priority, .thread_state = status}, \
     .callee_saved = {.v1 = 0x1234, .psp = (uint32_t)&stacks[number][FRAME]}, \
     .stack_info = {.start = (uint32_t)stacks[number], .size = sizeof stacks[number]}}

static _wait_q_t *wait_in_poll(void)
{
    static _wait_q_t wait_q;
    return &wait_q;
}

struct k_thread z_main_thread = THREAD(0, 8, 0, 0);
struct k_thread z_idle_threads[1] = {THREAD(1, 0, 15, 0)};
struct k_thread diners[2] = {THREAD(2, 2, 5, &forks[1].wait_q), THREAD(3, 2, 5, &forks[0].wait_q)};
struct k_work_q k_sys_work_q = {.thread = THREAD(4, 2, -1, &k_sys_work_q.queue.wait_q)};
/* In a system call of a user thread: its stack pointer is that of its privileged stack. */
struct k_thread _k_thread_obj_visitor = {
    .base = {.pended_on = &diners[1].base.join_waiters, .user_options = 4, .thread_state = 2},
    .callee_saved = {.psp = (uint32_t)&privileged[FRAME]},
    .stack_info = {.start = (uint32_t)stacks[5], .size = sizeof stacks[5]},
    .arch = {.priv_stack_start = (uint32_t)privileged},
};
struct k_thread never_started;
struct z_kernel _kernel = {.cpus = {{.current = &z_idle_threads[0]}}};

int main(void)
{
    z_main_thread.base.thread_state = 2;
    z_main_thread.base.pended_on = wait_in_poll();
    run();
}
