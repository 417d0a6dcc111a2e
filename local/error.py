"""What can go wrong with the embedded AWS, in the user's words."""


class LocalError(Exception):
    """The embedded AWS cannot do what was asked. `message` says what is wrong, `hint` what to change."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
