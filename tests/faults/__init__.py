"""Every fault that docs/faults.md names, on purpose: the bot heals by itself and says meanwhile how it is."""
