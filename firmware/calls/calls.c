/* Two tasks that call functions with the names of Secure Sockets, which only pretend: calls that
 * block, tail calls, a call left by longjmp, and one whose task is deleted. A task control block has
 * its name where FreeRTOS has it. */
#include "../boards/board.h"

struct task {
    uint32_t *top;
    uint8_t lists[48];
    char name[16];
    uint32_t stack[128];
};

struct address {
    uint8_t length, domain;
    uint16_t port; /* network order, as the address */
    uint8_t address[4];
};

static struct task one = {.name = "one"}, two = {.name = "two"};
struct task *volatile pxCurrentTCB = &one;
static void *escape[5];

/* Saves what a function call preserves on the stack of one task and restores it from another's. */
__attribute__((naked, noinline)) static void exchange(uint32_t **from, uint32_t *to)
{
    (void)from;
    (void)to;
    __asm__("push {r4-r11, lr}\n str sp, [r0]\n mov sp, r1\n pop {r4-r11, pc}");
}

static void switch_to(struct task *task)
{
    struct task *from = pxCurrentTCB;
    pxCurrentTCB = task;
    exchange(&from->top, task->top);
}

#define API __attribute__((noipa, used))

API int SOCKETS_Connect(int socket, const struct address *address, unsigned length)
{
    (void)socket;
    (void)length;
    return address->port ? 0 : -22;
}

/* Blocks until the other task comes back. */
API int SOCKETS_Recv(int socket, void *buffer, unsigned size, unsigned flags)
{
    (void)buffer;
    (void)flags;
    switch_to(pxCurrentTCB == &one ? &two : &one);
    return socket == 1 ? -11 : (int)size;
}

API int SOCKETS_Shutdown(int socket, unsigned how)
{
    return how > 2 ? -22 : socket < 0 ? -128 : 0;
}

API int SOCKETS_Close(int socket)
{
    return SOCKETS_Shutdown(socket, 2);
}

API int SOCKETS_Send(int socket, const void *data, unsigned size, unsigned flags)
{
    (void)data;
    (void)size;
    (void)flags;
    if (socket == 7)
        __builtin_longjmp(escape, 1);
    return (int)size;
}

API int SOCKETS_SetSockOpt(int socket, int level, int name, const void *value, unsigned size)
{
    (void)socket;
    (void)level;
    (void)value;
    return size && name < 2 ? 0 : -109;
}

API void vTaskDelete(struct task *task)
{
    __asm__ volatile("" : : "r"(task) : "memory");
}

static void second(void)
{
    char buffer[8];
    for (;;)
        SOCKETS_Recv(1, buffer, sizeof buffer, 0);
}

__attribute__((noinline)) static void leave(void)
{
    if (!__builtin_setjmp(escape))
        SOCKETS_Send(7, "left", 4, 0);
}

int main(void)
{
    static const struct address server = {8, 2, 0x2923, {10, 10, 0, 1}}; /* port 9001 */
    static const uint32_t timeout = 2000;
    char buffer[5];
    board_start();
    two.top = two.stack + 128 - 9;
    two.top[8] = (uint32_t)second;
    SOCKETS_Connect(0, &server, sizeof server);
    SOCKETS_SetSockOpt(0, 0, 0, &timeout, sizeof timeout);
    SOCKETS_Recv(0, buffer, sizeof buffer, 0);
    SOCKETS_Recv(2, buffer, 3, 0);
    leave();
    SOCKETS_Send(0, "stays", 5, 0);
    SOCKETS_Close(-1);
    vTaskDelete(&two);
    board_put('.');
    board_put('\n');
    for (;;)
        board_sleep();
}
