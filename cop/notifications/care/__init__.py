"""Letters about what is to be looked after: check-ins, what somebody meant to try, threads that want a keeper."""
