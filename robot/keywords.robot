*** Settings ***
Documentation     Renode's keywords, case by case. The same file runs under renode-test, where the
...               keywords are Renode's, with the same outcomes.
Resource          boards.resource
Suite Setup       Choose Keywords
Suite Teardown    Release Keywords

*** Variables ***
${TALK}           ${ROOT}/firmware/talk/b_l475e_iot01a.elf
${SCRIPT}         ${ROOT}/platforms/b_l475e_iot01a.resc

*** Keywords ***
Boot
    [Documentation]    Starts the talk program; arguments are those of its terminal tester.
    [Arguments]    @{arguments}
    Reset Emulation
    Execute Command    $name="board"
    Execute Command    $bin=@${TALK}
    Execute Script    ${SCRIPT}
    Execute Command    runMacro $reset
    ${tester}=    Create Terminal Tester    sysbus.usart1    @{arguments}
    RETURN    ${tester}

Should Fail With
    [Arguments]    ${message}    @{keyword}
    Run Keyword And Expect Error    *${message}*    @{keyword}

*** Test Cases ***
A Line Is Found By What It Contains
    Boot    timeout=2    defaultPauseEmulation=true
    ${found}=    Wait For Line On Uart    seco
    Should Be Equal    ${found.Line}    second
    Should Be Empty    ${found.Groups}
    Should Be True    0 <= ${found.Timestamp} < 200

A Wait Takes The Lines Up To Its Own
    Boot    timeout=2    defaultPauseEmulation=true
    Wait For Line On Uart    second
    Should Fail With    Terminal tester failed    Wait For Line On Uart    first    timeout=0.1

A Wait That Fails Takes Nothing
    Boot    timeout=2    defaultPauseEmulation=true
    Should Fail With    Terminal tester failed    Wait For Line On Uart    never    timeout=0.1
    Wait For Line On Uart    first

A Regular Expression Has Groups
    Boot    timeout=2    defaultPauseEmulation=true
    ${found}=    Wait For Line On Uart    v.lue.(\\d+) unit.(\\w+)    treatAsRegex=true
    Should Be Equal    ${found.Groups[0]}    42
    Should Be Equal    ${found.Groups[1]}    mV

A Text Is No Regular Expression
    Boot    timeout=2    defaultPauseEmulation=true
    Should Fail With    Terminal tester failed    Wait For Line On Uart    f.rst    timeout=0.1

The Next Line Has To Match
    Boot    timeout=2    defaultPauseEmulation=true
    Wait For Line On Uart    first    matchNextLine=true
    Should Fail With    Terminal tester failed
    ...    Wait For Line On Uart    third    matchNextLine=true    timeout=0.1
    Wait For Line On Uart    second    matchNextLine=true

All Lines Have To Match By Default Of The Tester
    Boot    timeout=0.5    defaultPauseEmulation=true    defaultMatchNextLine=true
    Should Fail With    Terminal tester failed    Wait For Line On Uart    second
    Wait For Line On Uart    second    matchNextLine=false

Colours Are No Part Of A Line
    Boot    timeout=2    defaultPauseEmulation=true
    ${found}=    Wait For Line On Uart    green line
    Should Be Equal    ${found.Line}    green line

Lines That Follow Each Other
    Boot    timeout=2    defaultPauseEmulation=true
    ${lines}=    Evaluate    ["second", "third"]
    ${found}=    Wait For Lines On Uart    ${lines}
    Should Be Equal    ${found.Line}    third value=42 unit=mV
    ${lines}=    Evaluate    ["green", "first"]
    Should Fail With    Terminal tester failed    Wait For Lines On Uart    ${lines}    timeout=0.5

The Next Line, Whatever It Is
    Boot    timeout=2    defaultPauseEmulation=true
    ${found}=    Wait For Next Line On Uart
    Should Be Equal    ${found.Line}    first
    ${found}=    Wait For Next Line On Uart
    Should Be Equal    ${found.Line}    second

A Prompt Ends Without A Line Feed
    Boot    timeout=2    defaultPauseEmulation=true
    ${found}=    Wait For Prompt On Uart    talk>
    Should Be Equal    ${found.Line}    talk>
    Should Be True    200 <= ${found.Timestamp} < 260

A Prompt Is A Regular Expression
    Boot    timeout=2    defaultPauseEmulation=true
    ${found}=    Wait For Prompt On Uart    t(.)lk>    treatAsRegex=true
    Should Be Equal    ${found.Groups[0]}    a

An Unfinished Line Counts Only On Request
    Boot    timeout=2    defaultPauseEmulation=true
    Should Fail With    Terminal tester failed    Wait For Line On Uart    talk>    timeout=0.5
    Wait For Line On Uart    talk>    includeUnfinishedLine=true

What Is Typed Is Echoed
    Boot    timeout=2    defaultPauseEmulation=true
    Wait For Prompt On Uart    talk>
    Write Line To Uart    nonsense
    Wait For Line On Uart    unknown: nonsense

Characters And Keys
    Boot    timeout=2    defaultPauseEmulation=true
    Wait For Prompt On Uart    talk>
    Write Char On Uart    x
    Write To Uart    yz
    Send Key To Uart    0xD
    Wait For Line On Uart    unknown: xyz

No Echo Is Waited For
    Boot    timeout=2    defaultPauseEmulation=true    defaultWaitForEcho=false
    Wait For Prompt On Uart    talk>
    Write Line To Uart    quiet
    Wait For Line On Uart    unknown: quiet

What Must Not Come
    Boot    timeout=2    defaultPauseEmulation=true
    Should Not Be On Uart    never    timeout=0.3
    Wait For Line On Uart    first
    Should Fail With    Terminal tester failed    Should Not Be On Uart    second    timeout=0.3

A Failing String Fails A Wait
    Boot    timeout=2    defaultPauseEmulation=true
    Register Failing Uart String    second
    Should Fail With    Test failing entry has been found    Wait For Line On Uart    third
    Unregister Failing Uart String    second
    Should Fail With    Unable to unregister    Unregister Failing Uart String    second
    Wait For Line On Uart    third

A Quiet UART Is Idle
    Boot    timeout=2    defaultPauseEmulation=true
    Wait For Prompt On Uart    talk>
    Wait For Prompt On Uart    ${SPACE}
    Test If Uart Is Idle    0.1    pauseEmulation=false

A Busy UART Is Not
    Boot    timeout=2
    Should Fail With    Terminal tester failed    Test If Uart Is Idle    0.1

Bytes Are Found In Binary Mode
    ${binary}=    Boot    timeout=2    defaultPauseEmulation=true    binaryMode=true
    Should Fail With    Attempt to wait for text    Wait For Line On Uart    first
    Wait For Bytes On Uart    74 61 6c 6b 3e 20
    Write Line To Uart    bytes    waitForEcho=false
    ${found}=    Wait For Bytes On Uart    7E 00 01 ff
    Should Be True    bytes($found.Content) == b"\\x7e\\x00\\x01\\xff"
    ${found}=    Wait For Bytes On Uart    (.)    treatAsRegex=true
    Should Be True    bytes($found.Groups[0]) == b"\\x7e"

No Bytes Are Waited For In Text Mode
    Boot    timeout=2    defaultPauseEmulation=true
    Should Fail With    Attempt to wait for bytes    Wait For Bytes On Uart    7E

Carriage Returns End Lines
    Boot    timeout=2    defaultPauseEmulation=true    endLineOption=TreatCarriageReturnAsEndLine
    Wait For Prompt On Uart    talk>
    Write Line To Uart    returns
    Wait For Line On Uart    one
    Wait For Line On Uart    two

A Timeout Belongs To Its Tester
    ${first}=    Boot    defaultPauseEmulation=true
    ${second}=    Create Terminal Tester    sysbus.usart2    timeout=0.01    defaultPauseEmulation=true
    Wait For Prompt On Uart    talk>    testerId=${first}
    Should Fail With    Terminal tester failed    Wait For Line On Uart    x    testerId=${second}

A Missing Script Is Named
    Should Fail With    Could not find file    Execute Script    nonexistingscript.resc
    Should Fail With    File does not exist    Execute Command    include @nonexistingfile

Python Gives Values
    ${sum}=    Execute Python    1 + 2
    Should Be Equal    ${sum}    ${3}
    ${text}=    Execute Python    "{}bcd".format("a")
    Should Be Equal    ${text}    abcd
    Should Fail With    SyntaxError    Execute Python    "a
    Should Fail With    ValueError    Execute Python    raise ValueError()

Several Testers Have Numbers
    ${first}=    Boot    timeout=2    defaultPauseEmulation=true
    ${second}=    Create Terminal Tester    sysbus.usart2    timeout=2    defaultPauseEmulation=true
    Should Fail With    more than one tester    Wait For Line On Uart    first
    Should Fail With    was not found    Wait For Line On Uart    first    testerId=99
    Set Default Tester    ${first}
    Wait For Line On Uart    first
    Set Default Tester    ${NONE}
    Should Fail With    more than one tester    Wait For Line On Uart    second
    Set Default Tester    ${first}
    Set Default Tester    null
    Should Fail With    more than one tester    Wait For Line On Uart    second
    ${again}=    Create Terminal Tester    sysbus.usart1
    Should Be Equal As Integers    ${again}    ${first}

No Tester Is An Error
    Reset Emulation
    Should Fail With    no testers available    Wait For Line On Uart    first

A Mistyped Argument Is Refused
    Boot    timeout=2    defaultPauseEmulation=true
    ${status}=    Run Keyword And Return Status    Wait For Line On Uart    first    timeot=1
    Should Not Be True    ${status}
    ${status}=    Run Keyword And Return Status    Wait For Line On Uart    first    pauseEmulation=maybe
    Should Not Be True    ${status}
    ${status}=    Run Keyword And Return Status    Create Terminal Tester    sysbus.usart2    machne=board
    Should Not Be True    ${status}

A Peripheral Has To Be There
    Skip If    '${ENGINE}' == 'renode'    needs the embedded engine, or renode-test
    Boot    timeout=2
    Should Fail With    not found    Create Terminal Tester    sysbus.usart9
    Should Fail With    not found    Create Terminal Tester    sysbus.gpioPortB.led2
    Should Fail With    not found    Create Terminal Tester    sysbus.usart1    machine=other

Reports Are Kept And Cleared
    Boot    timeout=2    defaultPauseEmulation=true
    Wait For Line On Uart    second
    ${report}=    Get Terminal Tester Report
    Should Contain    ${report}    second
    Clear Terminal Tester Report
    Should Fail With    Terminal tester failed    Wait For Line On Uart    third    timeout=0

An LED Blinks
    Skip If    '${ENGINE}' == 'renode'    needs the embedded engine, or renode-test
    Boot    timeout=2    defaultPauseEmulation=true
    Create LED Tester    sysbus.gpioPortB.led2    defaultTimeout=1
    Assert LED State    false
    Wait For Prompt On Uart    talk>    pauseEmulation=true
    Write Line To Uart    blink    pauseEmulation=true
    Assert LED State    true    timeout=0.5    pauseEmulation=true
    Assert LED State    false    timeout=0.5    pauseEmulation=true
    # Each keyword ends away from a change of the LED, and pauses the emulation there.
    Assert LED Is Blinking    testDuration=1.45    onDuration=0.1    offDuration=0.3    tolerance=0.1
    ...    pauseEmulation=true
    Assert LED Duty Cycle    testDuration=1    expectedDutyCycle=0.3    tolerance=0.1    pauseEmulation=true
    Should Fail With    LED assertion not met    Assert LED State    true    timeout=0
    Assert And Hold LED State    false    timeoutAssert=0.5    timeoutHold=0.2    pauseEmulation=true

An LED Blinks Otherwise Than Expected
    Skip If    '${ENGINE}' == 'renode'    needs the embedded engine, or renode-test
    Boot    timeout=2    defaultPauseEmulation=true
    Create LED Tester    sysbus.gpioPortB.led2
    Wait For Prompt On Uart    talk>    pauseEmulation=true
    Should Fail With    LED state never changed
    ...    Assert LED Is Blinking    testDuration=0.2    onDuration=0.1    offDuration=0.1
    Write Line To Uart    blink
    Should Fail With    out of specified range
    ...    Assert LED Is Blinking    testDuration=1.5    onDuration=0.1    offDuration=0.1

The Log Is Watched
    Skip If    '${ENGINE}' == 'renode'    needs the embedded engine, or renode-test
    Boot    timeout=2    defaultPauseEmulation=true
    Create Log Tester    1
    Execute Command    log "a message of ours" 2
    ${entry}=    Wait For Log Entry    message of
    Should Contain    ${entry}    a message of ours
    Should Fail With    did not appear in the log    Wait For Log Entry    message of    timeout=0
    Should Not Be In Log    never    timeout=0.1
    Execute Command    log "another message" 2
    Wait For Log Entry    an\\w+ mess    treatAsRegex=true    keep=true
    Should Fail With    Unexpected line    Should Not Be In Log    another    timeout=0
    Should Fail With    did not appear    Wait For Log Entry    another    timeout=0    level=Error
    Wait For Log Entry    another    level=Warning
    Execute Command    log "a third" 2
    Clear Log Tester History
    Should Not Be In Log    third    timeout=0
    Register Failing Log String    forbidden
    Execute Command    log "it is forbidden" 2
    Should Fail With    Test failing entry    Wait For Log Entry    never    timeout=0

No Log Tester Is An Error
    Boot    timeout=2
    Should Fail With    Log tester is not available    Wait For Log Entry    message

A Command Goes To A Machine
    Boot    timeout=2
    Execute Command    mach create "other"
    ${devices}=    Execute Command    peripherals    machine=board
    Should Contain    ${devices}    usart1
    Should Fail With    Could not find machine named third    Execute Command    peripherals    machine=third

A Command That Fails Fails
    Boot    timeout=2
    Should Fail With    KeywordException:*    Execute Command    sysbus Nonsense 1

Registers Are Compared
    Boot    timeout=2
    ${pc}=    Execute Command    sysbus.cpu PC
    ${pc}=    Evaluate    $pc.strip()
    PC Should Be Equal    ${pc}
    Should Fail With    PC value assertion failed    PC Should Be Equal    0x1
    Register Should Be Equal    15    ${pc}
    Should Fail With    Register 0 value assertion failed    Register Should Be Equal    0    0x12345

A Temporary File
    ${name}=    Allocate Temporary File
    Should Not Be Empty    ${name}
