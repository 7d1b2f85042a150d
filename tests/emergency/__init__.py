"""How the second net learns to hear emergencies, and how well it does."""
