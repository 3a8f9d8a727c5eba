import pytest

from chatbot.web.auth.login_throttle import FORGOTTEN_SECONDS, MOST_REMEMBERED, OF_ADDRESS, OF_NAME, Attempts, Limit


class Clock:
    """The time as a test sets it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def attempts(clock: Clock) -> Attempts:
    return Attempts(clock)


def test_the_sixth_attempt_waits_and_each_failure_after_it_longer(attempts: Attempts, clock: Clock) -> None:
    assert [attempts.begin("ada", f"10.0.0.{n}") for n in range(5)] == [0.0] * 5
    waits = []
    for n in range(8):
        waits.append(attempts.begin("ada", f"10.0.1.{n}"))
        clock.now += waits[-1]
        assert attempts.begin("ada", f"10.0.1.{n}") == 0.0
    assert waits == [2, 4, 8, 16, 32, 60, 60, 60]


def test_one_address_cannot_try_many_names(attempts: Attempts) -> None:
    waits = [attempts.begin(f"user {n}", "10.0.0.1") for n in range(30)]
    assert waits[:20] == [0.0] * 20 and all(waits[20:])
    assert attempts.begin("user 1", "10.0.0.2") == 0.0


def test_many_attempts_at_once_are_counted_before_they_end(attempts: Attempts) -> None:
    assert sum(attempts.begin("ada", f"10.0.{n}.1") == 0.0 for n in range(200)) == OF_NAME.free


def test_a_success_frees_the_name_but_not_the_address(attempts: Attempts) -> None:
    for n in range(OF_ADDRESS.free - 1):
        attempts.begin(f"victim {n}", "10.0.0.1")
    assert attempts.begin("own", "10.0.0.1") == 0.0
    attempts.succeed("own", "10.0.0.1")
    assert attempts.begin("own", "10.0.0.1") == 0.0 and attempts.begin("victim", "10.0.0.1") > 0


def test_failures_are_forgotten_in_an_hour(attempts: Attempts, clock: Clock) -> None:
    for _ in range(OF_NAME.free):
        attempts.begin("ada", "10.0.0.1")
    clock.now += FORGOTTEN_SECONDS + 60
    assert [attempts.begin("ada", "10.0.0.1") for _ in range(OF_NAME.free)] == [0.0] * OF_NAME.free


def test_what_is_remembered_is_bounded(attempts: Attempts) -> None:
    for n in range(MOST_REMEMBERED):
        attempts.begin("n" * 1000 + str(n), f"address {n}")
        attempts.begin("more", f"other {n}")
    for records in (attempts._names, attempts._addresses):
        assert len(records) <= MOST_REMEMBERED and max(map(len, records)) == 64


def test_refused_attempts_do_not_make_it_forget_a_name(attempts: Attempts) -> None:
    for n in range(6):
        attempts.begin("ada", f"10.0.0.{n}")
    for n in range(OF_ADDRESS.free):
        attempts.begin(f"x {n}", "10.9.9.9")
    for n in range(MOST_REMEMBERED + 50):
        assert attempts.begin(f"nobody {n}", "10.9.9.9") > 0
    assert attempts.begin("ada", "10.0.1.1") > 0
    assert len(attempts._names) < 50


def test_a_flood_of_names_from_many_addresses_forgets_nobody_who_waits(attempts: Attempts) -> None:
    for n in range(6):
        attempts.begin("ada", f"10.0.0.{n}")
    for n in range(2 * MOST_REMEMBERED):
        attempts.begin(f"nobody {n}", f"network {n}")
    assert attempts.begin("ada", "10.0.1.1") > 0


def test_all_unicode_forms_of_a_name_count_as_one(attempts: Attempts) -> None:
    forms = ["Zo\u00e9", "Zoe\u0301", "\u212bke", "\u00c5ke", "A\u030ake"]
    assert [attempts.begin(forms[n % 2], f"10.0.0.{n}") for n in range(5)] == [0.0] * 5
    assert attempts.begin(forms[0], "10.0.1.1") > 0 and attempts.begin(forms[1], "10.0.1.2") > 0
    assert [attempts.begin(forms[2 + n % 3], f"10.0.2.{n}") for n in range(5)] == [0.0] * 5
    assert attempts.begin(forms[2], "10.0.3.1") > 0


def test_a_wait_never_outgrows_its_limit() -> None:
    assert Limit(5, 900).wait(10**6) == 900 and Limit(5, 900).wait(4) == 0
