"""Pure functions that decide: no await, clock, log, file or chance."""
