/* The least that a ThreadX kernel with one thread has in memory, and that debug information, unwind
   tables and symbols say of it: for fuzzing their readers, which take their time over a real one. */
#include <stdint.h>

struct TX_THREAD_STRUCT {
    uint32_t tx_thread_id;
    void *tx_thread_stack_ptr;
    const char *tx_thread_name;
    uint32_t tx_thread_priority, tx_thread_state;
    struct TX_THREAD_STRUCT *tx_thread_created_next;
};

struct TX_THREAD_STRUCT thread = {
    .tx_thread_id = 0x54485244, .tx_thread_name = "only", .tx_thread_created_next = &thread,
};
struct TX_THREAD_STRUCT *_tx_thread_created_ptr = &thread, *_tx_thread_current_ptr = &thread;
uint32_t _tx_thread_created_count = 1;

/* The routines that unwind tables name. */
void __aeabi_unwind_cpp_pr0(void)
{
}

void __aeabi_unwind_cpp_pr1(void)
{
}

__attribute__((noinline)) void waits_here(void)
{
    __asm volatile("wfi");
}

__attribute__((noreturn)) void _start(void)
{
    for (;;)
        waits_here();
}
