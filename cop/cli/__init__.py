"""The `cop` commands. They use the current application and never build one."""

from click import Command

COMMANDS: list[Command] = []
