"""Whether everything the bot says is made of approved texts, found without asking the code that says it."""
