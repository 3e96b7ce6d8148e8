"""What an error is: a status, a code and a message, written down once and raised by name."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ErrorSpec:
    """One row of the error table. Each `%s` in its code or message is filled when it is raised."""

    status: int
    code: str
    message: str

    def __call__(self, *values: str) -> "ApiError":
        """Return the error to raise, its message filled with `values`; a code's `%s` is the first of them."""
        code = self.code % values[0] if "%s" in self.code else self.code
        return ApiError(self, code, self.message % values if values else self.message)

    def naming(self, value: str) -> "ApiError":
        """Return the error to raise, filled with `value` if it has a place for one.

        Rows of one meaning differ in that: some name what is wrong, others are worded for it.
        """
        return self(value) if "%s" in self.message else self()


class ApiError(Exception):
    """A refusal as the client sees it. What went wrong inside is chained, for the log only."""

    def __init__(self, spec: ErrorSpec, code: str, message: str) -> None:
        """Hold the row of the table, and its code and message filled in."""
        super().__init__(f"{spec.status} {code}: {message}")
        self.spec = spec
        self.status = spec.status
        self.code = code
        self.message = message
        self.detail: Mapping[str, str] = {}
        """Who was denied what, for the answer; only of refusals by policies."""
        self.because = ""
        """What decided, for the audit trail and not for the client."""


@contextmanager
def reworded(rows: "Mapping[ErrorSpec, ErrorSpec]") -> Iterator[None]:
    """Raise what is refused inside by the row that stands for it, filled with the message where it has none.

    Operations share rules, and each words some of their refusals in its own way.
    """
    try:
        yield
    except ApiError as refused:
        if refused.spec not in rows:
            raise
        raise rows[refused.spec].naming(refused.message) from refused
