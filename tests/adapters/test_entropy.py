"""Randomness: the system's never repeats; the lab's repeats byte for byte from its seed."""

import random

import pytest

from fanlic.adapters.entropy import SeededEntropy, SystemEntropy
from fanlic.ports import Entropy


def drawn(entropy: Entropy) -> list[bytes]:
    return [entropy.token(length) for length in (32, 8, 32, 1)]


def test_a_hundred_thousand_challenges_have_no_repeat() -> None:
    entropy = SystemEntropy()
    assert 100_000 == len({entropy.token(32) for _ in range(100_000)})


def test_a_hundred_thousand_rehearsed_challenges_have_no_repeat_either() -> None:
    entropy = SeededEntropy(1)
    assert 100_000 == len({entropy.token(32) for _ in range(100_000)})


@pytest.mark.parametrize("entropy", [SystemEntropy(), SeededEntropy(1)])
@pytest.mark.parametrize("length", [0, 1, 8, 16, 32, 200])
def test_a_token_is_as_long_as_it_was_asked_for(entropy: Entropy, length: int) -> None:
    assert length == len(entropy.token(length))


def test_the_same_seed_repeats_byte_for_byte() -> None:
    assert drawn(SeededEntropy("class", 7)) == drawn(SeededEntropy("class", 7))
    assert bytes.fromhex("cde31c81ff3f4c92") == SeededEntropy(1).token(8)  # on every machine, in every Python


def test_another_seed_gives_other_bytes() -> None:
    assert not set(drawn(SeededEntropy(7))) & set(drawn(SeededEntropy(8)))


def test_a_part_does_not_depend_on_how_much_the_others_draw() -> None:
    quiet, busy = SeededEntropy(7), SeededEntropy(7)
    drawn(busy)
    drawn(busy.part("desk"))
    assert drawn(quiet.part("server")) == drawn(busy.part("server"))


def test_parts_and_their_whole_have_nothing_in_common() -> None:
    whole = SeededEntropy(7)
    desk, server, whole_bytes = drawn(whole.part("desk")), drawn(whole.part("server")), drawn(whole)
    assert 12 == len(
        {*desk[:3], *server[:3], *whole_bytes[:3], desk[3] + b"d", server[3] + b"s", whole_bytes[3] + b"w"}
    )


def test_seeding_python_s_random_module_changes_nothing() -> None:
    system, seeded = [], []
    for _ in range(2):
        random.seed(1)
        system.append(SystemEntropy().token(16))
        seeded.append(SeededEntropy(1).token(16))
    assert system[0] != system[1]
    assert seeded[0] == seeded[1]


def test_drawing_does_not_disturb_python_s_random_module() -> None:
    random.seed(1)
    expected = random.random()
    random.seed(1)
    drawn(SystemEntropy())
    drawn(SeededEntropy(1))
    assert expected == random.random()
