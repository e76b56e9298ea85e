"""How far people have read: noted by the page, written every five seconds by a thread of its own, all at once."""

from __future__ import annotations

import logging
import os
import threading
import time
from typing import Final

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from cop.discussions.marks.buffer import MarkBuffer
from cop.discussions.marks.operations import store_marks
from cop.discussions.marks.queries import Mark
from cop.platform.database import transaction
from cop.platform.errors import Busy

log = logging.getLogger(__name__)

WRITTEN_EVERY: Final = 5.0  # seconds
_starting = threading.Lock()


def waiting_marks() -> MarkBuffer:
    """The marks that this process has not written yet."""
    buffer: MarkBuffer = current_app.extensions["cop-marks"]
    return buffer


def note_reading(mark: Mark) -> None:
    """Remember how far somebody has read; the page that they read writes nothing."""
    waiting_marks().put(mark)
    if current_app.config.get("COP_MARKS_WRITTEN_BY_ITSELF", True):  # tests write them when they look
        _keep_writing(current_app._get_current_object())  # type: ignore[attr-defined]  # the application itself


def write_marks(app: Flask) -> None:
    """Write what waits. What cannot be written now is lost: somebody reads a few replies twice."""
    with app.app_context():
        marks = waiting_marks().take_all()
        if not marks:
            return
        try:
            with transaction():
                store_marks(marks=marks)
        except (SQLAlchemyError, Busy) as problem:
            log.info("%d read marks were not written: %s", len(marks), type(problem).__name__)


def _keep_writing(app: Flask) -> None:
    """Start the thread that writes, once in each process; one that was there before a fork is not there after it."""
    with _starting:
        if app.extensions.get("cop-marks-writer") != os.getpid():
            app.extensions["cop-marks-writer"] = os.getpid()
            threading.Thread(target=_write_again_and_again, args=(app,), daemon=True, name="read marks").start()


def _write_again_and_again(app: Flask) -> None:
    while True:
        time.sleep(WRITTEN_EVERY)
        write_marks(app)
