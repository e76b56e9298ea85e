"""`make bench-endurance`: what is left after kills, full disks and lost indexes. The figures R1, R5 to R9, R12, R13.

stage     a site with eight people who write, on SQLite or PostgreSQL
site      the program under test: `cop`, and a job whose every effect can be counted
servers   starting, killing and asking it
writers   eight people at their forms, who send again what was not answered
kills     kill -9 at random moments while they write
account   what the database holds of what was acknowledged
backups, upgrades, degraded, load    the other figures
"""
