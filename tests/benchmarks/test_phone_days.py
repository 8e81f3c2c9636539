from benchmarks.phone_days import play


def test_every_simulated_day_ends_in_the_state_of_the_reference() -> None:
    assert play(12, seed=7).wrong == []


def test_the_same_seed_gives_the_same_trace_and_another_seed_another() -> None:
    assert play(1, seed=3) == play(1, seed=3)
    assert play(1, seed=3).digest != play(1, seed=4).digest


def test_without_idempotency_days_end_wrong() -> None:
    played = play(3, seed=7, deduplicates=False)
    assert len({each.partition(":")[0] for each in played.wrong}) >= 2
