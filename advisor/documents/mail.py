"""E-mail: the subject as title, the text of the sender; what is quoted from others, signatures and attachments stay out and are named."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from email.utils import getaddresses

from advisor.documents import html, plain
from advisor.documents.build import Built, Found, Piece, Reading, build
from advisor.documents.formats import BROKEN, decode
from advisor.documents.options import DEFAULT, Options
from advisor.errors import DamagedDocument
from advisor.text import clean


def read(data: bytes, name: str, options: Options = DEFAULT) -> Reading:
    """What a message holds.

    Raises DamagedDocument where it cannot be taken apart.
    """
    try:
        message = message_from_bytes(data, policy=policy.default)
        subject = clean(" ".join(str(message.get("Subject") or "").split()))
        found = Found(subject or None, _authors(message), _date(message))
        body = message.get_body(("plain", "html"))
        text = _content(body)
        left_out = tuple(_left_out(message))
    except BROKEN as error:
        raise DamagedDocument(f"{name}: the message cannot be taken apart ({error}); save it anew from the mail program") from error
    if not message.keys() or (body is None and not left_out):
        raise DamagedDocument(f"{name}: this is no e-mail message; save it from the mail program as .eml")
    if body is not None and body.get_content_subtype() == "html":
        heading = [Piece("heading", subject, 1)] if subject else []
        return Reading(build([*heading, *html.walked(text)]), found, warnings=left_out)
    own, dropped = _own(text)
    if not own.strip():
        return Reading(Built("", (), ()), found, lines_dropped=tuple(dropped), warnings=left_out)
    title = f"{subject}\n{'=' * max(3, len(subject))}\n\n" if subject and len(subject) <= 100 else ""
    reading = plain.read((title + own).encode("utf-8", "replace"), name)
    return Reading(
        reading.built, found, hyphens_repaired=reading.hyphens_repaired, lines_dropped=tuple(dropped),
        warnings=(*reading.warnings, *left_out),
    )  # fmt: skip


def _content(body: MIMEPart | None) -> str:
    if body is None:
        return ""
    payload = body.get_payload(decode=True)
    if isinstance(payload, bytes):
        told = body.get_content_charset()
        return decode(payload, "the message", told if told != "us-ascii" else None).text if payload.strip() else ""
    return str(body.get_content())


def _authors(message: EmailMessage) -> tuple[str, ...]:
    pairs = getaddresses([str(message.get("From") or "")])
    return tuple(clean(shown or address) for shown, address in pairs if clean(shown or address))


def _date(message: EmailMessage) -> str | None:
    when = getattr(message.get("Date"), "datetime", None)
    return when.date().isoformat() if when is not None and 1000 <= when.year <= 2100 else None


def _own(text: str) -> tuple[str, list[str]]:
    """What the sender wrote, and the lines that quote others or sign: quoted as the sender's they would be wrong."""
    kept: list[str] = []
    dropped: list[str] = []
    signed = False
    for line in text.splitlines():
        signed = signed or line in ("-- ", "--")
        if line.startswith(">") or signed:
            dropped.append(line.strip())
        else:
            kept.append(line)
    return "\n".join(kept), [line for line in dropped if line]


def _left_out(message: EmailMessage) -> Iterator[str]:
    for part in message.iter_attachments():
        name = clean(str(part.get_filename() or part.get_content_type()))
        yield f"attachment {name!r} was not read; save it as a file and add that"
