from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import uploads
from dispatch import phone_login
from tests.phone_day import CHEAP


def test_photos_arrive_whole_over_a_line_that_breaks_and_would_not_without_offsets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phone_login, "_hasher", CHEAP)
    judged, line = uploads.run(tmp_path, 12, seed=2)
    assert (judged.uploads, judged.wrong, judged.unfinished) == (12, 0, 0)
    assert line.broken >= 12
    assert judged.most_again <= 1
    assert judged.control_wrong > 6
