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

*** Test Cases ***
The Probe Passes
    Start Board    ${BOARD}    probe    ${UART}
    Wait For Line On Uart    probe: PASSED

Sixteen Sockets And No Seventeenth
    Start Joined
    FOR    ${number}    IN RANGE    16
        Type Well    open tcp ${ECHO}
    END
    Type Badly    open tcp ${ECHO}
    ${server}=    Server    echo
    Should Be Equal As Integers    ${server}[open]    16

Six Secure Sockets And No Seventh
    Start Joined
    FOR    ${number}    IN RANGE    6
        Type Well    open tls 10.10.0.1 9012
    END
    Type Badly    open tls 10.10.0.1 9012
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

A Fatal Error Is Told And Cured By A Restart And A Join
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
    FOR    ${asked}    ${waited}    IN    500    500    1234    1240    30000    30000
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

A Server That Another Root Signed Is Refused
    Start Joined
    Type Badly    open tls 10.10.0.2 9000
    Type Well    open tls 10.10.0.1 9012

A Join Fails Without The Right Name Or Passphrase
    Start Board    ${BOARD}    shell    ${UART}
    Type Well    start
    Type Badly    join nobody no-board-farm
    Type Badly    join renode-wifi wrong-wrong
    Type Well    join renode-wifi no-board-farm

*** Keywords ***
Start Joined
    Start Board    ${BOARD}    shell    ${UART}
    Type Well    start
    Type Well    join renode-wifi no-board-farm
