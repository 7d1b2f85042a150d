"""Protections of what lies in the database: sealed, each person by their own key, and gone when erased."""

from __future__ import annotations

from tests.defects.defect import Defect, Edit, defect

SEALING = "bot/storage/sealing.py"
VAULT = "bot/storage/vault.py"
STORE = "bot/storage/store.py"
TRAIL = "bot/storage/trail.py"
KEEPING = "bot/storage/keeping.py"
ERASING = "bot/storage/erasing.py"
IDENTITY = "bot/storage/identity.py"

TEST_SEALING = "tests/storage/test_sealing.py::"
TEST_VAULT = "tests/storage/test_vault.py::"
TEST_ERASURE = "tests/storage/test_erasure.py::"
TEST_PRIVACY = "tests/test_privacy.py::"
NO_BYTE = f"{TEST_ERASURE}test_no_byte_of_an_erased_person_stays"
OLD_COPY = f"{TEST_ERASURE}test_what_lies_in_an_old_copy_cannot_be_opened"
DESTROYED = f"{TEST_VAULT}test_a_key_that_was_destroyed_is_not_made_again"

SEALED = (
    Defect(
        "nothing-sealed",
        "What people say is in the database only as ciphertext.",
        (
            Edit(SEALING, "cipher.encrypt(nonce, plain, _bound(place))", "plain"),
            Edit(SEALING, "cipher.decrypt(nonce, text, _bound(place._replace(row=row)))", "text"),
        ),
        (
            f"{TEST_SEALING}test_what_is_sealed_opens_at_its_place_and_shows_nothing",
            f"{TEST_PRIVACY}test_after_delete_no_byte_of_it_is_left",
        ),
        quick=True,
    ),
    defect(
        "events-left-plain",
        "No event of a person is written unsealed.",
        (
            TRAIL,
            "        return self._sealer.seal(kept.person, place, write_event(event))\n",
            "        return write_event(event)\n",
        ),
        NO_BYTE,
    ),
    defect(
        "place-not-bound",
        "A sealed field opens only in the table, column and row where it was written.",
        (SEALING, 'f"{place.table}|{place.column}|{place.row}".encode()', 'b"" if place else b"x"'),
        f"{TEST_SEALING}test_what_was_moved_elsewhere_does_not_open",
    ),
    defect(
        "row-not-bound",
        "A sealed field does not open in another row.",
        (SEALING, "|{place.row}", "|"),
        f"{TEST_SEALING}test_what_was_moved_elsewhere_does_not_open",
    ),
    defect(
        "name-not-bound",
        "A wrapped key opens only under the name it was made for.",
        (
            "bot/storage/keyring.py",
            "cipher.decrypt(nonce, text, name.encode())",
            'cipher.decrypt(nonce, text, b"mei")',
        ),
        f"{TEST_SEALING}test_a_key_of_another_ring_or_another_name_is_refused_with_the_remedy",
    ),
    defect(
        "one-key-for-all-words",
        "What somebody said is sealed under a key of their own, so that without it old copies are worthless.",
        (
            TRAIL,
            "self._sealer.seal(kept.person, place, write_event(event))",
            "self._sealer.seal(HOUSE, place, write_event(event))",
        ),
        OLD_COPY,
        shows=("assert",),
    ),
    defect(
        "one-key-for-all-states",
        "The state of a screening is sealed under its person's key.",
        (
            KEEPING,
            "    key = HOUSE if after.status is Status.ERASED or after.deidentified_at else turn.person\n",
            "    key = HOUSE\n",
        ),
        OLD_COPY,
    ),
    defect(
        "one-key-for-all-messages",
        "What is waiting to be sent is sealed under its reader's key.",
        (
            KEEPING,
            "    owners = {chat: work.owners.get(chat, HOUSE) for chat",
            "    owners = {chat: HOUSE for chat",
        ),
        OLD_COPY,
    ),
    defect(
        "look-up-not-keyed",
        "Nobody finds a person in a stolen database by trying all Telegram ids.",
        (
            IDENTITY,
            "    return hmac.digest(key, str(telegram_id).encode(), hashlib.sha256)\n",
            "    return hashlib.sha256(str(telegram_id).encode()).digest() or key\n",
        ),
        "tests/storage/test_people.py::test_no_telegram_id_can_be_looked_up_without_the_key",
    ),
    defect(
        "look-up-key-in-the-source",
        "The key that people are looked up by is made by chance for each database.",
        (
            STORE,
            "            self._key = await self.database.vault.secret(LOOKUP)\n",
            "            self._key = LOOKUP.encode()\n",
        ),
        "tests/storage/test_people.py::test_no_telegram_id_can_be_looked_up_without_the_key",
    ),
    defect(
        "pilot-without-keys",
        "Real people are not met without keys to seal what they say.",
        (
            "bot/settings.py",
            "    if settings.mode is Mode.PILOT and not settings.keys:\n",
            "    if settings.mode is Mode.PILOT and settings.keys is None:\n",
        ),
        "tests/test_settings.py::test_a_pilot_needs_keys",
    ),
)

ERASED = (
    defect(
        "key-kept-at-erasure",
        "At an erasure the person's key is destroyed.",
        (
            VAULT,
            "            await connection.execute(delete(data_keys).where(data_keys.c.name.in_(names)))\n",
            "            delete(data_keys).where(data_keys.c.name.in_(names))\n",
        ),
        DESTROYED,
        NO_BYTE,
        shows=("SettingsError",),
    ),
    defect(
        "key-kept-in-memory",
        "A destroyed key is not used any more by the process that had it at hand.",
        (VAULT, "            self._at_hand.pop(name, None)\n", "            pass\n"),
        DESTROYED,
    ),
    defect(
        "key-made-again",
        "A key that was destroyed is never made again.",
        (
            VAULT,
            '                raise KeyGone("A key that was destroyed cannot be made again.")\n',
            "                pass\n",
        ),
        DESTROYED,
    ),
    defect(
        "erasure-not-noted",
        "The list of erasures is kept apart from the database.",
        (
            VAULT,
            "            await insert_missing(connection, erasures, rows)\n",
            "            assert rows\n",
        ),
        DESTROYED,
    ),
    defect(
        "erasure-not-replayed",
        "Who was erased stays erased when an older copy of the database is put back.",
        (
            STORE,
            "        back = await self._erase_again(await self.database.vault.erased())\n",
            "        back = 0\n",
        ),
        f"{TEST_VAULT}test_who_was_erased_stays_erased_when_an_older_copy_is_put_back",
        shows=("KeyGone",),
    ),
    defect(
        "look-up-kept-at-erasure",
        "Of an erased person no look-up value stays.",
        (ERASING, "stranger.values(lookup=None, blocked_at=None,", "stranger.values(blocked_at=None,"),
        NO_BYTE,
    ),
    defect(
        "words-kept-at-erasure",
        "Of an erased person no event keeps its ciphertext.",
        (
            ERASING,
            "    await _empty(work, [row for row in open_rows if key_of(row.body) != HOUSE])\n",
            "    await _empty(work, [row for row in open_rows if key_of(row.body) == HOUSE and not row])\n",
        ),
        NO_BYTE,
    ),
    defect(
        "queue-kept-at-erasure",
        "Of what was still to be sent to an erased person, and of what was sent, nothing stays.",
        (
            ERASING,
            "    await work.connection.execute(delete(outbox).where(outbox.c.chat_id.in_(theirs)))\n",
            "",
        ),
        NO_BYTE,
    ),
    defect(
        "address-kept-at-erasure",
        "The address of an erased person goes with the last message.",
        (
            ERASING,
            "    return update(chats).where(chats.c.id.in_(candidates), *done).values(address=None)\n",
            "    return update(chats).where(chats.c.id.in_(candidates), *done).values(lookup=None)\n",
        ),
        f"{TEST_ERASURE}test_only_the_goodbye_is_still_sent",
    ),
    defect(
        "set-aside-kept-at-erasure",
        "Of an erased person nothing stays among the updates that were set aside.",
        (
            ERASING,
            "    if found:\n        await work.connection.execute(_EMPTY, found)\n",
            "    if found:\n        pass\n",
        ),
        "tests/storage/test_quarantine.py::test_the_update_of_an_erased_person_is_listed_without_what_they_said",
        NO_BYTE,
    ),
)

DEFECTS = (*SEALED, *ERASED)
