"""The pages for signing in: plain forms without scripts."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from types import MappingProxyType
from urllib.parse import quote

from labeling.accounts.passwords import MIN_LENGTH
from labeling.web.location import below

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 24rem; margin: 12vh auto 0; padding: 0 1rem; }
h1 { font-family: serif; font-weight: 600; margin: 0 0 .25rem; }
label { display: block; margin: 1rem 0 .25rem; }
input { font: inherit; width: 100%; box-sizing: border-box; padding: .5rem; border: 1px solid GrayText; border-radius: .4rem; }
button, a.button { font: inherit; display: inline-block; margin-top: 1.25rem; padding: .5rem 1rem; border: 0; border-radius: .4rem;
  background: #2f6fb3; color: #fff; text-decoration: none; cursor: pointer; }
:focus-visible { outline: 3px solid #2f6fb3; outline-offset: 2px; }
[role=alert] { border-left: 4px solid #b3372f; padding: .25rem .75rem; margin: 1rem 0 0; }
"""

_NONE: Mapping[str, str] = MappingProxyType({})


def sign_in_page(target: str, *, email: str = "", fault: str = "", providers: Mapping[str, str] = _NONE) -> str:
    """Return the page with the form for e-mail and password, and a link for each provider, by its key and title."""
    to = f"?next={quote(target, safe='')}"
    others = "".join(
        f'<p><a class="button" href="{_href("/account/with/" + key + to)}">Sign in with {escape(title)}</a></p>'
        for key, title in providers.items()
    )
    return page(
        "Sign in",
        f"""<p>Who said what, and when.</p>{alert(fault)}
<form method="post" action="{_href("/sign-in")}">
<input type="hidden" name="next" value="{escape(target, quote=True)}">
<label for="email">E-mail</label>
<input id="email" name="email" type="email" autocomplete="username" required autofocus value="{escape(email, quote=True)}">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button>Sign in</button>
</form>{others}""",
        heading="SayWhen",
    )


def framed_page() -> str:
    """Return the page for a frame in another site, where browsers send no session: a link that opens its own tab."""
    return page(
        "Sign in",
        f'''<p>Who said what, and when.</p>
<p>Browsers don't let you sign in inside another site's page.</p>
<p><a class="button" href="{_href("/")}" target="_blank" rel="noopener">Open SayWhen in a new tab</a></p>''',
        heading="SayWhen",
    )


def password_page(name: str, email: str, *, fault: str = "") -> str:
    """Return the page on which someone who has a link sets their password."""
    return page(
        "Choose a password",
        f"""<p>For {escape(name)} ({escape(email)}). Use at least {MIN_LENGTH} characters, for example four random words.</p>
{alert(fault)}
<form method="post">
<input type="hidden" name="email" autocomplete="username" value="{escape(email, quote=True)}">
<label for="password">New password</label>
<input id="password" name="password" type="password" autocomplete="new-password" minlength="{MIN_LENGTH}" required autofocus>
<button>Save and sign in</button>
</form>""",
    )


def message_page(title: str, words: str) -> str:
    """Return a page that says something, with the way back."""
    return page(title, f'<p>{escape(words)}</p><p><a href="{_href("/")}">Back to SayWhen</a></p>')


def _href(path: str) -> str:
    return escape(below(path), quote=True)


def alert(fault: str) -> str:
    """Return the paragraph that says what went wrong, "" for nothing."""
    return f'<p role="alert">{escape(fault[:1].upper() + fault[1:])}.</p>' if fault else ""


def page(title: str, body: str, heading: str = "", style: str = "") -> str:
    """Return a page without scripts: a title, its body as HTML, and rules of style beside those of all such pages."""
    # Without a referrer, browsers would send the forms' origin as “null”; to other sites, nothing is sent either way.
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{escape(title)} – SayWhen</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="same-origin">
<style>{_STYLE}{style}</style></head>
<body><main><h1>{escape(heading or title)}</h1>{body}</main></body></html>"""
