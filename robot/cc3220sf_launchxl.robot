*** Settings ***
Documentation     What TI's board and its network processor promise to the port that drives them.
Resource          boards.resource
Suite Setup       Choose Keywords
Suite Teardown    Release Keywords

*** Variables ***
${BOARD}          cc3220sf_launchxl
${UART}           uarta0
${ECHO}           10.10.0.1 7
${SILENT}         10.10.0.1 9
# sl_socket.h and errors.h of TI's host driver.
${BAD_SOCKET}                  -9
${NO_SOCKETS}                  -10
${HANDSHAKE_FAILURE}           -340
${WRONG_VERSION}               -370
${TOO_MANY_SECURE_SOCKETS}     -460
${HANDSHAKE_TIMED_OUT}         -462
${NO_SIGNER}                   -688

*** Test Cases ***
The Probe Passes
    Start Board    ${BOARD}    probe    ${UART}
    Wait For Line On Uart    probe: PASSED

Sixteen Sockets Echo At Once And No Seventeenth
    Start Joined
    Echo At Once    16    open tcp ${ECHO}
    Fail With    open tcp ${ECHO}    ${NO_SOCKETS}
    ${server}=    Server    echo
    Should Be Equal As Integers    ${server}[open]    16

Six Secure Sockets Echo At Once And No Seventh
    Start Joined
    Echo At Once    6    open tls 10.10.0.1 9012
    Fail With    open tls 10.10.0.1 9012    ${TOO_MANY_SECURE_SOCKETS}
    ${server}=    Server    tls12-echo
    Should Be Equal As Integers    ${server}[open]    6
    Type Well    open tcp ${ECHO}

A Processor That Stops Responding Is Cured By A Restart And A Join
    Start Joined
    Type Well    open tcp ${ECHO}
    Execute Command    wifi_fault "hang"
    ${line}=    Type Badly    resolve echo.home.test
    ${duration}=    Milliseconds Of    ${line}
    Should Be True    ${duration} >= 10000
    Type Well    start
    Type Well    join renode-wifi no-board-farm
    Type Well    open tcp ${ECHO}
    Type Well    send 0 found
    ${line}=    Type Well    receive 0 100 1000
    Should Contain    ${{str($line)}}    found

A Fatal Error Is Reported And Cured By A Restart And A Join
    Start Joined
    Execute Command    wifi_fault "abort"
    ${line}=    Type Badly    resolve echo.home.test
    ${duration}=    Milliseconds Of    ${line}
    Should Be True    ${duration} < 1000
    Type Well    start
    Type Well    join renode-wifi no-board-farm
    Type Well    open tcp ${ECHO}

A Connection To A Closed Port Fails And Its Socket Can Be Closed
    Start Joined
    FOR    ${number}    IN RANGE    17
        Type Badly    open tcp 10.10.0.1 4
    END
    Type Well    open tcp ${ECHO}
    Type Well    open udp 10.10.0.1 4

Nothing Connects Or Resolves Before The Join
    Start Board    ${BOARD}    shell    ${UART}
    Type Well    start
    Type Badly    open tcp ${ECHO}
    Type Badly    resolve echo.home.test

A Name That Nobody Has Is Not Resolved
    Start Joined
    Type Well    resolve echo.home.test
    Type Badly    resolve missing.home.test

A Receive Waits In Steps Of Ten Milliseconds
    Start Joined
    Type Well    open tcp ${SILENT}
    FOR    ${asked}    ${waited}    IN
    ...    1    10    10    10    20    20    30    30    40    40    50    50
    ...    100    100    101    110    1234    1240    10000    10000    30000    30000
        ${line}=    Type Well    receive 0 100 ${asked}
        ${duration}=    Milliseconds Of    ${line}
        Should Be True    ${waited} <= ${duration} <= ${waited} + 20
    END

A Receive That Does Not Wait Returns At Once
    Start Joined
    Type Well    open tcp ${SILENT}
    ${line}=    Type Well    receive 0 100 0
    ${duration}=    Milliseconds Of    ${line}
    Should Be True    ${duration} <= 20

The Peer Learns Of The End From Close
    Start Joined
    Type Well    open tcp ${ECHO}
    Type Well    send 0 hello
    ${server}=    Server    echo
    Should Be Equal    ${server}[connections][0][closed]    ${NONE}
    Type Well    close 0
    Type Well    resolve echo.home.test
    ${server}=    Server    echo
    Should Not Be Equal    ${server}[connections][0][closed]    ${NONE}

A Closed Socket Is Not One Any More
    Start Joined
    Type Well    open tcp ${ECHO}
    Type Well    close 0
    Type Badly    close 0
    Type Well    open tcp ${ECHO}

Power Takes The Sockets And Leaves The Files
    Start Joined
    Type Well    open tls 10.10.0.1 9012
    Type Well    start
    Type Badly    close 0
    Type Well    join renode-wifi no-board-farm
    Type Well    open tls 10.10.0.1 9012
    Type Well    send 0 found
    ${line}=    Type Well    receive 0 100 1000
    Should Contain    ${{str($line)}}    found

A Handshake That Fails Gives Its Reason And Leaves No Connection
    Start Joined    robot/handshakes.yaml
    FOR    ${where}    ${error}    IN
    ...    10.10.0.2 9000    ${NO_SIGNER}
    ...    10.10.0.1 9013    ${WRONG_VERSION}
    ...    10.10.0.1 9014    ${HANDSHAKE_FAILURE}
    ...    10.10.0.1 9015    ${HANDSHAKE_FAILURE}
    ...    10.10.0.1 9016    ${HANDSHAKE_TIMED_OUT}
        Fail With    open tls ${where}    ${error}
        Fail With    close 0    ${BAD_SOCKET}
    END
    Echo At Once    6    open tls 10.10.0.1 9012

A Join Fails Without The Right Name Or Passphrase
    Start Board    ${BOARD}    shell    ${UART}
    Type Well    start
    Type Badly    join nobody no-board-farm
    Type Badly    join renode-wifi wrong-wrong
    Type Well    join renode-wifi no-board-farm

*** Keywords ***
Start Joined
    [Arguments]    ${world}=platforms/worlds/home.yaml
    Start Board    ${BOARD}    shell    ${UART}    ${world}
    Type Well    start
    Type Well    join renode-wifi no-board-farm

Echo At Once
    [Documentation]    Opens sockets, sends on all of them, and receives on all of them.
    [Arguments]    ${count}    ${command}
    FOR    ${number}    IN RANGE    ${count}
        Type Well    ${command}
    END
    FOR    ${number}    IN RANGE    ${count}
        Type Well    send ${number} words of socket ${number}
    END
    FOR    ${number}    IN RANGE    ${count}
        ${line}=    Type Well    receive ${number} 100 1000
        Should Contain    ${{str($line)}}    words of socket ${number} in
    END

Fail With
    [Arguments]    ${command}    ${error}
    ${line}=    Type Badly    ${command}
    Should Contain    ${{str($line)}}    error ${error}${SPACE}
