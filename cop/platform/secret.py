"""The secret that signs tokens: the operator's, or one made once in the data folder."""

import os
import secrets
from pathlib import Path


def secret_in(data: Path) -> str:
    """Read the data folder's secret; make it, readable by its owner only, when there is none."""
    path = data / "secret"
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        secret = secrets.token_hex(32)
        file.write(secret)
    return secret
