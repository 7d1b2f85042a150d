"""What the bot serves over HTTP beside the chat."""
