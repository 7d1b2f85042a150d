"""The field's words as frozen types; the standard library only."""
