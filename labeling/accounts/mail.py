"""The mail server that sends links, and what the messages say."""

from __future__ import annotations

from dataclasses import dataclass, field

from labeling.accounts.values import LinkKind

#: How a connection to a mail server is encrypted, with the usual port.
SECURITY = {"starttls": 587, "tls": 465, "none": 25}


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server, as the operator has set it up."""

    host: str
    port: int
    security: str
    #: The address that messages come from.
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)


def subject(kind: LinkKind) -> str:
    """Return the subject of a message with a link."""
    return "Join SayWhen" if kind is LinkKind.INVITATION else "Set a new SayWhen password"


def message(name: str, kind: LinkKind, link: str) -> str:
    """Return the text of a message with a link."""
    if kind is LinkKind.INVITATION:
        what, life = "You have been added to a project in SayWhen. Open this link to choose a password:", "7 days"
    else:
        what, life = "Open this link to choose a new password for SayWhen:", "24 hours"
    return (
        f"Hello {name},\n\n{what}\n\n{link}\n\nThe link works once, within {life}. "
        "If you didn't expect this message, you can ignore it.\n"
    )
