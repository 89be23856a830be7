/* The programs' driver for the network processor: messages in 32-bit words over LSPI. Layouts and
 * numbers: the host driver's protocol.h and sl_socket.h of TI's SimpleLink SDK. */
#include "../net.h"
#include "../board.h"
#include "cc3220.h"

#define HOST_SYNC 0x12344321u
#define CLEAR_TO_READ 0x56788765u
#define DEVICE_SYNC 0xABCDDCBAu
/* The sequence number and the bits that the link may lose. */
#define DEVICE_SYNC_MASK 0x7FFF7F78u

#define INIT_COMPLETE 0x0008
#define ABORTED 0x000C
#define WLAN_CONNECTED 0x0880
#define WLAN_DISCONNECTED 0x0881
#define IPV4_ACQUIRED 0x1825
#define HOST_FOUND 0x1820
#define CONNECT_RESULT 0x1006
#define ACCEPTED 0x1003
#define CLOSED 0x1010
#define RECEIVED 0x100A

#define DEVICE_GET 0x8466
#define WLAN_CONNECT 0x8C80
#define WLAN_DISCONNECT 0x8C81
#define FIND_HOST 0x9C20
#define SOCKET_OPEN 0x9401
#define SOCKET_CLOSE 0x9402
#define SOCKET_ACCEPT 0x9403
#define SOCKET_BIND 0x9404
#define SOCKET_LISTEN 0x9405
#define SOCKET_CONNECT 0x9406
#define SOCKET_SET_OPTION 0x9408
#define SOCKET_RECEIVE 0x940A
#define SOCKET_SEND 0x940C

#define STATION_OK 1
#define DEVICE_GENERAL 1
#define DEVICE_VERSION 12
#define SECURITY_WPA2 2
#define FAMILY_IPV4 2
#define TYPE_STREAM 1
#define TYPE_DATAGRAM 2
#define PROTOCOL_ANY 0
#define PROTOCOL_SECURE 100
#define OPTION_LEVEL 1
#define OPTION_RECEIVE_TIMEOUT 20
#define OPTION_NON_BLOCKING 24
#define OPTION_KEY_FILE 30
#define OPTION_CERTIFICATE_FILE 31
#define OPTION_CA_FILE 32
#define OPTION_DISABLE_STORE 38
#define OPTION_ALPN 40
#define ALPN_HTTP_1_1 1
#define WOULD_BLOCK -11

#define CA_FILE "/certs/RootCA.crt"
#define CERTIFICATE_FILE "/certs/ClientCert.crt"
#define KEY_FILE "/certs/PrivateKey.key"
/* Buffers that a send leaves to the other direction. */
#define RESERVED_BUFFERS 2

#define BOOT_TIMEOUT 10000
#define JOIN_TIMEOUT 15000
#define ADDRESS_TIMEOUT 15000
#define RESPONSE_TIMEOUT 10000
#define ANSWER_TIMEOUT 65000
#define SYNC_TIMEOUT 50

const int net_sockets = 16;

/* The last message: opcode, then status and body. */
static struct {
    uint16_t opcode;
    uint16_t length;
    uint8_t buffers;
    uint8_t device;
    uint16_t buffer_size;
    uint16_t failed;
    uint16_t non_blocking;
    uint8_t body[1600];
} message;

static int buffers, buffer_size;
static unsigned failed_sockets;
static int started, joined, http_offered;
/* How each socket waits for data, in ms. */
#define TIMEOUT_UNSET 0xFFFFFFFFu
static uint32_t timeouts[16];

static uint16_t half(unsigned offset)
{
    return (uint16_t)(message.body[offset] | message.body[offset + 1] << 8);
}

/* The link. */

static uint32_t exchange(uint32_t word)
{
    while (!(LSPI_CH0STAT & MCSPI_CH0STAT_TXS))
        ;
    LSPI_TX0 = word;
    while (!(LSPI_CH0STAT & MCSPI_CH0STAT_RXS))
        ;
    return LSPI_RX0;
}

static void link_begin(void)
{
    LSPI_CH0CTRL |= 1;
    LSPI_CH0CONF |= MCSPI_CH0CONF_FORCE;
}

static void link_end(void)
{
    LSPI_CH0CONF &= ~MCSPI_CH0CONF_FORCE;
    LSPI_CH0CTRL &= ~1u;
}

static void link_start(void)
{
    MCSPI_A2_CLK_GATING = RUN_CLOCK;
    while (!(MCSPI_A2_SOFT_RESET & ENABLED))
        ;
    LSPI_SYSCONFIG |= MCSPI_SYSCONFIG_SOFTRESET;
    while (!(LSPI_SYSSTATUS & 1))
        ;
    LSPI_MODULCTRL = MCSPI_MODULCTRL_SINGLE;
    /* 40 MHz / 2. */
    LSPI_CH0CONF = MCSPI_CH0CONF_CLKG | 1u << MCSPI_CH0CONF_DIVIDER_SHIFT | MCSPI_CH0CONF_DPE0 |
                   MCSPI_CH0CONF_WL_32;
}

static void write_padded(const void *data, unsigned size)
{
    const uint8_t *bytes = data;
    for (unsigned i = 0; i < size; i += 4) {
        uint32_t word = 0;
        for (unsigned j = 0; j < 4 && i + j < size; j++)
            word |= (uint32_t)bytes[i + j] << 8 * j;
        exchange(word);
    }
}

/* A message of a descriptor and data, each in whole words. */
static void write_message(uint16_t opcode, const void *descriptor, unsigned size, const void *data,
                          unsigned data_size)
{
    unsigned length = (size + 3) / 4 * 4 + (data_size + 3) / 4 * 4;
    link_begin();
    exchange(HOST_SYNC);
    exchange(opcode | (uint32_t)length << 16);
    write_padded(descriptor, size);
    write_padded(data, data_size);
    link_end();
}

static int is_sync(uint32_t word)
{
    return (word & DEVICE_SYNC_MASK) == (DEVICE_SYNC & DEVICE_SYNC_MASK);
}

/* Reads the message that waits; -1 when it has no beginning. What the buffer has no room for is dropped. */
static int read_message(void)
{
    uint32_t word, size, start = board_ticks();
    link_begin();
    exchange(CLEAR_TO_READ);
    while (!is_sync(word = exchange(0xFFFFFFFF)) && board_ticks() - start <= SYNC_TIMEOUT)
        ;
    if (!is_sync(word)) {
        link_end();
        return -1;
    }
    word = exchange(0xFFFFFFFF);
    message.opcode = (uint16_t)word;
    size = word >> 16;
    word = exchange(0xFFFFFFFF);
    message.buffers = (uint8_t)word;
    message.device = (uint8_t)(word >> 8);
    message.buffer_size = (uint16_t)(word >> 16);
    word = exchange(0xFFFFFFFF);
    message.failed = (uint16_t)word;
    message.non_blocking = (uint16_t)(word >> 16);
    size = size > 8 ? size - 8 : 0;
    message.length = (uint16_t)size;
    for (unsigned i = 0; i < size; i += 4) {
        word = exchange(0xFFFFFFFF);
        for (unsigned j = 0; j < 4 && i + j < sizeof message.body; j++)
            message.body[i + j] = (uint8_t)(word >> 8 * j);
    }
    link_end();
    buffers = message.buffers;
    if (message.buffer_size)
        buffer_size = message.buffer_size;
    failed_sockets = message.failed;
    if (message.opcode == WLAN_DISCONNECTED)
        joined = 0;
    return 0;
}

/* Waits up to `timeout` ms for any message; 0 when there was none that can be read. */
static int next_message(uint32_t timeout)
{
    uint32_t start = board_ticks();
    while (!(NW_INT_STS_RAW & 1)) {
        if (board_ticks() - start > timeout)
            return 0;
        board_wait(start);
    }
    return read_message() == 0;
}

static int wait_for(uint16_t opcode, uint32_t timeout)
{
    uint32_t start = board_ticks(), gone;
    while ((gone = board_ticks() - start) <= timeout)
        if (next_message(timeout - gone)) {
            if (message.opcode == opcode)
                return 0;
            if (message.opcode == ABORTED)
                break;
        }
    return -1;
}

/* Returns the status that most answers start with; -1 before net_start, as the link has no clock. */
static int command(uint16_t opcode, const void *descriptor, unsigned size, const void *data,
                   unsigned data_size)
{
    if (!started)
        return -1;
    write_message(opcode, descriptor, size, data, data_size);
    if (wait_for((uint16_t)((opcode & ~0x8000u) | 0x0400u), RESPONSE_TIMEOUT) < 0)
        return -1;
    return (int16_t)half(0);
}

/* Waits for an event that is about socket `handle`. */
static int wait_for_socket(uint16_t opcode, int handle, uint32_t timeout)
{
    do
        if (wait_for(opcode, timeout) < 0)
            return -1;
    while ((message.body[2] & 0x1F) != handle);
    return (int16_t)half(0);
}

/* Device and WLAN. */

int net_start(char *identity, unsigned size)
{
    static const uint16_t version[] = {0, DEVICE_GENERAL, DEVICE_VERSION, 0};
    uint32_t start;
    link_start();
    started = 1;
    /* Off, whatever it did before. */
    APPS_INT_STS_CLR = 1;
    NW_INT_MASK_SET = 1;
    SPARE_REG_5 |= SPARE_REG_5_SLSTOP;
    start = board_ticks();
    while (board_ticks() - start < 2)
        ;
    SPARE_REG_5 &= ~SPARE_REG_5_SLSTOP;
    NW_INT_ACK = 1;
    APPS_TO_NWP_WAKE_REQUEST = 1;
    NW_INT_MASK_CLR = 1;
    joined = 0;
    if (wait_for(INIT_COMPLETE, BOOT_TIMEOUT) < 0 || (message.body[0] & 0xF) != STATION_OK)
        return -1;
    if (command(DEVICE_GET, version, sizeof version, 0, 0) < 0)
        return -1;
    append(identity, size, "CC3220 NWP ");
    for (unsigned i = 0; i < 4; i++) {
        if (i)
            append(identity, size, ".");
        /* Behind four half words, the chip, and the versions of firmware and PHY. */
        append_number(identity, size, message.body[20 + i]);
    }
    return 0;
}

int net_join(const char *ssid, const char *passphrase, char *address, unsigned size)
{
    struct {
        uint8_t security, ssid_length, bssid[6], passphrase_length;
        char text[96];
    } request = {0};
    unsigned ssid_length = (unsigned)strlen(ssid), length = (unsigned)strlen(passphrase);
    uint32_t start;
    uint8_t octets[4];
    if (joined && command(WLAN_DISCONNECT, 0, 0, 0, 0) >= 0)
        wait_for(WLAN_DISCONNECTED, ANSWER_TIMEOUT);
    request.security = SECURITY_WPA2;
    request.ssid_length = (uint8_t)ssid_length;
    request.passphrase_length = (uint8_t)length;
    if (ssid_length + length > sizeof request.text)
        return -1;
    memcpy(request.text, ssid, ssid_length);
    memcpy(request.text + ssid_length, passphrase, length);
    if (command(WLAN_CONNECT, &request, 9 + ssid_length + length, 0, 0) < 0)
        return -1;
    start = board_ticks();
    do
        if (board_ticks() - start > JOIN_TIMEOUT || !next_message(JOIN_TIMEOUT) ||
            message.opcode == WLAN_DISCONNECTED)
            return -1;
    while (message.opcode != WLAN_CONNECTED);
    joined = 1;
    if (wait_for(IPV4_ACQUIRED, ADDRESS_TIMEOUT) < 0)
        return -1;
    for (unsigned i = 0; i < 4; i++)
        octets[i] = message.body[3 - i];
    append_address(address, size, octets);
    return 0;
}

int net_resolve(const char *name, uint8_t address[4])
{
    struct {
        uint16_t length;
        uint8_t family, pad;
    } request = {(uint16_t)strlen(name), FAMILY_IPV4, 0};
    int status = command(FIND_HOST, &request, sizeof request, name, request.length);
    if (status < 0)
        return status;
    if (wait_for(HOST_FOUND, ANSWER_TIMEOUT) < 0)
        return -1;
    status = (int16_t)half(0);
    if (status < 0)
        return status;
    for (unsigned i = 0; i < 4; i++)
        address[i] = message.body[7 - i];
    return 0;
}

/* Sockets. */

static int set_option(int handle, uint8_t option, const void *value, uint8_t size)
{
    const uint8_t request[4] = {(uint8_t)handle, OPTION_LEVEL, option, size};
    return command(SOCKET_SET_OPTION, request, sizeof request, value, size);
}

static int address_command(uint16_t opcode, int handle, const uint8_t address[4], uint16_t port)
{
    struct {
        int16_t length;
        uint8_t handle, family, port[2], pad[2], address[4];
    } request = {0};
    request.handle = (uint8_t)handle;
    request.family = FAMILY_IPV4 << 4;
    request.port[0] = (uint8_t)(port >> 8);
    request.port[1] = (uint8_t)port;
    memcpy(request.address, address, 4);
    return command(opcode, &request, sizeof request, 0, 0);
}

static int connect_socket(int handle, const uint8_t address[4], uint16_t port)
{
    int status = address_command(SOCKET_CONNECT, handle, address, port);
    return status < 0 ? status : wait_for_socket(CONNECT_RESULT, handle, ANSWER_TIMEOUT);
}

static int set_file(int handle, uint8_t option, const char *name)
{
    return set_option(handle, option, name, (uint8_t)strlen(name));
}

int net_offer_http(int offered)
{
    http_offered = offered;
    return 0;
}

int net_open(enum net_kind kind, const uint8_t address[4], uint16_t port)
{
    const int secure = kind == NET_TLS || kind == NET_MUTUAL_TLS;
    const uint8_t request[4] = {FAMILY_IPV4, kind == NET_UDP ? TYPE_DATAGRAM : TYPE_STREAM,
                                secure ? PROTOCOL_SECURE : PROTOCOL_ANY, 0};
    const uint32_t protocols = ALPN_HTTP_1_1, unused = 0;
    int handle, status = command(SOCKET_OPEN, request, sizeof request, 0, 0);
    if (status < 0)
        return status;
    handle = message.body[2] & 0x1F;
    timeouts[handle] = TIMEOUT_UNSET;
    status = 0;
    if (secure)
        status = set_file(handle, OPTION_CA_FILE, CA_FILE);
    /* The CA needn't be in the radio's catalogue of roots. */
    if (secure && status >= 0)
        status = set_option(handle, OPTION_DISABLE_STORE, &unused, sizeof unused);
    if (kind == NET_MUTUAL_TLS && status >= 0)
        status = set_file(handle, OPTION_CERTIFICATE_FILE, CERTIFICATE_FILE);
    if (kind == NET_MUTUAL_TLS && status >= 0)
        status = set_file(handle, OPTION_KEY_FILE, KEY_FILE);
    if (secure && http_offered && status >= 0)
        status = set_option(handle, OPTION_ALPN, &protocols, sizeof protocols);
    if (status >= 0)
        status = connect_socket(handle, address, port);
    if (status < 0) {
        /* A failed connection leaves the socket open. */
        net_close(handle);
        return status;
    }
    return handle;
}

int net_send(int handle, const void *data, unsigned size)
{
    struct {
        uint16_t length;
        uint8_t handle, flags;
    } request = {(uint16_t)size, (uint8_t)handle, 0};
    int needed = buffer_size ? 1 + (int)(size - 1) / buffer_size : 1;
    while (NW_INT_STS_RAW & 1)
        if (read_message() < 0)
            return -1;
    while (buffers <= RESERVED_BUFFERS + needed)
        if (!next_message(ANSWER_TIMEOUT))
            return -1;
    /* Sends have no answer: every message says which sockets cannot send any more. */
    if (failed_sockets >> handle & 1)
        return -1;
    write_message(SOCKET_SEND, &request, sizeof request, data, size);
    buffers -= needed;
    return (int)size;
}

/* 0 does not wait at all, which is an option of its own. */
static int set_timeout(int handle, uint32_t timeout)
{
    uint32_t value[2] = {timeout / 1000, timeout % 1000 * 1000};
    uint32_t non_blocking = timeout == 0;
    if (timeouts[handle] == timeout)
        return 0;
    if (set_option(handle, OPTION_NON_BLOCKING, &non_blocking, sizeof non_blocking) < 0)
        return -1;
    if (timeout && set_option(handle, OPTION_RECEIVE_TIMEOUT, value, sizeof value) < 0)
        return -1;
    timeouts[handle] = timeout;
    return 0;
}

int net_receive(int handle, void *data, unsigned size, unsigned timeout)
{
    struct {
        uint16_t length;
        uint8_t handle, flags;
    } request = {(uint16_t)size, (uint8_t)handle, 0};
    int count;
    if (set_timeout(handle, timeout) < 0)
        return -1;
    write_message(SOCKET_RECEIVE, &request, sizeof request, 0, 0);
    count = wait_for_socket(RECEIVED, handle, timeout + ANSWER_TIMEOUT);
    if (count == WOULD_BLOCK)
        return 0;
    if (count > 0)
        memcpy(data, message.body + 4, (unsigned)count);
    return count;
}

int net_close(int handle)
{
    const uint8_t request[4] = {(uint8_t)handle, 0, 0, 0};
    int status = command(SOCKET_CLOSE, request, sizeof request, 0, 0);
    return status < 0 ? status : wait_for_socket(CLOSED, handle, ANSWER_TIMEOUT);
}

int net_listen(uint16_t port)
{
    static const uint8_t tcp[4] = {FAMILY_IPV4, TYPE_STREAM, PROTOCOL_ANY, 0}, any[4];
    int handle, status = command(SOCKET_OPEN, tcp, sizeof tcp, 0, 0);
    if (status < 0)
        return status;
    handle = message.body[2] & 0x1F;
    timeouts[handle] = TIMEOUT_UNSET;
    status = address_command(SOCKET_BIND, handle, any, port);
    if (status >= 0) {
        const uint8_t request[4] = {(uint8_t)handle, 1, 0, 0};
        status = command(SOCKET_LISTEN, request, sizeof request, 0, 0);
    }
    if (status < 0) {
        net_close(handle);
        return status;
    }
    return handle;
}

int net_accept(int handle, unsigned timeout)
{
    const uint8_t request[4] = {(uint8_t)handle, FAMILY_IPV4, 0, 0};
    int accepted = command(SOCKET_ACCEPT, request, sizeof request, 0, 0);
    if (accepted == 0)
        accepted = wait_for_socket(ACCEPTED, handle, timeout);
    if (accepted >= 0)
        timeouts[accepted] = TIMEOUT_UNSET;
    return accepted;
}
