"""What becomes of photos that were made to do harm?  python -m benchmarks.hostile_photos

Sixty files and one: bombs, polyglots, wrong types, huge metadata, files cut off, odd colour spaces, endless scans. Each
goes through the real darkroom. Told are the outcome of each, the longest time and the most memory of a decoder, and
whether the darkroom still does its work afterwards. The control is a decoder without limits. Nothing is asserted.
"""

from __future__ import annotations

import io
import resource
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from dispatch import darkroom
from dispatch.darkroom import PhotoRefused

MEGABYTE = 1024
PLAIN = {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
FOR_THE_CONTROL = "see-through PNG of 49 megapixels"
HARMLESS = "grey JPEG"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was answered, how much CPU (s) the decoder took, and whether it is a clean JPEG or a refusal."""

    answer: str
    cpu: float
    is_sound: bool


def judge(content: bytes) -> Outcome:
    """Send one file through the darkroom."""
    before = cpu()
    try:
        picture = darkroom.rebuild(content)
    except PhotoRefused as refusal:
        return Outcome(refusal.code, cpu() - before, True)
    return Outcome("clean", cpu() - before, is_clean(picture.content) and is_clean(picture.thumbnail))


def is_clean(content: bytes) -> bool:
    """A whole JPEG of at most 2048 a side that says nothing but how large it is, and nothing behind it."""
    opened = Image.open(io.BytesIO(content))
    opened.load()
    is_whole = opened.format == "JPEG" and content.endswith(b"\xff\xd9")
    return is_whole and max(opened.size) <= 2048 and set(opened.info) <= PLAIN


def cpu() -> float:
    """Seconds of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def most_memory(who: int) -> float:
    """Megabytes: the largest child so far, or this process."""
    return resource.getrusage(who).ru_maxrss / MEGABYTE


def without_limits(content: bytes) -> float:
    """Megabytes that a decoder takes which kept its rights."""
    script = darkroom.CHILD.read_text().replace("    _give_up_rights()\n", "    Image.MAX_IMAGE_PIXELS = None\n")
    subprocess.run([sys.executable, "-I", "-c", script], input=content, capture_output=True, check=False)
    return most_memory(resource.RUSAGE_CHILDREN)


def main(arguments: list[str]) -> None:
    """Without a folder: make the files, then look at them in a process that has not had them in its memory, because a
    child is said to have used at least as much as the process it was forked from.
    """
    if arguments:
        report(Path(arguments[0]))
        return
    with tempfile.TemporaryDirectory() as folder:
        for module in ("benchmarks.hostile_files", "benchmarks.hostile_photos"):
            subprocess.run([sys.executable, "-m", module, folder], check=True)


def report(folder: Path) -> None:
    """One line a file, then the figures."""
    files = {path.name: path for path in sorted(folder.iterdir())}
    outcomes = {}
    before = most_memory(resource.RUSAGE_SELF)
    for name, path in files.items():
        outcomes[name] = outcome = judge(path.read_bytes())
        print(
            f"{outcome.answer:24} {outcome.cpu:5.2f} s  {name}{'' if outcome.is_sound else '  NOT SOUND'}", flush=True
        )
    decoder, after = most_memory(resource.RUSAGE_CHILDREN), most_memory(resource.RUSAGE_SELF)
    counts = Counter(outcome.answer for outcome in outcomes.values())
    print(f"\n{len(outcomes)} files: " + ", ".join(f"{many} {answer}" for answer, many in counts.most_common()))
    print(f"neither a clean JPEG nor a refusal: {sum(not outcome.is_sound for outcome in outcomes.values())}")
    print(
        f"decoders: at most {max(outcome.cpu for outcome in outcomes.values()):.2f} s of CPU, {decoder:.0f} MB resident"
    )
    print(f"the process that asked: {before:.0f} MB before, {after:.0f} MB at most")
    print(f"a harmless photo afterwards: {judge(files[HARMLESS].read_bytes()).answer}")
    bomb = files[FOR_THE_CONTROL].read_bytes()
    print(f"control, {FOR_THE_CONTROL} without limits: {without_limits(bomb):.0f} MB resident")


if __name__ == "__main__":
    main(sys.argv[1:])
