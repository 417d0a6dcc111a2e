"""The errors that a user can mend. The command line prints them without a traceback."""


class CellsError(Exception):
    """Something that the user has to know, in the user's words.

    `message` says what is wrong with the offending value (lower case, no full stop); `hint` says what to change;
    `exit_code` is what the process ends with: 1 the work failed, 2 wrong input, 3 data would be lost.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class HintedError(ValueError):
    """What a validator of a spec raises when it knows the cure. The document that is read prints the hint."""

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class InputError(CellsError):
    """The input is wrong: a file, an option or a name. Nothing was touched."""

    exit_code = 2


class DataLossError(CellsError):
    """Going on would lose data, and the keys that allow it are not all there."""

    exit_code = 3
