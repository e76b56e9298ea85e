"""Cases: a situation cut where it had to be decided. Readers choose first, then see what practitioners chose."""
