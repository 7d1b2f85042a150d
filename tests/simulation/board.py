"""What the staff group was shown: a card a case, never what a participant said, not too much at once."""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque

from bot.simulator import Chat, Message
from bot.simulator.dispatch import Answer, Request
from tests.simulation.cards import CODE, read_card
from tests.simulation.casebook import Book
from tests.simulation.figures import Figures
from tests.simulation.overseer import Overseer
from tests.simulation.sheet import sheet
from tests.simulation.spoken import LABELS, asks_a_question
from tests.simulation.virtual import seconds

_SAYS = frozenset({"sendMessage", "editMessageText"})
_MARK = re.compile(r"zq\d+x\d+q")
_MINUTE = 60.0
_MOST = 20
_LONG = 14
_ANSWERS = tuple(
    label
    for language in ("en", "zh-Hans")
    for options in sheet(language).options.values()
    for label in options
    if len(label) > (_LONG if language == "en" else _LONG // 3)
)
"""Answers that nobody could take for a word of staff."""
_TELLS = re.compile(r"•|Decided:|\d notes?\b|, since ")
"""What a card says of somebody, or of what staff thought of them."""
_LINE = re.compile(r"^🆕 A case for the team: ([a-z0-9]{8}) ", re.MULTILINE)


class Board:
    """Watches every call to the group, and looks at the group itself at the end."""

    def __init__(self, chat: Chat, overseer: Overseer, figures: Figures, *, paced: bool) -> None:
        self.chat = chat
        self._overseer = overseer
        self._figures = figures
        self._holds = figures.holds
        self._paced = paced
        self._times: deque[float] = deque()
        self._late: Counter[str] = Counter()
        self.unheard = 0
        """Messages that were posted, and whose number the bot never learned."""
        self.taken_away: set[str] = set()
        """Cases whose card, or topic, somebody deleted since it was drawn."""
        self.touched: defaultdict[str, float] = defaultdict(float)

    def begins_anew(self) -> None:
        """Another worker is at work: it cannot know how much was said just before."""
        self._times.clear()

    def asks(self, request: Request) -> None:
        """Look at a call before Telegram does it."""
        if not self._is_here(request):
            return
        self._in_time()
        self._figures.counts["to the group"] += 1
        words = str(request.values["text"])
        said = _MARK.search(words) or any(label in words for label in (*LABELS, *_ANSWERS))
        kept_out = not said and not asks_a_question(words)
        self._holds(kept_out, "a participant's words in the group:", words[:200])
        self._about_the_erased(words)

    def gets(self, request: Request, given: Answer, *, is_awaited: bool) -> None:
        """Note what the bot could not learn."""
        if self._is_here(request) and (given.cut or not is_awaited):
            self.unheard += 1

    def _is_here(self, request: Request) -> bool:
        return request.method in _SAYS and str(request.values.get("chat_id")) == str(self.chat.id)

    def _in_time(self) -> None:
        now = seconds()
        self._times.append(now)
        while self._times[0] <= now - _MINUTE:
            self._times.popleft()
        if self._paced:
            self._holds(len(self._times) <= _MOST, "too much in the group within a minute:", len(self._times))

    def _about_the_erased(self, words: str) -> None:
        found = CODE.search(re.sub(r"<[^>]+>", "", words))
        if found is None or found[1] not in self._overseer.erased:
            return
        # One was on its way when they were erased.
        self._late[found[1]] += not _is_empty(words)
        self._holds(self._late[found[1]] <= 1, "a card tells of somebody erased:", words)

    # Somebody meddles

    def takes_away(self, message: Message) -> None:
        """Somebody deletes a message of the bot's."""
        message.deleted = True
        card = read_card(message) or None
        found = CODE.search(message.text) or _LINE.search(message.text)
        if card or found:
            self.taken_away.add(found[1] if found else "")

    # The end

    def ends_well(self, interruptions: int) -> None:
        """Look at the group as it is when all is done."""
        cards = [card for message in self.chat.present() if (card := read_card(message))]
        by_case = Counter(card.case for card in cards)
        for case, many in by_case.items():
            self._holds(many == 1, "two cards of one case:", case, many)
        for card in cards:
            book = self._overseer.books.get(card.case)
            if self._holds(book, "a card about nothing:", card.text[:80]) and book:
                self._is_true(card.text, {key.revision for key in card.keys}, book)
        for case, book in self._overseer.books.items():
            shown = case in by_case or book.done or case in self.taken_away
            self._holds(shown, "an open case without a card:", case)
        lines = sum(bool(_LINE.search(message.text)) for message in self.chat.present())
        self._figures.counts["lines left"] += lines
        self._holds(lines <= interruptions + self.unheard, "lines without a card:", lines, interruptions)

    def _is_true(self, text: str, revisions: set[int], book: Book) -> None:
        if book.case in self.taken_away:
            return
        self._holds(revisions <= {book.revision}, "a card of before:", book.case, revisions, book.revision)
        if book.case in self._overseer.erased:
            self._holds(_is_empty(text), "a card tells of somebody erased:", text)


def _is_empty(words: str) -> bool:
    return not _TELLS.search(words)
