from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import SettingsError
from bot.storage.keyring import KeyRing
from bot.storage.sealing import Place, Unreadable, key_of, new_data_key, seal, unseal

CIPHER = AESGCM(bytes(32))
HERE = Place("events", "body", "mei-1/3")
SECRET = b"I cough blood"


@given(st.binary(), st.text(alphabet="abc123", min_size=1, max_size=20))
def test_what_is_sealed_opens_at_its_place_and_shows_nothing(plain: bytes, name: str) -> None:
    sealed = seal(CIPHER, name, HERE, plain)
    assert unseal(CIPHER, sealed, HERE) == plain
    assert key_of(sealed) == name
    assert len(plain) < 4 or plain not in sealed


@pytest.mark.parametrize(
    "place",
    [
        Place("outbox", "body", "mei-1/3"),
        Place("events", "kind", "mei-1/3"),
        Place("events", "body", "mei-1/4"),
    ],
)
def test_what_was_moved_elsewhere_does_not_open(place: Place) -> None:
    sealed = seal(CIPHER, "mei", HERE, SECRET)
    with pytest.raises(Unreadable) as refused:
        unseal(CIPHER, sealed, place)
    assert "cough" not in str(refused.value)


def reopen(sealed: bytes) -> bytes:
    """Open a field as the vault does: by the key that it names, of which there is one."""
    if key_of(sealed) != "mei":
        raise Unreadable("no such key")
    return unseal(CIPHER, sealed, HERE)


def test_no_byte_of_it_can_be_changed_or_cut_off() -> None:
    sealed = seal(CIPHER, "mei", HERE, SECRET)
    assert reopen(sealed) == SECRET
    changed = [sealed[:n] + bytes([sealed[n] ^ 1]) + sealed[n + 1 :] for n in range(len(sealed))]
    for broken in [*changed, *(sealed[:n] for n in range(len(sealed))), sealed + b"x"]:
        with pytest.raises(Unreadable):
            reopen(broken)


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(Unreadable):
        unseal(AESGCM(new_data_key()), seal(CIPHER, "mei", HERE, SECRET), HERE)


def test_the_same_words_never_look_the_same() -> None:
    assert len({seal(CIPHER, "mei", HERE, SECRET) for _ in range(100)}) == 100


OLD, NEW = b"o" * 32, b"n" * 32


def test_a_key_is_wrapped_by_the_present_one_and_unwrapped_by_any() -> None:
    wrapped = KeyRing([OLD]).wrap("mei", b"data key")
    both = KeyRing([NEW, OLD])
    assert both.unwrap("mei", wrapped) == b"data key"
    assert not both.is_present(wrapped)
    again = both.wrap("mei", b"data key")
    assert both.is_present(again)
    assert KeyRing([NEW]).unwrap("mei", again) == b"data key"
    assert b"data key" not in wrapped + again


@pytest.mark.parametrize(("ring", "name"), [(KeyRing([NEW]), "mei"), (KeyRing([OLD]), "lin")])
def test_a_key_of_another_ring_or_another_name_is_refused_with_the_remedy(ring: KeyRing, name: str) -> None:
    with pytest.raises(SettingsError, match="ENCRYPTION_KEYS"):
        ring.unwrap(name, KeyRing([OLD]).wrap("mei", b"data key"))


def test_what_an_earlier_version_sealed_elsewhere_still_opens() -> None:
    key = new_data_key()
    sealed = seal(AESGCM(key), "mei", HERE, b"no")
    moved = Place("events", "body", "mei-1/3/participant/")
    with pytest.raises(Unreadable):
        unseal(AESGCM(key), sealed, moved)
    assert unseal(AESGCM(key), sealed, moved._replace(once=HERE.row)) == b"no"
