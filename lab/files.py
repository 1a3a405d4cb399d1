"""Files that others may read or run while they are made anew: whole before or whole after, never half."""

import os
import threading
from pathlib import Path


def write_whole(file: Path, text: str, mode: int | None = None) -> None:
    """mode: of the new file, from its first moment under that name; None: as the process makes files."""
    new = draft(file)
    new.write_text(text)
    if mode is not None:
        new.chmod(mode)
    new.rename(file)


def draft(file: Path) -> Path:
    """Where this thread makes the file, beside it, to be renamed: another may be here too, or reading the old one."""
    new = file.with_name(f".{file.name}.{os.getpid()}.{threading.get_native_id()}")
    new.unlink(missing_ok=True)
    return new
