"""How a bot gets its updates: getUpdates and the webhook methods."""

import asyncio
import re
from typing import Any
from urllib.parse import urlsplit

from bot.simulator.bots import Bot, Webhook
from bot.simulator.chats import Json
from bot.simulator.errors import bad_request, conflict
from bot.simulator.methods.context import Context
from bot.simulator.webhook import Delivery
from bot.simulator.world import Simulator

_LONGEST_POLL = 50
_MOST_UPDATES = 100
_MOST_CONNECTIONS = 100
_DEFAULT_CONNECTIONS = 40
_SECRET = re.compile(r"[A-Za-z0-9_-]*")
_LONGEST_SECRET = 256


async def get_updates(call: Context) -> list[Json]:
    """Confirm what lies below the offset, then wait for updates up to the timeout."""
    bot, args = call.bot, call.args
    _refuse_beside_webhook(bot)
    loop = asyncio.get_running_loop()
    bot.queue.allow(_kinds(args.json("allowed_updates")))
    offset = args.number("offset")
    limit = min(max(args.number("limit", _MOST_UPDATES), 1), _MOST_UPDATES)
    turn, limit = bot.queue.take_over(offset, limit, loop.time())
    bot.queue.confirm(offset)
    deadline = loop.time() + min(max(args.number("timeout"), 0), _LONGEST_POLL)
    while not (batch := bot.queue.pending()[:limit]):
        if loop.time() >= deadline or call.world.closing:
            return []
        await _park(call.world, bot, min(deadline - loop.time(), bot.queue.seconds_to_next()))
        _refuse_if_ended(bot, turn)
    return [update.wire() for update in bot.queue.in_order_of_delivery(batch)]


async def _park(world: Simulator, bot: Bot, seconds: float) -> None:
    world.journal.parked += 1
    bot.polls += 1
    try:
        await world.signal.wait(seconds)
    finally:
        world.journal.parked -= 1
        bot.polls -= 1


def _refuse_beside_webhook(bot: Bot) -> None:
    if bot.webhook is not None:
        raise conflict(
            "can't use getUpdates method while webhook is active; "
            "use deleteWebhook to delete the webhook first"
        )


def _refuse_if_ended(bot: Bot, turn: int) -> None:
    if bot.webhook is not None:
        raise conflict("terminated by setWebhook request")
    if bot.queue.turn != turn:
        raise conflict(
            "terminated by other getUpdates request; make sure that only one bot instance is running"
        )


def _kinds(asked: Any) -> list[str] | None:  # noqa: ANN401 - JSON from the wire may be anything
    """Telegram leaves the setting as it is where the list is no list."""
    return [str(kind) for kind in asked] if isinstance(asked, list) else None


def set_webhook(call: Context) -> bool:
    """Deliver to this address from now on; an empty one ends delivery."""
    args, bot = call.args, call.bot
    if not args.text("url"):
        return delete_webhook(call)
    bot.queue.allow(_kinds(args.json("allowed_updates")))
    if args.flag("drop_pending_updates"):
        bot.queue.clear()
    _stop(call.world, bot)
    bot.webhook = _webhook(call)
    delivery = Delivery(call.world, bot, bot.webhook)
    call.world.background[bot.id] = asyncio.get_running_loop().create_task(delivery.run())
    call.world.signal.fire()
    return True


def _webhook(call: Context) -> Webhook:
    args = call.args
    url, secret = args.text("url"), args.text("secret_token")
    if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
        raise bad_request("invalid webhook URL specified")
    if len(secret) > _LONGEST_SECRET:
        raise bad_request("secret token is too long")
    if not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    connections = min(max(args.number("max_connections", _DEFAULT_CONNECTIONS), 1), _MOST_CONNECTIONS)
    certificate = args.has("certificate") or "certificate" in args.uploads
    return Webhook(url, secret, connections, certificate, args.text("ip_address"))


def delete_webhook(call: Context) -> bool:
    """End delivery; waiting updates stay for getUpdates unless they are to be dropped."""
    if call.args.flag("drop_pending_updates"):
        call.bot.queue.clear()
    _stop(call.world, call.bot)
    return True


def _stop(world: Simulator, bot: Bot) -> None:
    bot.webhook = None
    task = world.background.pop(bot.id, None)
    if task is not None:
        task.cancel()


def get_webhook_info(call: Context) -> Json:
    bot, hook = call.bot, call.bot.webhook
    info: Json = {
        "url": hook.url if hook else "",
        "has_custom_certificate": bool(hook and hook.has_certificate),
        "pending_update_count": len(bot.queue.pending()),
    }
    if hook is not None:
        info |= {"max_connections": hook.max_connections, "ip_address": hook.ip_address or "127.0.0.1"}
        if bot.last_error is not None:
            at, what = bot.last_error
            info |= {"last_error_date": int(at.timestamp()), "last_error_message": what}
    if bot.queue.allowed is not None:
        info["allowed_updates"] = bot.queue.allowed
    return info
