"""The cases, the referee and the peers: programs outside the project, loaded and run from where they lie."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

Json = dict[str, Any]

BESIDE = Path(__file__).resolve().parents[2] / "shared" / "benchmarks"
NEEDED = ("cases.py", "referee.py", "peers.py")
SIZES = {"2": 200, "4": 400, "6": 600, "8": 800, "10": 1000}


@dataclass(frozen=True, slots=True)
class Outside:
    """`case(name)` is a question in VROOM's form, `judge(question, answer)` what an answer to it is worth."""

    case: Callable[[str], Json]
    judge: Callable[[Json, Json], Json]


def checked(folder: Path) -> Path:
    """The folder, when it has all that is needed; SystemExit names the file that is missing."""
    for name in NEEDED:
        if not (folder / name).is_file():
            raise SystemExit(f"--cases: {folder} has no {name}; name the folder of cases.py, referee.py and peers.py")
    return folder.resolve()


def outside(folder: Path) -> Outside:
    """The two functions, from the files of a folder."""
    return Outside(_module(folder / "cases.py").case, _module(folder / "referee.py").judge)


def _module(path: Path) -> ModuleType:
    found = importlib.util.spec_from_file_location(f"outside_{path.stem}", path)
    assert found is not None and found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def family(case: str) -> str:
    """The name of a case without its seed: fs60x300s2 is one of fs60x300; any other case is its own family."""
    return re.sub(r"^((?:fs\d+x|sh)\d+)s\d+$", r"\1", case)


def kind(case: str) -> str:
    """C1, C2, R1, R2, RC1 or RC2: how a Solomon or Gehring & Homberger instance is spread, and how tight it is."""
    found = re.match(r"(RC|R|C)([12])", case)
    return case if found is None else found[0]


def size(case: str) -> int:
    """How many customers a Solomon or Gehring & Homberger instance has."""
    found = re.match(r"[RC]+[12]_(\d+)_\d+$", case)
    return 100 if found is None else SIZES[found[1]]
