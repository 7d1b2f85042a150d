"""Doorstep: a screening chat for clinical trials on Telegram."""
