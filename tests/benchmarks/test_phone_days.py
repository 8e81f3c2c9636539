from benchmarks.phone_days import play


def test_every_simulated_day_ends_in_the_state_of_the_reference() -> None:
    wrong, _ = play(12, seed=7)
    assert wrong == []


def test_the_same_seed_gives_the_same_trace_and_another_seed_another() -> None:
    assert play(1, seed=3) == play(1, seed=3)
    assert play(1, seed=3)[1] != play(1, seed=4)[1]


def test_without_idempotency_days_end_wrong() -> None:
    wrong, _ = play(3, seed=7, deduplicates=False)
    assert len({each.partition(":")[0] for each in wrong}) >= 2
