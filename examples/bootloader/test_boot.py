import pytest

BOARD = "b_l475e_iot01a"


@pytest.mark.board(BOARD, image=["boot.elf", "app.bin@0x08010000"])
def test_the_boot_loader_starts_the_application(board):
    board.wait_for_line("boot: starting version 1.2", timeout=1)
    board.wait_for_line("app: running", timeout=1)


@pytest.mark.board(BOARD, image="boot.elf")
def test_without_an_application_it_says_so(board):
    board.wait_for_line("boot: no application", timeout=1)
