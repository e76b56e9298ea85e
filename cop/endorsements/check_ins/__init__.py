"""Check-ins: once what was told has aged, whoever told or used it is asked whether it still holds."""
