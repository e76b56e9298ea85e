"""Templates as Jinja has compiled them, kept beside their sources as Python keeps its own: a third of the time to the
first answer went into compiling the same again."""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from jinja2 import FileSystemBytecodeCache, Template
from jinja2.bccache import Bucket
from jinja2.environment import TemplateModule
from jinja2.runtime import Context


class OurTemplate(Template):
    """One that is imported stands ready. Jinja compares at each import what all templates know with what this one
    knows, a twentieth of a page's time; ours all know the same."""

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        return super()._get_default_module()


class CompiledTemplates(FileSystemBytecodeCache):
    """Kept where the program itself is and not in the data folder: what lies there is run.

    Who may not write where the program is installed compiles at each start, and nothing else changes.

    Args:
        templates: the folder of the sources.
        tools: what else goes into a compiled template beside its source: Jinja reckons with filters while compiling.
    """

    def __init__(self, templates: Path, tools: bytes) -> None:
        super().__init__(str(templates / "__pycache__"), "%s.jinja")
        self._made_with = f"{version('jinja2')} {tools!r}"

    def get_source_checksum(self, source: str) -> str:
        return super().get_source_checksum(f"{self._made_with} {source}")

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        if sys.dont_write_bytecode:
            return
        with suppress(OSError):
            Path(self.directory).mkdir(exist_ok=True)
            super().dump_bytecode(bucket)
