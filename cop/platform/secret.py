"""The secret that signs tokens: the operator's, or one made once in the data folder."""

import os
import secrets
from contextlib import suppress
from pathlib import Path


def secret_in(data: Path) -> str:
    """Read the data folder's secret; make it, readable by its owner only, when there is none.

    It is written whole before it gets its name: one killed in between must not leave an empty secret.
    """
    path, draft = data / "secret", data / f"secret.{secrets.token_hex(8)}"
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
        with suppress(FileExistsError):  # another process was quicker
            os.link(draft, path)
        draft.unlink()
    return path.read_text(encoding="ascii").strip()
