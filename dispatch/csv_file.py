"""Reading the CSV files that people really send: any spreadsheet's encoding and separator, lines kept."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from dispatch.errors import RowProblem, WrongRows
from technicians.errors import InvalidInput, filled_in

Value = TypeVar("Value")
LARGEST = 20 * 1024 * 1024
LONGEST_CELL = 10_000
SEPARATORS = ",;\t"
TOO_LONG = "It has {length} characters; the most is {longest}."
TOO_MANY_CELLS = "The row has {cells} cells, the header {columns}."


class WrongCell(ValueError):
    """A cell that cannot be read. `sentence` is English with `{names}` for `values`."""

    def __init__(self, sentence: str, **values: object) -> None:
        super().__init__(filled_in(sentence, values))
        self.sentence = sentence
        self.values = values


@dataclass(slots=True)
class CsvRow:
    """One row: its line in the file (1 is the header) and trimmed cells by column; missing ones are empty.

    Reading a bad cell notes the problem in `problems` and gives None, so that one pass finds them all.
    """

    line: int
    cells: dict[str, str]
    problems: list[RowProblem] = field(default_factory=list)

    def text(self, column: str) -> str:
        return self.cells.get(column, "")

    def wrong(self, column: str, sentence: str, **values: object) -> None:
        self.problems.append(RowProblem(self.line, column, sentence, None, **values))

    def required(self, column: str, longest: int = 500) -> str:
        cell = self.text(column)
        if not cell:
            self.wrong(column, "It is empty; every row needs one.")
        return self.limited(column, longest)

    def limited(self, column: str, longest: int) -> str:
        cell = self.text(column)
        if len(cell) > longest:
            self.wrong(column, TOO_LONG, length=len(cell), longest=longest)
        return cell[:longest]

    def read(self, column: str, parse: Callable[[str], Value], refusal: str) -> Value | None:
        """The cell through `parse`, None when it is empty. For a ValueError `refusal` is noted, with `{cell}`."""
        cell = self.text(column)
        if not cell:
            return None
        try:
            return parse(cell)
        except WrongCell as error:
            self.wrong(column, error.sentence, **error.values)
        except ValueError:
            self.wrong(column, refusal, cell=cell[:60])
        return None

    def within(self, column: str, parse: Callable[[str], float], low: float, high: float, refusal: str) -> float | None:
        """A number between two bounds, both allowed."""
        number = self.read(column, parse, refusal)
        if number is not None and not low <= number <= high:
            self.wrong(
                column, "{cell} is not between {low:g} and {high:g}.", cell=self.text(column), low=low, high=high
            )
            return None
        return number


def listed(cell: str) -> list[str]:
    """The parts of a cell that are separated by semicolons, Chinese ones too."""
    return [part.strip() for part in cell.replace("；", ";").split(";") if part.strip()]


def written(columns: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    """A file of these lines, with a BOM so that spreadsheets know it is UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(lines)
    return "\ufeff" + out.getvalue()


def rows(content: bytes, required: Sequence[str], optional: Sequence[str]) -> list[CsvRow]:
    """The rows of a CSV file in UTF-8 (with or without BOM), UTF-16 with BOM, or GB18030.

    Comma, semicolon and tab are told apart by the header. Raises InvalidInput for a file that is no such CSV,
    and WrongRows for a column that is missing, unknown or named twice, or a row with too many cells.
    """
    text = _decoded(content)
    if "\0" in text:
        raise InvalidInput(
            "The file holds zero bytes, as no text does.",
            field="file",
            remedy="Save the sheet as “CSV UTF-8”.",
        )
    header_line = text.split("\n", 1)[0]
    separator = max(SEPARATORS, key=header_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        return _rows(reader, required, optional)
    except csv.Error as error:
        raise InvalidInput(
            "Line {line} cannot be read as CSV.",
            field="file",
            remedy="Look for a quotation mark that is not closed.",
            line=reader.line_num,
        ) from error


def _decoded(content: bytes) -> str:
    if len(content) > LARGEST:
        raise InvalidInput(
            "The file has {size} MB.",
            field="file",
            remedy="Send at most 20 MB at a time.",
            size=len(content) // 1024 // 1024,
        )
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _as_text(content, "utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _as_text(content, "gb18030")


def _as_text(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise InvalidInput(
            "Byte {place} is neither UTF-8 nor GB18030.",
            place=error.start,
            field="file",
            remedy="Save the sheet as “CSV UTF-8”.",
        ) from error


def _rows(reader: Any, required: Sequence[str], optional: Sequence[str]) -> list[CsvRow]:
    lines = _numbered(reader)
    if not lines:
        raise InvalidInput(
            "The file is empty.", field="file", remedy="The first line is: {header}", header=",".join(required)
        )
    header = [name.strip().lower() for name in lines[0][1]]
    problems = _header_problems(header, required, optional)
    for line, cells in lines[1:]:
        if len(cells) > len(header):
            problems.append(RowProblem(line, header[-1], TOO_MANY_CELLS, cells=len(cells), columns=len(header)))
        problems += [
            RowProblem(line, name, TOO_LONG, length=len(cell), longest=LONGEST_CELL)
            for name, cell in zip(header, cells, strict=False)
            if len(cell) > LONGEST_CELL
        ]
    if problems:
        raise WrongRows(problems)
    return [
        CsvRow(line, {name: cell.strip() for name, cell in zip(header, cells, strict=False)})
        for line, cells in lines[1:]
    ]


def _numbered(reader: Any) -> list[tuple[int, list[str]]]:
    """Rows that are not blank, with the line each begins on (a quoted cell may run over several)."""
    found = []
    begins = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            found.append((begins, cells))
        begins = reader.line_num + 1
    return found


def _header_problems(header: Sequence[str], required: Sequence[str], optional: Sequence[str]) -> list[RowProblem]:
    known = [*required, *optional]
    missing = [RowProblem(1, name, "It is missing from the header.") for name in required if name not in header]
    unknown = [
        RowProblem(1, name, "It is no column here; known are {known}.", known=", ".join(known))
        for name in header
        if name not in known
    ]
    twice = [RowProblem(1, name, "It is named twice.") for name in sorted({n for n in header if header.count(n) > 1})]
    return [*missing, *unknown, *twice]
