*** Settings ***
Documentation     What the port of Secure Sockets for the CC3220SF-LAUNCHXL promises, sentence by sentence:
...               Amazon FreeRTOS user guide, Secure Sockets Ports. Each is seen at the API, at the radio,
...               and at the server.
Resource          sockets.resource
Suite Setup       Choose Keywords
Suite Teardown    Release Keywords
Test Setup        Start Sockets

*** Variables ***
${BOARD}          cc3220sf_launchxl
${UART}           uarta0
${WOULD_BLOCK}    -11
${HANDSHAKE}      -1002

*** Test Cases ***
The Port Supports Up To Sixteen Sockets
    FOR    ${number}    IN RANGE    16
        Returns    ${number}    socket
        Returns    0    connect ${number} ${ECHO}
    END
    Radio Did    16    response SOCKET$    event CONNECT_ASYNC
    Open Connections    ${ECHO_SERVER}    16
    Returns    ${ERROR}    socket
    FOR    ${number}    IN RANGE    16
        Echoes    ${number}    from ${number}
    END

The Sockets Can Be Secured With TLS
    Returns    0    socket
    Returns    0    tls 0
    Returns    0    connect 0 ${SECURE}
    Radio Did    1    TLS of socket \\d+: TLSv1.2    event SOCKET_EVENT
    Echoes    0    secret
    ${seen}=    Server    ${SECURE_SERVER}
    Should Be Equal As Integers    ${seen}[connections][0][received]    6

An Address Counts By Its Port And Address Only
    Returns    0    socket
    Returns    0    connect 0 ${ECHO} 99 77
    Radio Did    1    command CONNECT    event CONNECT_ASYNC
    Open Connections    ${ECHO_SERVER}    1
    Echoes    0    hello

Connect Supports IPv4 Only
    Returns    0    socket
    # SOCKETS_AF_INET6 is not looked at: the address is one of IPv4.
    Returns    0    connect 0 ${ECHO} 28 10
    Radio Did    1    command CONNECT$
    Open Connections    ${ECHO_SERVER}    1

A Failed Connect Leaves The Socket Open Until It Is Closed
    FOR    ${number}    IN RANGE    16
        Returns    ${number}    socket
    END
    Radio
    Returns    ${ERROR}    connect 0 ${CLOSED}
    Radio Did    0    CLOSE
    Returns    ${ERROR}    socket
    Returns    0    close 0
    Radio Did    1    response CLOSE$    event CLOSE_ASYNC
    Returns    0    socket
    Returns    0    connect 0 ${ECHO}
    Open Connections    ${ECHO_SERVER}    1

A Connection May Be Made Though The Handshake Failed
    Returns    0    socket
    Returns    0    tls 0
    Returns    ${HANDSHAKE}    connect 0 ${UNTRUSTED}
    ${seen}=    Server    ${UNTRUSTED_SERVER}
    Length Should Be    ${seen}[connections]    1
    Radio Did    1    event CONNECT_ASYNC    TLS of socket \\d+: no trusted root
    Returns    0    close 0
    Open Connections    ${UNTRUSTED_SERVER}    0

A Handshake Error Comes As An Event
    Returns    0    socket
    Returns    0    tls 0
    Radio
    Returns    ${HANDSHAKE}    connect 0 ${UNTRUSTED}
    # The chain's problem, then the end of the handshake.
    Radio Did    2    event SOCKET_EVENT

Receive Time Outs Have Steps Of Ten Milliseconds
    Returns    0    socket
    Returns    0    connect 0 ${SILENT}
    Returns    0    option 0 ${OPTION_RECEIVE} 200
    ${result}=    Takes    190    220    receive 0 10
    Should Be Equal As Integers    ${result}[0]    ${WOULD_BLOCK}
    Returns    0    option 0 ${OPTION_RECEIVE} 203
    ${other}=    Takes    190    230    receive 0 10
    Should Be True    (${other}[2] - ${result}[2]) in (9, 10, 11, 0, 1, -1)

Send Time Outs Are Not Used
    Returns    0    socket
    Returns    0    connect 0 ${ECHO}
    Radio
    Returns    0    option 0 ${OPTION_SEND} 1
    Radio Did Nothing
    Echoes    0    hello

A Transmission Error Comes As An Event
    Returns    0    socket
    Returns    0    connect 0 ${ECHO}
    Execute Command    wifi_fault "tx-failure"
    Radio
    Returns    4    send 0 lost
    Returns    1    socket
    Radio Did    1    event TX_FAILED
    ${seen}=    Server    ${ECHO_SERVER}
    Should Be Equal As Integers    ${seen}[connections][0][received]    0

Shutdown Sends No Fin And Ends Send And Receive
    Returns    0    socket
    Returns    0    connect 0 ${ECHO}
    Echoes    0    hello
    Radio
    Returns    0    shutdown 0 ${SHUT_BOTH}
    Radio Did Nothing
    Open Connections    ${ECHO_SERVER}    1
    Returns    ${ENDED}    send 0 more
    Returns    ${ENDED}    receive 0 5
    Radio Did Nothing
    Returns    0    close 0
    Radio Did    1    event CLOSE_ASYNC
    # Time for the segment to arrive.
    Returns    0    socket
    Returns    0    connect 0 ${SILENT}
    Open Connections    ${ECHO_SERVER}    0
