"""The Bot API methods, one module a family; this table says which function answers which method."""

from collections.abc import Callable

from bot.simulator.methods import intake, messages, places, profile
from bot.simulator.methods.context import Context

HANDLERS: dict[str, Callable[[Context], object]] = {
    "getMe": profile.get_me,
    "getUpdates": intake.get_updates,
    "setWebhook": intake.set_webhook,
    "deleteWebhook": intake.delete_webhook,
    "getWebhookInfo": intake.get_webhook_info,
    "sendMessage": messages.send_message,
    "editMessageText": messages.edit_message_text,
    "editMessageReplyMarkup": messages.edit_message_reply_markup,
    "deleteMessage": messages.delete_message,
    "deleteMessages": messages.delete_messages,
    "answerCallbackQuery": messages.answer_callback_query,
    "sendChatAction": messages.send_chat_action,
    "copyMessage": messages.copy_message,
    "forwardMessage": messages.forward_message,
    "sendDocument": messages.send_document,
    "pinChatMessage": messages.pin_chat_message,
    "setMessageReaction": messages.set_message_reaction,
    "getFile": places.get_file,
    "getChat": places.get_chat,
    "getChatMember": places.get_chat_member,
    "createForumTopic": places.create_forum_topic,
    "editForumTopic": places.edit_forum_topic,
    "closeForumTopic": places.close_forum_topic,
    "reopenForumTopic": places.reopen_forum_topic,
    "deleteForumTopic": places.delete_forum_topic,
    "setMyCommands": profile.set_my_commands,
    "getMyCommands": profile.get_my_commands,
    "deleteMyCommands": profile.delete_my_commands,
    "setMyName": profile.set_my_name,
    "getMyName": profile.get_my_name,
    "setMyDescription": profile.set_my_description,
    "getMyDescription": profile.get_my_description,
    "setMyShortDescription": profile.set_my_short_description,
    "getMyShortDescription": profile.get_my_short_description,
    "setChatMenuButton": profile.set_chat_menu_button,
    "getChatMenuButton": profile.get_chat_menu_button,
}
