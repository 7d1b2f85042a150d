"""Use cases: load, call the pure core, keep. The ports the rim implements are in bot.service.ports."""
