"""A local Telegram: a Bot API over HTTP with people to play, so that everything runs with no token."""

from bot.simulator.chats import Button as Button
from bot.simulator.chats import Chat as Chat
from bot.simulator.chats import Message as Message
from bot.simulator.errors import PersonError as PersonError
from bot.simulator.people import Person as Person
from bot.simulator.world import Simulator as Simulator
