"""What people may be called, and how they are addressed."""

from __future__ import annotations

import pytest

from cop.accounts import names
from cop.accounts.addresses import fold, is_address
from cop.accounts.names import fault_of, handle_stem, tidy
from cop.accounts.passwords import fault_of as password_fault_of
from cop.accounts.passwords import goes_with, hash_password


@pytest.mark.parametrize(
    "name", ["Maren Oduya", "Ng", "Zehra Kavalcı", "María-José", "अनिता राव", "Nguyễn Thị Ánh", "O’Brien"]
)
def test_names_of_many_scripts_will_do(name: str) -> None:
    assert fault_of(tidy(name)) == ""


@pytest.mark.parametrize(
    "name",
    ["", "x", "y" * 81, "a\u200bb", "\u3164\u3164", "Otto\u3164Varga", "otto\u034fvarga", "\u2800a", "42", "a\u202eb"],
)
def test_a_name_that_misleads_or_says_nothing_will_not_do(name: str) -> None:
    assert fault_of(tidy(name)).endswith(".")


@pytest.mark.parametrize(
    "name",
    [
        "Moderator", "admin", "SYSTEM", "Anonymous", "Site Administrator", "The Admin", "Maren (Admin)", "Site-Admin",
        "SiteAdministrator", "Head Moderator", "Administrateur du site", "CoP Support", "CoP", "The Team", "Ad min",
        "A former member", "\u0410dmin", "5ysadmin", "Mod Team", "The Mods", "Root", "Community Support",
        "Forum Admin2",
    ],
)  # fmt: skip
def test_nobody_is_called_what_means_somebody_else(name: str) -> None:
    assert fault_of(name)


@pytest.mark.parametrize(
    ("name", "stem"), [("Zehra Kavalcı", "zehra-kavalci"), ("静香", "person"), ("Admin", "person")]
)
def test_a_handle_begins_with_the_name(name: str, stem: str) -> None:
    assert handle_stem(name) == stem


@pytest.mark.parametrize("address", ["ann@example.org", "a.b+c@sub.example.org", "ünï@exämple.org"])
def test_an_address_to_which_mail_can_be_sent_is_one(address: str) -> None:
    assert is_address(fold(address))


@pytest.mark.parametrize(
    "address", ["", "ann", "ann@", "@example.org", "ann@example", "a b@example.org", "a@b@c.org", "a\n@b.org"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    assert not is_address(address)


def test_one_address_has_one_spelling() -> None:
    assert fold(" Ann@Example.ORG ") == fold("ann@example.org")


@pytest.mark.parametrize(
    "password", ["short", "p" * 129, "password123", "aaaaaaaaaa", "ann@example.org", "Ann Lee Roy"]
)
def test_a_password_that_would_be_tried_first_will_not_do(password: str) -> None:
    assert password_fault_of(password, name="Ann Lee Roy", email="ann@example.org").endswith(".")


@pytest.mark.parametrize("password", ["a long walk home", "пароль из слов", "x7#Kq!pz", "  spaces count  "])
def test_a_password_goes_only_with_itself_to_the_letter(password: str) -> None:
    stored = hash_password(password)

    assert password_fault_of(password, name="Ann Lee", email="ann@example.org") == ""
    assert goes_with(password, stored)
    assert not goes_with(password.strip() + ".", stored)
    assert not goes_with(password, None)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Maren Oduya", "M\u0430ren Oduya"),  # Cyrillic a
        ("Maren Oduya", "maren  oduya"),
        ("Maren Oduya", "Marén Oduya"),
        ("Maren Oduya", "Ｍaren Oduya"),
        ("Caro Mbeki", "Car0 Mbek1"),
        ("Ilia Bell", "llia BeII"),
        ("Arno Vogel", "Amo Vogel"),
        ("Ann-Sofie", "Ann Sofie"),
        ("\u0421\u0430\u0440\u0430", "Capa"),
        ("Moe", "\u039coe"),
        ("Ann Lee", "ꓮꓠꓠ ꓡꓰꓰ"),
        ("David", "ᎠᎪᏙᎥᎠ"),
        ("Maren", "ᴍᴀʀᴇɴ"),
        ("Lub", "ᒪᑌᑲ"),
    ],
)
def test_look_alikes_have_the_same_bones(one: str, other: str) -> None:
    assert names.skeleton(one) == names.skeleton(other) != ""


@pytest.mark.parametrize(
    ("one", "other"), [("Clara", "Dara"), ("Maren", "Marena"), ("冬子", "夏子"), ("Otto", "Ottilie")]
)
def test_different_names_have_different_bones(one: str, other: str) -> None:
    assert names.skeleton(one) != names.skeleton(other)


@pytest.mark.parametrize(
    "name",
    [
        "山田 太郎", "高橋 メアリー", "Tanaka 太郎", "김민수", "Kim 민수", "Žofie Ďurková", "Ольга", "Αλέξης", "محمد",

        "Ed Badminton", "Modesta Cop", "Site Nyambura", "Nobody Owens", "Thế",
        "ᏣᎳᎩ", "ꓡꓲ-ꓢꓴ ꓤ", "ᐃᓄᒃ","J.R.R. Tolkien", "St. John", "O’Neill", "Nguyễn Thị",
    ],
)  # fmt: skip
def test_names_of_one_way_of_writing_are_good(name: str) -> None:
    assert names.fault_of(names.tidy(name)) == ""


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("P\u0430vel", "more than one alphabet"),
        ("\u041eль\u0067а", "more than one alphabet"),
        ("Maren\u202e ayudO", "nobody can see"),
        ("Ma\u200bren", "nobody can see"),
        ("https://evil.example", "like an address"),
        ("www.evil", "like an address"),
        ("evil.example", "like an address"),
        ("maren@evil", "like an address"),
        ("Adm1n", "somebody else"),
        ("ꓮꓠꓠ ꓡꓰꓰ", "only look like"),
        ("ᎠᎪᏙᎥᎠ", "only look like"),
        ("ᴍᴀʀᴇɴ ᴏᴅᴜʏᴀ", "only look like"),
        ("ᒪᑌᑲ", "only look like"),
        ("ⲤⲞⲢ", "only look like"),
        ("Moderat0r", "somebody else"),
    ],
)
def test_names_that_deceive_are_refused(name: str, fault: str) -> None:
    assert fault in names.fault_of(names.tidy(name))
