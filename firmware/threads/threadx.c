/* What a ThreadX kernel with four threads has in memory; the kernel itself is not there. */
#include "threads.h"

#define THREAD_ID 0x54485244

struct TX_MUTEX_STRUCT {
    uint32_t tx_mutex_id;
    const char *tx_mutex_name;
    uint32_t tx_mutex_ownership_count;
    struct TX_THREAD_STRUCT *tx_mutex_owner;
};

struct TX_QUEUE_STRUCT {
    uint32_t tx_queue_id;
    const char *tx_queue_name;
    uint32_t tx_queue_message_size, tx_queue_capacity, tx_queue_enqueued;
};

struct TX_THREAD_STRUCT {
    uint32_t tx_thread_id, tx_thread_run_count;
    void *tx_thread_stack_ptr, *tx_thread_stack_start;
    uint32_t tx_thread_stack_size, an_extension;
    const char *tx_thread_name;
    uint32_t tx_thread_priority, tx_thread_state;
    void *tx_thread_suspend_control_block;
    struct TX_THREAD_STRUCT *tx_thread_created_next;
};

struct TX_THREAD_STRUCT threads[4];
struct TX_MUTEX_STRUCT forks[2] = {
    {.tx_mutex_name = "left fork", .tx_mutex_owner = &threads[1]},
    {.tx_mutex_owner = &threads[2]},
};
struct TX_QUEUE_STRUCT jobs = {.tx_queue_name = "jobs", .tx_queue_capacity = 4};

static uint32_t stacks[4][STACK_WORDS] = {
    STACK(0xEFEFEFEF, 3), STACK(0xEFEFEFEF, 4), STACK(0xEFEFEFEF, 5), STACK(0xEFEFEFEF, 0),
};

#define THREAD(number, text, state, priority, object, following) \
    {.tx_thread_id = THREAD_ID, .tx_thread_stack_ptr = &stacks[number][FRAME - 9], \
     .tx_thread_stack_start = stacks[number], .tx_thread_stack_size = sizeof stacks[number], \
     .tx_thread_name = text, .tx_thread_priority = priority, .tx_thread_state = state, \
     .tx_thread_suspend_control_block = object, .tx_thread_created_next = following}

struct TX_THREAD_STRUCT threads[4] = {
    THREAD(0, "main", 0, 1, 0, &threads[1]),
    THREAD(1, "plato", 13, 2, &forks[1], &threads[2]),
    THREAD(2, "socrates", 13, 3, &forks[0], &threads[3]),
    THREAD(3, "worker", 5, 4, &jobs, &threads[0]),
};
struct TX_THREAD_STRUCT *_tx_thread_created_ptr = threads, *_tx_thread_current_ptr = threads;
uint32_t _tx_thread_created_count = 4;

int main(void)
{
    run();
}
