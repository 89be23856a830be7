*** Settings ***
Documentation     Suites of firmware tests, one image each, in one keyword.
Library           OperatingSystem
Suite Setup       Import Keywords

*** Variables ***
${ENGINE}         auto
${BOARD}          b_l475e_iot01a
${SUITES}         ${CURDIR}/../firmware/unity
${KNOWN}          Suite.fails: {outcome: failed, reason: it is meant to}

*** Test Cases ***
A Suite Passes When Each Test Ends As It Should
    Create File    ${OUTPUT_DIR}/known.yaml    ${KNOWN}
    Create Board    ${BOARD}    ${SUITES}/${BOARD}-finishes.elf
    ${results}=    Qualify    expected=${OUTPUT_DIR}/known.yaml
    Length Should Be    ${results}    4

A Test That Fails Is Reported
    Create Board    ${BOARD}    ${SUITES}/${BOARD}-finishes.elf
    Run Keyword And Expect Error    *Suite.fails: failed, not passed*    Qualify

A Crash Leaves What Was Tested Until Then
    Skip If    $ENGINE == 'renode'    Renode runs on after a crash: run this with ENGINE:embedded
    Create Board    ${BOARD}    ${SUITES}/${BOARD}-crashes.elf
    Run Keyword And Expect Error    *Suite.crashes: unfinished, not passed*
    ...    Qualify    junit=${OUTPUT_DIR}/crash.xml    json=${OUTPUT_DIR}/crash.json
    ${junit}=    Get File    ${OUTPUT_DIR}/crash.xml
    Should Contain    ${junit}    name="passes"
    Should Contain    ${junit}    HardFault

*** Keywords ***
Import Keywords
    ${renode_keywords}=    Get Variable Value    ${RENODEKEYWORDS}    ${NONE}
    Skip If    $renode_keywords is not None
    ...    renode-test has Renode's keywords only: run this with robot, --variable ENGINE:renode
    Import Library    renode_wifi.RenodeWifi    engine=${ENGINE}
