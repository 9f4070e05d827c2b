"""Accounts, sessions and tokens: who gets in, who does not, and what is stored of the secrets."""

import sqlite3
import threading

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as budget
from hypothesis import strategies as st

from advisor import accounts, state
from advisor.errors import NotSignedIn, TooManyAttempts, UsageError

PASSWORD = "drei Boote am Kai"


@pytest.fixture
def folder(tmp_path):
    accounts.add(tmp_path, "Erika.Muster", "analyst", PASSWORD)
    return tmp_path


def later(monkeypatch, seconds):
    now = accounts.time.time()
    monkeypatch.setattr(accounts.time, "time", lambda: now + seconds)


def stored(folder):
    with sqlite3.connect(folder / state.NAME) as connection:
        return "\n".join(connection.iterdump())


def test_the_right_password_opens_and_capitals_of_the_name_do_not_matter(folder):
    assert accounts.authenticate(folder, " ERIKA.muster ", PASSWORD) == accounts.Account("erika.muster", "analyst")
    assert accounts.listed(folder) == (accounts.Account("erika.muster", "analyst"),)


def test_a_library_without_accounts_has_none_and_gets_no_file_by_asking(tmp_path):
    assert accounts.listed(tmp_path) == () and accounts.tokens(tmp_path) == ()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "password"), [("erika.muster", "drei boote am Kai"), ("nobody", PASSWORD), ("erika.muster", ""), ("", "")]
)
def test_a_wrong_pair_is_refused_with_the_same_words(folder, name, password):
    with pytest.raises(NotSignedIn, match="do not belong together"):
        accounts.authenticate(folder, name, password)


def test_an_unknown_name_costs_a_hash_as_well(folder, monkeypatch):
    checked = []
    matches = accounts._matches
    monkeypatch.setattr(accounts, "_matches", lambda hashed, password: checked.append(hashed[:10]) or matches(hashed, password))
    for name in ("erika.muster", "nobody"):
        with pytest.raises(NotSignedIn):
            accounts.authenticate(folder, name, "not the password")
    assert checked == ["$argon2id$"] * 2


@pytest.mark.parametrize(
    ("name", "role", "password", "says"),
    [
        ("x", "reader", "short", "5 characters; expected 12"),
        ("x", "reader", "a" * 1001, "1001 characters"),
        ("x", "reader", "aaaaaaaaaaaaaaaa", "easy to guess"),
        ("verena", "reader", "verena verena verena", "easy to guess"),
        ("../x", "reader", PASSWORD, "expected 1 to 64 letters"),
        ("<b>", "reader", PASSWORD, "expected 1 to 64 letters"),
        ("x", "admin", PASSWORD, "expected 'reader'"),
        ("ERIKA.MUSTER", "reader", PASSWORD, "already"),
    ],
)
def test_what_is_not_as_expected_is_said(folder, name, role, password, says):
    with pytest.raises(UsageError, match=says):
        accounts.add(folder, name, role, password)
    assert len(accounts.listed(folder)) == 1


def test_no_secret_stands_in_the_file(folder):
    session = accounts.begin_session(folder, accounts.Account("erika.muster", "analyst"))
    token = accounts.create_token(folder, "press-office", "reader")
    held = stored(folder)
    assert "argon2id" in held
    for secret in (PASSWORD, session, token):
        assert secret not in held


def test_a_letter_composed_or_not_is_the_same_letter(folder):
    accounts.add(folder, "ute", "reader", "Ko\u0308nig u\u0308ber Land")
    assert accounts.authenticate(folder, "ute", "K\u00f6nig \u00fcber Land").role == "reader"


def test_a_session_ends_by_signing_out_by_a_new_password_and_with_the_account(folder):
    account = accounts.authenticate(folder, "erika.muster", PASSWORD)
    first, second, third = (accounts.begin_session(folder, account) for _ in range(3))
    assert accounts.in_session(folder, first) == account
    accounts.end_session(folder, first)
    assert accounts.in_session(folder, first) is None and accounts.in_session(folder, second) == account
    accounts.change_password(folder, "erika.muster", "vier Boote am Kai")
    assert accounts.in_session(folder, second) is None
    with pytest.raises(NotSignedIn):
        accounts.authenticate(folder, "erika.muster", PASSWORD)
    third = accounts.begin_session(folder, account)
    accounts.remove(folder, "erika.muster")
    assert accounts.in_session(folder, third) is None
    assert accounts.in_session(folder, "no such secret") is None


def test_a_session_ends_when_nobody_uses_it_and_after_a_week_in_any_case(folder, monkeypatch):
    account = accounts.authenticate(folder, "erika.muster", PASSWORD)
    secret = accounts.begin_session(folder, account)
    alive = 0
    while accounts.in_session(folder, secret):
        later(monkeypatch, accounts.IDLE - 60)
        alive += 1
    assert alive == 22, "seven days in use, and no longer"
    fresh = accounts.begin_session(folder, account)
    later(monkeypatch, accounts.IDLE + 1)
    assert accounts.in_session(folder, fresh) is None


def test_a_role_can_change_and_holds_at_once(folder):
    secret = accounts.begin_session(folder, accounts.authenticate(folder, "erika.muster", PASSWORD))
    accounts.change_role(folder, "erika.muster", "reader")
    assert accounts.in_session(folder, secret).role == "reader"


def test_guessing_is_stopped_for_the_guesser_and_not_for_others(folder, monkeypatch):
    for _ in range(accounts.ATTEMPTS["pair"]):
        with pytest.raises(NotSignedIn):
            accounts.authenticate(folder, "erika.muster", "a wrong password", address="192.0.2.7")
    with pytest.raises(TooManyAttempts, match="15 minutes"):
        accounts.authenticate(folder, "erika.muster", PASSWORD, address="192.0.2.7")
    assert accounts.authenticate(folder, "erika.muster", PASSWORD, address="192.0.2.8")
    later(monkeypatch, accounts.WINDOW + 1)
    assert accounts.authenticate(folder, "erika.muster", PASSWORD, address="192.0.2.7")


def test_many_names_from_one_address_and_one_name_from_many_addresses_are_stopped(folder, monkeypatch):
    monkeypatch.setattr(accounts, "ATTEMPTS", {"pair": 5, "address": 4, "name": 6})
    for number in range(4):
        with pytest.raises(NotSignedIn):
            accounts.authenticate(folder, f"guess{number}", "a wrong password", address="192.0.2.7")
    with pytest.raises(TooManyAttempts):
        accounts.authenticate(folder, "guess9", "a wrong password", address="192.0.2.7")
    for number in range(6):
        with pytest.raises(NotSignedIn):
            accounts.authenticate(folder, "erika.muster", "a wrong password", address=f"198.51.100.{number}")
    with pytest.raises(TooManyAttempts):
        accounts.authenticate(folder, "erika.muster", PASSWORD, address="198.51.100.99")


def test_signing_in_rightly_is_never_held_against_anyone(folder):
    for _ in range(accounts.ATTEMPTS["pair"] * 2):
        accounts.authenticate(folder, "erika.muster", PASSWORD, address="192.0.2.7")


def test_guesses_at_the_same_time_are_counted(folder):
    outcomes = []

    def guess():
        try:
            accounts.authenticate(folder, "erika.muster", "a wrong password", address="192.0.2.7")
        except (NotSignedIn, TooManyAttempts) as error:
            outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("NotSignedIn") <= accounts.ATTEMPTS["pair"]
    assert len(outcomes) == 12


def test_a_token_acts_with_its_role_until_it_is_revoked(folder):
    secret = accounts.create_token(folder, "press-office", "reader")
    assert accounts.check_token(folder, secret) == accounts.Account("press-office", "reader")
    (token,) = accounts.tokens(folder)
    assert token.name == "press-office" and token.used is not None
    with pytest.raises(UsageError, match="already"):
        accounts.create_token(folder, "press-office", "analyst")
    accounts.revoke_token(folder, "press-office")
    assert accounts.check_token(folder, secret) is None
    with pytest.raises(UsageError, match="no token"):
        accounts.revoke_token(folder, "press-office")


def test_what_is_not_there_cannot_be_changed(folder):
    for act in (accounts.remove, lambda *a: accounts.change_password(*a, PASSWORD), lambda *a: accounts.change_role(*a, "reader")):
        with pytest.raises(UsageError, match="no account 'nobody'"):
            act(folder, "nobody")


@budget(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=80))
def test_no_secret_that_was_not_given_out_opens_anything(folder, secret):
    assert accounts.in_session(folder, secret) is None
    assert accounts.check_token(folder, secret) is None
