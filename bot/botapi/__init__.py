"""The only package that knows python-telegram-bot: transport and types, nothing of the conversation."""
