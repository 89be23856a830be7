/* Small applications that rely on what their port of Secure Sockets does not promise, one for each
 * rule of the port contract and named after it, and one that relies on nothing. The console asks
 * which one is to run. */
#include "../boards/board.h"
#include "port.h"

#define NAME_SIZE 40

static char buffer[8] __attribute__((aligned(4)));

static int open_socket(void)
{
    return SOCKETS_Socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
}

static int connect_to(int socket, uint16_t port)
{
    const struct address address = {0, AF_INET, (uint16_t)(port >> 8 | port << 8), 0x01000A0A};
    return SOCKETS_Connect(socket, &address, sizeof address);
}

static int connected(uint16_t port)
{
    int socket = open_socket();
    connect_to(socket, port);
    return socket;
}

static void set(int socket, int option, uint32_t value)
{
    SOCKETS_SetSockOpt(socket, 0, option, &value, sizeof value);
}

/* Its caller may not care, the code behind SOCKETS_Send does. */
__attribute__((noipa)) static int sends(int socket)
{
    return SOCKETS_Send(socket, "hello", 5, 0) == 5;
}

static void correct(void)
{
    /* As many as there are, and each closed, also those that are refused. */
    int sockets[SOCKETS];
    for (int i = 0; i < SOCKETS; i++)
        sockets[i] = open_socket();
    for (int i = 0; i < SOCKETS; i++) {
        set(sockets[i], TIME_OUT, TIME_OUT_VALUE);
        SOCKETS_SetSockOpt(sockets[i], 0, SO_REQUIRE_TLS, 0, 0);
        SOCKETS_SetSockOpt(sockets[i], 0, SO_SERVER_NAME_INDICATION, "echo", 4);
        if (connect_to(sockets[i], (uint16_t)(i == 1 ? REFUSES : i == 2 ? UNTRUSTED : ECHO)) == 0
            && sends(sockets[i]))
            SOCKETS_Recv(sockets[i], buffer, sizeof buffer, 0);
        SOCKETS_Shutdown(sockets[i], SHUT_RDWR);
        SOCKETS_Close(sockets[i]);
    }
    int socket = connected(RESETS_MODULE);
    if (!sends(socket))
        WIFI_ConnectAP(0);
    socket = connected(ECHO);
    sends(socket);
    SOCKETS_Close(socket);
}

static void too_many_sockets(void)
{
    for (int i = 0; i <= SOCKETS; i++)
        open_socket();
}

static void ipv4_only(void)
{
    const struct address address = {sizeof address, AF_INET6, 0x0700, 0x01000A0A};
    int socket = open_socket();
    SOCKETS_Connect(socket, &address, sizeof address);
    SOCKETS_Close(socket);
}

static void connect_fields_ignored(void)
{
    const struct address address = {28, AF_INET, 0x0700, 0x01000A0A};
    int socket = open_socket();
    SOCKETS_Connect(socket, &address, sizeof address);
    SOCKETS_Close(socket);
}

static void failed_connect_not_closed(void)
{
    connected(REFUSES);
    SOCKETS_Close(open_socket());
}

static void failed_handshake_not_closed(void)
{
    int socket = connected(UNTRUSTED);
    sends(socket);
}

__attribute__((noinline)) static void first_send_unchecked(void)
{
    int socket = connected(ECHO);
    SOCKETS_Send(socket, "hello", 5, 0);
    SOCKETS_Recv(socket, buffer, sizeof buffer, 0);
    SOCKETS_Close(socket);
}

static void with_option(int option, uint32_t value)
{
    int socket = open_socket();
    set(socket, option, value);
    SOCKETS_Close(socket);
}

static void timeout_refused(void)
{
    with_option(SO_SNDTIMEO, 30000);
}

static void timeout_undocumented(void)
{
    with_option(SO_RCVTIMEO, 2000);
}

static void receive_does_not_block(void)
{
    with_option(SO_RCVTIMEO, 0);
}

static void receive_timeout_step(void)
{
    with_option(SO_RCVTIMEO, 25);
}

static void send_timeout_unused(void)
{
    with_option(SO_SNDTIMEO, 1000);
}

static void secure_option_after_connect(void)
{
    int socket = connected(ECHO);
    SOCKETS_SetSockOpt(socket, 0, SO_REQUIRE_TLS, 0, 0);
    SOCKETS_Close(socket);
}

static void secure_option_without_tls(void)
{
    int socket = open_socket();
    SOCKETS_SetSockOpt(socket, 0, SO_SERVER_NAME_INDICATION, "echo", 4);
    connect_to(socket, ECHO);
    SOCKETS_Close(socket);
}

static void send_after_failure(void)
{
    int socket = connected(BREAKS);
    for (int tries = 3; tries && !sends(socket); tries--)
        ;
    SOCKETS_Close(socket);
}

static void shutdown_sends_no_fin(void)
{
    int socket = connected(ECHO);
    SOCKETS_Shutdown(socket, SHUT_WR);
    SOCKETS_Recv(socket, buffer, sizeof buffer, 0);
    SOCKETS_Close(socket);
}

static void use_after_shutdown(void)
{
    int socket = connected(ECHO);
    SOCKETS_Shutdown(socket, SHUT_RDWR);
    sends(socket);
    SOCKETS_Close(socket);
}

static void no_join_after_reset(void)
{
    sends(connected(RESETS_MODULE));
    SOCKETS_Close(connected(ECHO));
}

/* The site is that of the access's caller. */
__attribute__((noipa)) static void store(volatile uint32_t *place, uint32_t value)
{
    *place = value;
}

static void baud_rate_off(void)
{
    store((volatile uint32_t *)DIVIDER, ODD_DIVIDER);
    board_put('!');
    board_put('\n');
}

static void pin_without_function(void)
{
    store((volatile uint32_t *)PIN, PIN_RESET);
    board_put('!');
    board_put('\n');
}

__attribute__((noipa)) static uint32_t load(const volatile void *place)
{
    return *(const volatile uint32_t *)place;
}

static void unaligned_access(void)
{
    load(buffer + 1);
}

static void uninitialised_read(void)
{
    load((const void *)0x20008000);
}

#ifdef UNCLOCKED
static void peripheral_clock_off(void)
{
    store((volatile uint32_t *)UNCLOCKED, 1);
}
#endif

static const struct {
    const char *name;
    void (*run)(void);
} applications[] = {
    {"correct", correct},
    {"too-many-sockets", too_many_sockets},
    {"ipv4-only", ipv4_only},
    {"connect-fields-ignored", connect_fields_ignored},
    {"failed-connect-not-closed", failed_connect_not_closed},
    {"failed-handshake-not-closed", failed_handshake_not_closed},
    {"first-send-unchecked", first_send_unchecked},
    {"timeout-refused", timeout_refused},
    {"timeout-undocumented", timeout_undocumented},
    {"receive-does-not-block", receive_does_not_block},
    {"receive-timeout-step", receive_timeout_step},
    {"send-timeout-unused", send_timeout_unused},
    {"secure-option-after-connect", secure_option_after_connect},
    {"secure-option-without-tls", secure_option_without_tls},
    {"send-after-failure", send_after_failure},
    {"shutdown-sends-no-fin", shutdown_sends_no_fin},
    {"use-after-shutdown", use_after_shutdown},
    {"no-join-after-reset", no_join_after_reset},
    {"baud-rate-off", baud_rate_off},
    {"pin-without-function", pin_without_function},
    {"unaligned-access", unaligned_access},
    {"uninitialised-read", uninitialised_read},
#ifdef UNCLOCKED
    {"peripheral-clock-off", peripheral_clock_off},
#endif
};

static void print(const char *text)
{
    while (*text)
        board_put(*text++);
}

int main(void)
{
    char name[NAME_SIZE];
    unsigned length = 0;
    board_start();
    print("which one?\n");
    for (char c; (c = board_get()) != '\n' && c != '\r' && length < sizeof name - 1;)
        name[length++] = c;
    name[length] = 0;
    for (unsigned i = 0; i < sizeof applications / sizeof *applications; i++)
        if (strlen(applications[i].name) == length && !memcmp(name, applications[i].name, length))
            applications[i].run();
    print("done\n");
    for (;;)
        board_sleep();
}
