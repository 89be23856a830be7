/* A port of Secure Sockets that answers by itself, as the ports of the two boards do, without a
 * radio. The port number of an address says what becomes of the connection. */
#include "port.h"
#include "../boards/board.h"

enum { NOT_SENDING = 1, NOT_RECEIVING = 2 };

struct socket {
    uint8_t in_use, connected, ended;
    uint16_t server;
};

static struct socket sockets[SOCKETS];

/* A task control block has its name where FreeRTOS has it. */
static struct task {
    uint32_t top;
    uint8_t lists[48];
    char name[16];
} application = {.name = "app"};
struct task *volatile pxCurrentTCB = &application;

#define API __attribute__((noipa, used))

static struct socket *of(int number)
{
    return number >= 0 && number < SOCKETS && sockets[number].in_use ? &sockets[number] : 0;
}

API int SOCKETS_SetSockOpt(int number, int level, int option, const void *value, uint32_t size)
{
    struct socket *socket = of(number);
    (void)level, (void)value, (void)size;
    if (!socket)
        return SOCKET_ERROR;
    return socket->connected && option >= SO_SERVER_NAME_INDICATION ? SOCKET_ERROR : 0;
}

API int SOCKETS_Socket(int domain, int type, int protocol)
{
    static const uint32_t time_out = 10000;
    (void)domain, (void)type, (void)protocol;
    for (int number = 0; number < SOCKETS; number++)
        if (!sockets[number].in_use) {
            sockets[number] = (struct socket){.in_use = 1};
            /* As the CC3220SF's port does, which is no call of the application's. */
            SOCKETS_SetSockOpt(number, 0, SO_SNDTIMEO, &time_out, sizeof time_out);
            return number;
        }
    return -1;
}

API int SOCKETS_Connect(int number, const struct address *address, uint32_t length)
{
    struct socket *socket = of(number);
    (void)length;
    if (!socket)
        return EINVAL;
    socket->server = (uint16_t)(address->port >> 8 | address->port << 8);
    if (socket->server == REFUSES)
        return SOCKET_ERROR;
    if (socket->server == UNTRUSTED)
        return TLS_HANDSHAKE_ERROR;
    socket->connected = 1;
    return 0;
}

API int SOCKETS_Recv(int number, void *buffer, uint32_t size, uint32_t flags)
{
    struct socket *socket = of(number);
    (void)flags;
    if (!socket)
        return EINVAL;
    if (socket->ended & NOT_RECEIVING)
        return ECLOSED;
    memset(buffer, 0, size);
    return (int)size;
}

API int SOCKETS_Send(int number, const void *data, uint32_t size, uint32_t flags)
{
    struct socket *socket = of(number);
    (void)data, (void)flags;
    if (!socket || socket->server == BREAKS)
        return SOCKET_ERROR;
    if (socket->ended & NOT_SENDING)
        return ECLOSED;
    if (socket->server == RESETS_MODULE) {
        memset(sockets, 0, sizeof sockets);
        return PERIPHERAL_RESET;
    }
    return (int)size;
}

API int SOCKETS_Shutdown(int number, uint32_t how)
{
    struct socket *socket = of(number);
    if (!socket || how > SHUT_RDWR)
        return EINVAL;
    if (how != SHUT_RD)
        socket->ended |= NOT_SENDING;
    if (how != SHUT_WR)
        socket->ended |= NOT_RECEIVING;
    return 0;
}

API int SOCKETS_Close(int number)
{
    struct socket *socket = of(number);
    if (!socket)
        return EINVAL;
    socket->in_use = 0;
    return 0;
}

API int WIFI_ConnectAP(const void *network)
{
    (void)network;
    return 0;
}
