"""Sending links by mail."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from labeling.accounts import mail
from labeling.accounts.mail import MailServer
from labeling.accounts.values import Account, LinkKind
from labeling.errors import StoreError

#: For how many seconds a mail server may take to answer.
_PATIENCE = 20.0


def passed_on(server: MailServer | None, account: Account, kind: LinkKind, link: str) -> tuple[bool, str]:
    """Send someone a link if there is a mail server; return whether that was done, and why not if it failed."""
    if server is None:
        return False, ""
    try:
        send_link(server, account, kind, link)
    except StoreError as fault:
        return False, f"The link couldn't be sent: {fault}."
    return True, ""


def send_link(server: MailServer, account: Account, kind: LinkKind, link: str) -> None:
    """Send someone a link; raises StoreError if the mail server doesn't accept the message, or no one can be written to."""
    if account.email is None:
        raise StoreError(f"{account.name} has no e-mail address; pass the link on yourself")
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = server.sender, account.email, mail.subject(kind)
    message["Date"], message["Message-ID"] = (
        formatdate(),
        make_msgid(domain=server.sender.rpartition("@")[2].strip("> ")),
    )
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.message(account.name, kind, link), cte="quoted-printable")
    context = ssl.create_default_context()
    try:
        connection = (
            smtplib.SMTP_SSL(server.host, server.port, timeout=_PATIENCE, context=context)
            if server.security == "tls"
            else smtplib.SMTP(server.host, server.port, timeout=_PATIENCE)
        )
        with connection:
            if server.security == "starttls":
                connection.starttls(context=context)
            if server.user:
                connection.login(server.user, server.password)
            connection.send_message(message)
    except (OSError, smtplib.SMTPException) as fault:  # a wrong certificate is an OSError
        raise StoreError(f"{server.host} didn't accept the message to {account.email} ({fault})") from None
