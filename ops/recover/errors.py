"""Why a stack cannot be recovered."""


class RecoverError(RuntimeError):
    """The message says what to do; the state is as it was."""
