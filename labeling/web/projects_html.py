"""The page that lists a server's projects, with the form for a new one: plain HTML without scripts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from html import escape

from labeling.quantities import many
from labeling.services.projects import ListedProject
from labeling.web.location import below
from labeling.web.sign_in_html import alert, page

_STYLE = """
main { max-width: 44rem; margin-top: 8vh; }
h2 { font-family: serif; font-weight: 600; margin: 2.5rem 0 .25rem; }
ul { list-style: none; padding: 0; margin: 1rem 0 0; }
li { border-top: 1px solid #8884; padding: .75rem 0; display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: baseline; }
li a { font-size: 1.15rem; font-weight: 600; }
li span { opacity: .75; flex: 1 1 16rem; }
li form { margin: 0; }
li button, header button { margin: 0; padding: .25rem .6rem; background: none; color: inherit; border: 1px solid GrayText; }
header { display: flex; justify-content: flex-end; gap: 1rem; align-items: baseline; }
select, textarea { font: inherit; width: 100%; box-sizing: border-box; padding: .5rem; border: 1px solid GrayText;
  border-radius: .4rem; background: Field; color: FieldText; }
textarea { min-height: 8rem; }
small { opacity: .75; display: block; }
[role=status] { border-left: 4px solid #2e7d4f; padding: .25rem .75rem; margin: 1rem 0 0; }
summary { margin-top: 2.5rem; cursor: pointer; }
"""


def projects_page(
    projects: Sequence[ListedProject],
    label_sets: Mapping[str, str],
    *,
    person: str = "",
    creates: bool,
    fault: str = "",
    done: str = "",
    given: Mapping[str, str] | None = None,
) -> str:
    """Return the page; `label_sets` are the choices for a new project by key, `given` what a form had that was refused.

    Who `creates` projects can also archive them. `person` is the name of who has signed in, "" without accounts.
    """
    open_, archived = ([each for each in projects if each.archived is state] for state in (False, True))
    listed = "".join(_item(each, "archive", "Archive" if creates and not each.fault else "") for each in open_)
    empty = (
        "You don't belong to a project yet; a lead can add you to one." if not creates else "There is no project yet."
    )
    body = [
        _header(person),
        f'<p role="status">{escape(done)}</p>' if done else "",
        alert(fault),
        f"<ul>{listed}</ul>" if listed else f"<p>{empty}</p>",
        _form(label_sets, given or {}) if creates else "",
    ]
    if archived and creates:
        items = "".join(_item(each, "restore", "Unarchive", link=False) for each in archived)
        body.append(f"<details><summary>Archived projects ({len(archived)})</summary><ul>{items}</ul></details>")
    return page("Projects", "".join(body), style=_STYLE)


def _header(person: str) -> str:
    if not person:
        return ""
    return f"""<header><span>{escape(person)}</span>
<form method="post" action="{_href("/sign-out")}"><button>Sign out</button></form></header>"""


def _item(project: ListedProject, verb: str, button: str, *, link: bool = True) -> str:
    name, href = escape(project.name), _href(f"/{project.name}/")
    title = f'<a href="{href}">{name}</a>' if link and not project.fault else f"<b>{name}</b>"
    articles = many(project.articles, "article")
    about = project.fault or f"{project.label_set} · {articles}"
    form = f'<form method="post" action="{_href(f"/projects/{project.name}/{verb}")}"><button>{button}</button></form>'
    return f"<li>{title}<span>{escape(about)}</span>{form if button else ''}</li>"


def _form(label_sets: Mapping[str, str], given: Mapping[str, str]) -> str:
    chosen = given.get("label_set", "news")
    options = "".join(
        f'<option value="{escape(key, quote=True)}"{" selected" if key == chosen else ""}>{escape(title)}</option>'
        for key, title in label_sets.items()
    )
    return f"""<h2>New project</h2>
<form method="post" action="{_href("/projects")}" enctype="multipart/form-data">
<label for="name">Name</label>
<input id="name" name="name" required maxlength="40" pattern="[a-z0-9][a-z0-9-]*" value="{escape(given.get("name", ""), quote=True)}"
 aria-describedby="name-help"><small id="name-help">Small letters, digits and hyphens, such as climate-2026. It is part of the address.</small>
<label for="label_set">Label set</label>
<select id="label_set" name="label_set">{options}</select>
<label for="articles">Articles (optional)</label>
<input id="articles" name="articles" type="file" multiple>
<label for="pasted">Or paste an article</label>
<textarea id="pasted" name="pasted">{escape(given.get("pasted", ""))}</textarea>
<button>Create project</button>
</form>"""


def _href(path: str) -> str:
    return escape(below(path), quote=True)


def shown_to(projects: Sequence[ListedProject], ids: Collection[str]) -> list[ListedProject]:
    """Return the projects that a person belongs to, by the ids of those; no one sees an archived one there."""
    return [each for each in projects if each.id in ids and not each.archived]
