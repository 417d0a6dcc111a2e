"""The error of this room."""


class AssemblyError(Exception):
    """A cloud assembly that cannot be read, or a question that it cannot answer.

    `message` says what is wrong, with the offending value (lower case, no full stop); `hint` says what to change.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
