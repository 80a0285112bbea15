"""The settings file of a server (TOML): identity providers and the mail server. Secrets stand in the environment or in files."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from labeling.accounts.mail import SECURITY, MailServer
from labeling.accounts.providers import ROLES, Provider
from labeling.errors import StoreError
from labeling.web.access import is_loopback

_PROVIDER = {
    "title", "discovery", "client_id", "client_secret_env", "client_secret_file", "scopes", "domains", "require",
    "admit", "trust_email", "groups", "roles", "projects",
}  # fmt: skip
_MAIL = {"host", "port", "security", "user", "password_env", "password_file", "sender"}
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")


@dataclass(frozen=True)
class Settings:
    """What the settings file says."""

    providers: tuple[Provider, ...] = ()
    mail: MailServer | None = None


def read(path: Path | None) -> Settings:
    """Return the settings in a file, empty ones without a file; raises StoreError, which names the place, for anything that can't be used."""
    if path is None:
        return Settings()
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise StoreError(f"can't read the settings in {path}: {fault}") from None
    top = _Table(path, "", written)
    top.only({"providers", "mail"})
    providers = top.table("providers")
    made = tuple(_provider(key, providers.table(key)) for key in providers.values)
    return Settings(made, _mail(top.table("mail")) if "mail" in written else None)


class _Table:
    """A table of the file, which knows where it stands."""

    def __init__(self, path: Path, place: str, values: Mapping[str, Any]) -> None:
        self.path, self.place, self.values = path, place, values

    def fault(self, name: str, why: str) -> StoreError:
        place = ".".join(part for part in (self.place, name) if part)
        return StoreError(f"{self.path}: {place} {why}")

    def only(self, known: Collection[str]) -> None:
        for name in self.values:
            if name not in known:
                hint = f"; put it into {name}_env or {name}_file" if f"{name}_env" in known else ""
                raise self.fault(name, f"is not a setting{hint}. There are: {', '.join(sorted(known))}")

    def table(self, name: str) -> _Table:
        return _Table(self.path, f"{self.place}.{name}".lstrip("."), self.get(name, dict, {}))

    def get(self, name: str, kind: type, default: Any = None) -> Any:
        """Return a value of a kind; without a default, it has to be there."""
        found = self.values.get(name, default)
        if found is None:
            raise self.fault(name, "is missing")
        if type(found) is not kind:
            raise self.fault(name, f"must be {_KINDS[kind]}, not {found!r}")
        return found

    def words(self, name: str) -> list[str]:
        found = self.get(name, list, [])
        if not all(isinstance(each, str) for each in found):
            raise self.fault(name, "must be a list of strings")
        return list(found)

    def secret(self, name: str) -> str | None:
        """Return a secret from the environment or from a file of its own; None if neither is named."""
        if variable := self.get(f"{name}_env", str, ""):
            if not (secret := os.environ.get(str(variable))):
                raise self.fault(f"{name}_env", f"names the environment variable {variable}, which is not set")
            return secret
        if file := self.get(f"{name}_file", str, ""):
            place = self.path.parent / str(file)
            try:
                if place.stat().st_mode & 0o077:
                    raise self.fault(f"{name}_file", f"can be read by others; change that with: chmod 600 {place}")
                return place.read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as fault:
                raise self.fault(f"{name}_file", f"can't be read ({fault})") from None
        return None


_KINDS = {str: "a string", int: "a whole number", bool: "true or false", list: "a list", dict: "a table"}


def _provider(key: str, table: _Table) -> Provider:
    table.only(_PROVIDER)
    if not _KEY.fullmatch(key):
        raise table.fault("", "is part of addresses: use lowercase letters, digits and hyphens")
    discovery = table.get("discovery", str)
    address = urlsplit(discovery)
    if address.scheme != "https" and not (address.scheme == "http" and is_loopback(address.netloc)):
        raise table.fault("discovery", f"must begin with https://, not {discovery!r}")
    if not address.path.endswith("/.well-known/openid-configuration"):
        raise table.fault("discovery", f"must end with /.well-known/openid-configuration, not {discovery!r}")
    secret = table.secret("client_secret")
    if secret is None:
        raise table.fault("client_secret_env", "or client_secret_file is missing")
    projects, require = table.table("projects"), table.table("require")
    domains = frozenset(each.casefold().removeprefix("@") for each in table.words("domains"))
    claims = {name: str(require.get(name, str)) for name in require.values}
    admit = table.get("admit", bool, False)
    if admit and not domains:
        raise table.fault(
            "admit", "needs domains: otherwise everyone with an account at this provider would be admitted"
        )
    return Provider(
        key=key,
        title=table.get("title", str, key.title()),
        discovery=discovery,
        client_id=table.get("client_id", str),
        client_secret=secret,
        scopes=table.get("scopes", str, "openid email profile"),
        domains=domains,
        require=claims,
        admit=admit,
        trust_email=table.get("trust_email", bool, False),
        groups=table.get("groups", str, "groups"),
        roles=_roles(table.table("roles")),
        projects={name: _roles(projects.table(name)) for name in projects.values},
    )


def _roles(table: _Table) -> dict[str, frozenset[str]]:
    """Return the roles that each group gives."""
    for group in table.values:
        for role in table.words(group):
            if role not in ROLES:
                raise table.fault(group, f"has no role {role!r}; the roles are {', '.join(ROLES)}")
    return {group: frozenset(table.words(group)) for group in table.values}


def _mail(table: _Table) -> MailServer:
    table.only(_MAIL)
    host, security = table.get("host", str), table.get("security", str, "starttls")
    if security not in SECURITY:
        raise table.fault("security", f"must be one of {', '.join(SECURITY)}, not {security!r}")
    if security == "none" and not is_loopback(host):
        raise table.fault(
            "security", "can be none only for a mail server on this machine: otherwise others could read the links"
        )
    return MailServer(
        host=host,
        port=table.get("port", int, SECURITY[security]),
        security=security,
        sender=table.get("sender", str),
        user=table.get("user", str, ""),
        password=table.secret("password") or "",
    )
