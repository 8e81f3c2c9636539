import pytest

from benchmarks.phone_days import again, play
from dispatch.phone_reports import ReportType


def test_every_simulated_day_ends_in_the_state_of_the_reference_and_every_kind_of_event_is_played() -> None:
    played = play(12, seed=8)
    assert played.wrong == []
    assert played.events.keys() == {kind.value for kind in ReportType}


def test_the_same_seed_gives_the_same_trace_and_another_seed_another() -> None:
    assert play(1, seed=3) == play(1, seed=3)
    assert play(1, seed=3).digest != play(1, seed=4).digest


def test_one_day_played_again_has_the_trace_that_it_had(capsys: pytest.CaptureFixture[str]) -> None:
    play(2, seed=5, say=True)
    both = capsys.readouterr().out
    again(1, seed=5)
    assert both.endswith(alone := capsys.readouterr().out)
    assert 0 < len(alone) < len(both)


def test_without_idempotency_days_end_wrong_in_facts_of_every_kind_and_in_requests() -> None:
    wrong = play(8, seed=8, deduplicates=False).wrong
    assert len({each.partition(":")[0] for each in wrong}) == 8
    what = {each.split(": ")[1].split(" of visit")[0].removesuffix(" as a fact") for each in wrong}
    assert {"check-in", "checklist", "serial", "signature", "surcharge", "readiness", "acceptance", "requests"} <= what
