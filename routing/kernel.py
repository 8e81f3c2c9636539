"""The decorator of compiled functions: what they take and give is read from their annotations."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import config, njit
from numba import types as numba_types

from routing.flat import Facts
from routing.state import Pool, State

F = TypeVar("F", bound=Callable[..., Any])
types: Any = numba_types

# LLVM's third level takes half as long again to compile and gains three percent.
os.environ.setdefault("NUMBA_OPT", "1")
cast(Any, config).reload_config()


def _table(kind: Any, dimensions: int) -> Any:
    return types.Array(kind, dimensions, "C")


_INT32 = {d: _table(types.int32, d) for d in (1, 2, 3, 4)}
_INT64 = {d: _table(types.int64, d) for d in (1, 2, 3, 4)}
_TYPES = {
    "Facts": types.NamedTuple([_INT32[3], _INT64[2], _INT64[2], _INT64[2], _INT64[1], _INT32[2]], Facts),
    "State": types.NamedTuple(
        [
            *(_INT32[4], _INT64[4], _INT64[3], _INT64[2], _INT32[3], _INT64[2], _INT64[1], _INT64[2]),
            *(_table(types.float64, 2), _INT32[1]),
        ],
        State,
    ),
    "Pool": types.NamedTuple([_INT32[2], _INT64[2], _INT32[1], _table(types.uint64, 1)], Pool),
    "Longs": _INT64[2],
    "int": types.int64,
    "float": types.float64,
    "bool": types.boolean,
    "None": types.void,
    "tuple[int, int]": types.UniTuple(types.int64, 2),
    "tuple[int, int, int]": types.UniTuple(types.int64, 3),
    "tuple[int, int, int, int]": types.UniTuple(types.int64, 4),
    "tuple[int, int, int, int, int]": types.UniTuple(types.int64, 5),
}


def kernel(function: F) -> F:
    """Compile a function for just its annotations, and keep the result on disk; only kernels can call it.

    One signature each: left to itself numba compiles anew for every width of integer and every literal it meets.
    Without reference counts (`_nrt`) and wrappers it is ten times faster and compiles in a third of the time; a
    kernel must not make arrays.
    """
    return _compiled(function, no_cpython_wrapper=True, no_cfunc_wrapper=True)


def inlined(function: F) -> F:
    """A kernel that becomes part of its callers: for a few lines in the innermost loop."""
    return _compiled(function, no_cpython_wrapper=True, no_cfunc_wrapper=True, forceinline=True)


def entry(function: F) -> F:
    """A kernel that is called from Python."""
    return _compiled(function, no_cfunc_wrapper=True)


def _compiled(function: F, **options: bool) -> F:
    given = dict(function.__annotations__)
    result = _TYPES[given.pop("return")]
    signature = result(*(_TYPES[name] for name in given.values()))
    compiled = cast(Any, njit)
    return cast(F, compiled(signature, cache=True, _nrt=False, **options)(function))
