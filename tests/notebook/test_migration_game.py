"""The migration as a game: any step at any time, consequences instead of refusals of our own, and a bill at the end."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from fanlic.notebook.migration_game import MigrationGame

ASK, STOP, COPY = "Mail the old server's address to the business desk", "Stop the old server", "Copy privateConfig from"
REQUEST, RUN = "Mail the form again", "Load the archive and run"
SCAN, REGISTER = "Scan the QR code", "Register sales with the new server"
RIGHT = (ASK, STOP, COPY, REQUEST, RUN, SCAN, REGISTER)


@pytest.fixture
def game() -> Iterator[MigrationGame]:
    made = MigrationGame()
    yield made
    made.close()


def press(game: MigrationGame, read: Any, *labels: str) -> None:
    for label in labels:
        next(each for each in read.kinds(game, "Button") if each.description.startswith(label)).click()


def test_the_pages_order_ends_well_and_the_bill_says_so(game: MigrationGame, read: Any) -> None:
    press(game, read, *RIGHT, "The users are content")
    assert "fanlic-note good" in game.text
    assert "7; seven are needed" in game.text
    assert game.over
    press(game, read, ASK)
    assert "This game is over" in game.text


def test_a_mail_too_early_is_refused_by_the_desk_and_costs_hours(game: MigrationGame, read: Any) -> None:
    began = game.lab.clock.now()
    press(game, read, COPY, REQUEST)
    assert "not-destroyed-yet" in game.text
    assert (1, True) == (game.refusals, game.lab.clock.now() - began > timedelta(hours=4))
    press(game, read, *RIGHT, "The users are content")
    assert "fanlic-note warn" in game.text
    assert "9; seven are needed" in game.text


def test_a_server_stopped_before_the_first_mail_leaves_the_users_in_an_outage(game: MigrationGame, read: Any) -> None:
    press(game, read, STOP, ASK)
    assert "no published port" in game.text
    press(game, read, "Start the old server again", *RIGHT, "The users are content")
    assert game.over
    assert game.outage() >= timedelta(hours=4)


def test_an_end_before_the_end_is_told_and_begin_again_begins_again(game: MigrationGame, read: Any) -> None:
    press(game, read, "The users are content")
    assert "Nothing has moved" in game.text
    press(game, read, STOP, SCAN)
    assert "no server on the new host yet" in game.text
    old = game.lab
    press(game, read, "Begin again")
    assert (True, False, 0) == (old.closed, game.lab.closed, game.steps)
    press(game, read, *RIGHT, "The users are content")
    assert game.over


def test_every_button_answers_twice_and_nothing_raises(game: MigrationGame, read: Any) -> None:
    for each in read.kinds(game, "Button"):
        each.click()
        each.click()
        assert "Traceback" not in game.text
        assert [] == read.unbalanced(read.html(game))
