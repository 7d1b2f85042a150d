"""Messages as Telegram takes them: within its length, with its keyboards."""

from __future__ import annotations

from bot.service.ports import Button, Message

LIMIT = 3500
"""Characters of HTML in one message; Telegram's limit is 4096 after parsing (TELEGRAM.md 2)."""

Keyboard = list[list[dict[str, str]]]


def split(html: str, limit: int = LIMIT) -> list[str]:
    """Return the text in pieces that Telegram takes, cut between paragraphs, else lines, else anywhere.

    Markup never spans a paragraph (content is checked for that), so no piece has an open tag.
    """
    pieces = [""]
    for paragraph in _fitting(html, limit):
        joined = f"{pieces[-1]}\n\n{paragraph}" if pieces[-1] else paragraph
        if len(joined) <= limit:
            pieces[-1] = joined
        else:
            pieces.append(paragraph)
    return pieces


def keyboard(message: Message, username: str) -> Keyboard:
    """Return the rows of buttons under a message."""
    return [[_button(button, username) for button in row] for row in message.rows]


def _fitting(html: str, limit: int) -> list[str]:
    fitting: list[str] = []
    for paragraph in html.split("\n\n"):
        if len(paragraph) <= limit:
            fitting.append(paragraph)
        else:
            lines = paragraph.split("\n")
            fitting.extend(
                line[at : at + limit] for line in lines for at in range(0, max(len(line), 1), limit)
            )
    return fitting


def _button(button: Button, username: str) -> dict[str, str]:
    if button.start is not None:
        return {"text": button.label, "url": f"https://t.me/{username}?start={button.start}"}
    return {"text": button.label, "callback_data": button.token or ""}
