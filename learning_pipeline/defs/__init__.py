"""The wiring: the only Dagster code. One thin file per room with its assets, checks, sensors and schedules."""
