/* Secure Sockets over the ISM43362 with the promises of Amazon FreeRTOS's port for this board: its user
 * guide, "Secure Sockets Ports". The driver is compiled into this file, whose commands it needs. */
#include "../boards/b_l475e_iot01a/net.c"

#define SOCKETS 4
#define MAX_TIMEOUT 30000
#define DEFAULT_TIMEOUT 10000
#define POLL_PAUSE 5
#define MAX_PAYLOAD 1200

#define OF_A_SOCKET uint32_t receive_timeout, send_timeout
#include "port.h"

static int says_error(void)
{
    static const char text[] = "ERROR";
    for (unsigned i = 0; i + sizeof text - 1 <= reply_size; i++)
        if (!memcmp(reply + i, text, sizeof text - 1))
            return 1;
    return 0;
}

/* What neither says OK nor ERROR is no reply: the module is stuck or out of step. */
static int32_t failure(void)
{
    char identity[80] = "";
    if (reply_size && says_error())
        return SOCKETS_SOCKET_ERROR;
    net_start(identity, sizeof identity);
    memset(sockets, 0, sizeof sockets);
    return SOCKETS_PERIPHERAL_RESET;
}

static int try_command(const char *text, const void *data, unsigned size)
{
    reply_size = 0;
    return command(text, data, size);
}

static int try_number(const char *prefix, unsigned value)
{
    reply_size = 0;
    return command_number(prefix, value);
}

API Socket_t SOCKETS_Socket(int32_t domain, int32_t type, int32_t protocol)
{
    (void)domain, (void)type, (void)protocol;
    for (unsigned i = 0; i < SOCKETS; i++)
        if (!sockets[i].in_use) {
            sockets[i].in_use = 1;
            sockets[i].flags = 0;
            sockets[i].receive_timeout = sockets[i].send_timeout = DEFAULT_TIMEOUT;
            return (Socket_t)(uintptr_t)i;
        }
    return SOCKETS_INVALID_SOCKET;
}

API int32_t SOCKETS_Connect(Socket_t socket, SocketsSockaddr_t *to, Socklen_t length)
{
    int number = number_of(socket);
    const int secure = number >= 0 && sockets[number].flags & SECURE;
    char dotted[16] = "";
    (void)length;
    if (number < 0)
        return SOCKETS_EINVAL;
    if (sockets[number].flags & CONNECTED)
        return SOCKETS_SOCKET_ERROR;
    append_address(dotted, sizeof dotted, (const uint8_t *)&to->ulAddress);
    if ((secure && command("PF=0," CREDENTIALS "\r", 0, 0) < 0) ||
        command_number("P0=", (unsigned)number) < 0 || command_number("P1=", secure ? 3 : 0) < 0 ||
        command_number("P2=", 0) < 0 ||
        command_number("P4=", (to->usPort >> 8 | to->usPort << 8) & 0xFFFFu) < 0 ||
        command_text("P3=", dotted) < 0 || (secure && command_number("P9=", 2) < 0) ||
        command_number("P6=", 1) < 0)
        return SOCKETS_SOCKET_ERROR;
    sockets[number].flags |= CONNECTED;
    return SOCKETS_ERROR_NONE;
}

API int32_t SOCKETS_Send(Socket_t socket, const void *data, size_t size, uint32_t flags)
{
    int number = number_of(socket);
    char text[12] = "S3=";
    (void)flags;
    if (number < 0)
        return SOCKETS_SOCKET_ERROR;
    if (sockets[number].flags & NOT_SENDING)
        return SOCKETS_ECLOSED;
    if (size > MAX_PAYLOAD)
        size = MAX_PAYLOAD;
    if (try_number("P0=", (unsigned)number) < 0 || try_number("S2=", sockets[number].send_timeout) < 0)
        return failure();
    for (unsigned unit = 1000; unit; unit /= 10)
        append_number(text, sizeof text, size / unit % 10);
    append(text, sizeof text, "\r");
    /* A failure of this command alone does not reset the module. */
    if (try_command(text, data, (unsigned)size) < 0 || reply[2] == '-')
        return SOCKETS_SOCKET_ERROR;
    return (int32_t)size;
}

API int32_t SOCKETS_Recv(Socket_t socket, void *data, size_t size, uint32_t flags)
{
    int number = number_of(socket);
    uint32_t start = board_ticks();
    (void)flags;
    if (number < 0)
        return SOCKETS_SOCKET_ERROR;
    if (sockets[number].flags & NOT_RECEIVING)
        return SOCKETS_ECLOSED;
    for (;;) {
        if (try_number("P0=", (unsigned)number) < 0 ||
            try_number("R1=", size > MAX_PAYLOAD ? MAX_PAYLOAD : (unsigned)size) < 0 ||
            try_number("R2=", 1) < 0 || try_command("R0\r", 0, 0) < 0)
            return failure();
        if (reply_size > 10)
            return (int32_t)take_payload(data, (unsigned)size);
        if (board_ticks() - start >= sockets[number].receive_timeout)
            return 0;
        pause(POLL_PAUSE);
    }
}

API int32_t SOCKETS_Close(Socket_t socket)
{
    int number = number_of(socket);
    if (number < 0)
        return SOCKETS_EINVAL;
    sockets[number].in_use = 0;
    if (command_number("P0=", (unsigned)number) < 0 || command_number("P6=", 0) < 0)
        return SOCKETS_SOCKET_ERROR;
    return SOCKETS_ERROR_NONE;
}

API int32_t SOCKETS_SetSockOpt(Socket_t socket, int32_t level, int32_t option, const void *value,
                               size_t size)
{
    int number = number_of(socket);
    (void)level, (void)size;
    if (number < 0)
        return SOCKETS_SOCKET_ERROR;
    if (option == SOCKETS_SO_REQUIRE_TLS) {
        if (sockets[number].flags & CONNECTED)
            return SOCKETS_SOCKET_ERROR;
        sockets[number].flags |= SECURE;
        return SOCKETS_ERROR_NONE;
    }
    if (option != SOCKETS_SO_RCVTIMEO && option != SOCKETS_SO_SNDTIMEO)
        return SOCKETS_ENOPROTOOPT;
    if (*(const uint32_t *)value >= MAX_TIMEOUT)
        return SOCKETS_EINVAL;
    if (option == SOCKETS_SO_RCVTIMEO)
        sockets[number].receive_timeout = *(const uint32_t *)value;
    else
        sockets[number].send_timeout = *(const uint32_t *)value;
    return SOCKETS_ERROR_NONE;
}
