/* Secure Sockets over the network processor with the promises of Amazon FreeRTOS's port for this board:
 * its user guide, "Secure Sockets Ports". The driver is compiled into this file, whose commands it
 * needs. */
#include "../boards/cc3220sf_launchxl/net.c"

#define SOCKETS 16
#define DEFAULT_TIMEOUT 10000
#define OPTION_START_TLS 35
#define ASYNCHRONOUS 0x100F
#define SECURED 3
#define HANDSHAKE_FAILED 4

/* Of the network processor. */
#define OF_A_SOCKET int descriptor
#include "port.h"

static int set_receive_timeout(int descriptor, uint32_t timeout)
{
    uint32_t value[2] = {timeout / 1000, timeout % 1000 * 1000};
    return set_option(descriptor, OPTION_RECEIVE_TIMEOUT, value, sizeof value);
}

API Socket_t SOCKETS_Socket(int32_t domain, int32_t type, int32_t protocol)
{
    static const uint8_t tcp[4] = {FAMILY_IPV4, TYPE_STREAM, PROTOCOL_ANY, 0};
    unsigned number = 0;
    (void)domain, (void)type, (void)protocol;
    while (number < SOCKETS && sockets[number].in_use)
        number++;
    if (number == SOCKETS || command(SOCKET_OPEN, tcp, sizeof tcp, 0, 0) < 0)
        return SOCKETS_INVALID_SOCKET;
    sockets[number].in_use = 1;
    sockets[number].flags = 0;
    sockets[number].descriptor = message.body[2] & 0x1F;
    set_receive_timeout(sockets[number].descriptor, DEFAULT_TIMEOUT);
    return (Socket_t)(uintptr_t)number;
}

/* Waits for the event that ends a handshake, without a limit as the port does. */
static int handshake(int descriptor)
{
    static const uint32_t unused = 1;
    if (set_option(descriptor, OPTION_START_TLS, &unused, sizeof unused) < 0)
        return SOCKETS_SOCKET_ERROR;
    for (;;) {
        if (wait_for(ASYNCHRONOUS, ANSWER_TIMEOUT) < 0)
            return SOCKETS_TLS_HANDSHAKE_ERROR;
        if (message.body[0] == descriptor && message.body[1] == SECURED)
            return SOCKETS_ERROR_NONE;
        if (message.body[0] == descriptor && message.body[1] == HANDSHAKE_FAILED)
            return SOCKETS_TLS_HANDSHAKE_ERROR;
    }
}

API int32_t SOCKETS_Connect(Socket_t socket, SocketsSockaddr_t *to, Socklen_t length)
{
    static const uint32_t unused = 0;
    int number = number_of(socket), descriptor;
    (void)length;
    if (number < 0)
        return SOCKETS_EINVAL;
    descriptor = sockets[number].descriptor;
    if (sockets[number].flags & CONNECTED)
        return SOCKETS_SOCKET_ERROR;
    if (sockets[number].flags & SECURE &&
        (set_option(descriptor, OPTION_DISABLE_STORE, &unused, sizeof unused) < 0 ||
         set_file(descriptor, OPTION_CA_FILE, CA_FILE) < 0))
        return SOCKETS_SOCKET_ERROR;
    if (connect_socket(descriptor, (const uint8_t *)&to->ulAddress,
                       (uint16_t)(to->usPort >> 8 | to->usPort << 8)) < 0)
        return SOCKETS_SOCKET_ERROR;
    sockets[number].flags |= CONNECTED;
    return sockets[number].flags & SECURE ? handshake(descriptor) : SOCKETS_ERROR_NONE;
}

API int32_t SOCKETS_Send(Socket_t socket, const void *data, size_t size, uint32_t flags)
{
    int number = number_of(socket);
    (void)flags;
    if (number < 0)
        return SOCKETS_EINVAL;
    if (sockets[number].flags & NOT_SENDING)
        return SOCKETS_ECLOSED;
    return net_send(sockets[number].descriptor, data, (unsigned)size);
}

API int32_t SOCKETS_Recv(Socket_t socket, void *data, size_t size, uint32_t flags)
{
    int number = number_of(socket), count;
    struct {
        uint16_t length;
        uint8_t handle, flags;
    } request = {(uint16_t)size, 0, 0};
    (void)flags;
    if (number < 0)
        return SOCKETS_EINVAL;
    if (sockets[number].flags & NOT_RECEIVING)
        return SOCKETS_ECLOSED;
    request.handle = (uint8_t)sockets[number].descriptor;
    write_message(SOCKET_RECEIVE, &request, sizeof request, 0, 0);
    count = wait_for_socket(RECEIVED, sockets[number].descriptor, ANSWER_TIMEOUT);
    if (count > 0)
        memcpy(data, message.body + 4, (unsigned)count);
    return count == WOULD_BLOCK ? SOCKETS_EWOULDBLOCK : count < 0 ? SOCKETS_SOCKET_ERROR : count;
}

API int32_t SOCKETS_Close(Socket_t socket)
{
    int number = number_of(socket);
    if (number < 0)
        return SOCKETS_EINVAL;
    sockets[number].in_use = 0;
    return net_close(sockets[number].descriptor) < 0 ? SOCKETS_SOCKET_ERROR : SOCKETS_ERROR_NONE;
}

API int32_t SOCKETS_SetSockOpt(Socket_t socket, int32_t level, int32_t option, const void *value,
                               size_t size)
{
    int number = number_of(socket);
    (void)level, (void)size;
    if (number < 0)
        return SOCKETS_EINVAL;
    switch (option) {
    case SOCKETS_SO_REQUIRE_TLS:
        if (sockets[number].flags & CONNECTED)
            return SOCKETS_SOCKET_ERROR;
        sockets[number].flags |= SECURE;
        return SOCKETS_ERROR_NONE;
    case SOCKETS_SO_RCVTIMEO:
        return set_receive_timeout(sockets[number].descriptor, *(const uint32_t *)value) < 0
                   ? SOCKETS_SOCKET_ERROR
                   : SOCKETS_ERROR_NONE;
    case SOCKETS_SO_SNDTIMEO:
        return SOCKETS_ERROR_NONE;
    }
    return SOCKETS_EINVAL;
}
