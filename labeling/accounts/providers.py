"""Identity providers (OpenID Connect), and what the claims of someone who signed in there mean here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from labeling.accounts.values import email_of
from labeling.errors import AccessError, NotAllowedError

#: The roles that groups can give.
ROLES = ("annotator", "reviewer", "lead")


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider that people can sign in with, as the operator has set it up."""

    #: What stands in the server's addresses for it.
    key: str
    title: str
    #: The address of its configuration, which ends in /.well-known/openid-configuration.
    discovery: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: str = "openid email profile"
    #: Only e-mails of these domains are accepted; of all if there are none.
    domains: frozenset[str] = frozenset()
    #: Claims that must have a value, such as {"hd": "example.org"}.
    require: Mapping[str, str] = field(default_factory=dict)
    #: Whether someone new gets an account, instead of having to be invited.
    admit: bool = False
    #: Whether e-mails count as verified though the provider doesn't say so.
    trust_email: bool = False
    #: The claim that lists someone's groups; dots lead into it.
    groups: str = "groups"
    #: Which roles a group gives. Where there are any, they replace at each sign-in what someone does in the project.
    roles: Mapping[str, frozenset[str]] = field(default_factory=dict)
    #: The same for projects by their names, on a server with several.
    projects: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Vouched:
    """Someone whom a provider vouches for."""

    issuer: str
    subject: str
    name: str
    #: None unless the provider says that the address is theirs.
    email: str | None
    #: What their groups let them do; None where groups mean nothing.
    roles: frozenset[str] | None
    #: What their groups let them do in the projects in which groups mean something, by name.
    projects: Mapping[str, frozenset[str]]


def vouched(provider: Provider, claims: Mapping[str, Any]) -> Vouched:
    """Return who signed in with a provider; raises AccessError for incomplete claims, NotAllowedError if they aren't accepted."""
    issuer, subject = claims.get("iss"), claims.get("sub")
    if not isinstance(issuer, str) or not isinstance(subject, str) or not issuer or not subject:
        raise AccessError(f"{provider.title} didn't say who you are; try again")
    for claim, wanted in provider.require.items():
        if wanted not in _listed(claims, claim):
            raise NotAllowedError(f"this server only accepts accounts at {provider.title} whose “{claim}” is {wanted}")
    email = _email(provider, claims)
    if provider.domains and (email is None or email.rpartition("@")[2] not in provider.domains):
        accepted = ", ".join(sorted(provider.domains))
        given = f"; yours is {email}" if email else f"; {provider.title} gave none that it has verified"
        raise NotAllowedError(f"this server only accepts e-mail addresses of {accepted}{given}")
    names = (claims.get(key) for key in ("name", "preferred_username"))
    name = next((each.strip() for each in names if isinstance(each, str) and each.strip()), email or subject)
    groups = _listed(claims, provider.groups)
    projects = {project: _given(roles, groups) for project, roles in provider.projects.items()}
    roles = _given(provider.roles, groups) if provider.roles else None
    return Vouched(issuer, subject, name[:60], email, roles, projects)


def _given(roles: Mapping[str, frozenset[str]], groups: Iterable[str]) -> frozenset[str]:
    """Return the roles that groups give."""
    return frozenset[str]().union(*(roles.get(group, ()) for group in groups))


def _email(provider: Provider, claims: Mapping[str, Any]) -> str | None:
    # Some providers write the truth value as a string.
    verified = provider.trust_email or claims.get("email_verified") is True or claims.get("email_verified") == "true"
    written = claims.get("email")
    if not verified or not isinstance(written, str):
        return None
    try:
        return email_of(written)
    except AccessError:
        return None


def _listed(claims: Mapping[str, Any], path: str) -> list[str]:
    """Return the values of a claim, by its name or by the way to it: “realm_access.roles”."""
    found: Any = claims.get(path)
    if found is None:
        found = claims
        for part in path.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    values = found if isinstance(found, list) else [found]
    return [str(each) for each in values if isinstance(each, str | int)]
