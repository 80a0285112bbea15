"""The routes / and /projects…: the page that lists a server's projects, and creating and archiving one."""

from __future__ import annotations

from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from labeling.accounts.values import SignedIn
from labeling.audit import asked_by
from labeling.errors import NotFoundError, SayWhenError
from labeling.permissions import Action, Role, may
from labeling.quantities import many
from labeling.services.accounts import Administration
from labeling.services.importing import Tally
from labeling.services.projects import ProjectFolder
from labeling.store.accounts.database import AccountStore
from labeling.web.projects_html import projects_page, shown_to
from labeling.web.scope import KEY

#: So many errors of an import are shown; the import page of the project shows all for another try.
_SHOWN = 5


def projects_home(folder: ProjectFolder, accounts: AccountStore | None) -> Starlette:
    """Return the app that lists, creates and archives projects; without accounts everyone may do that."""

    def asks(request: Request) -> SignedIn | None:
        found = request.scope.get(KEY)
        return found if isinstance(found, SignedIn) else None

    def creates(request: Request) -> bool:
        if accounts is None:
            return True
        who = asks(request)
        return who is not None and who.administrator and may({Role.ADMINISTRATOR}, Action.CREATE_PROJECT)

    def page_for(request: Request, status: int = 200, **words: Any) -> HTMLResponse:
        who, manages, projects = asks(request), creates(request), folder.listed()
        if not manages and accounts is not None:
            with accounts.reading() as unit:
                projects = shown_to(projects, unit.memberships.of_account(who.account) if who else ())
        label_sets = folder.label_sets(projects) if manages else {}
        html = projects_page(projects, label_sets, person=who.name if who else "", creates=manages, **words)
        return HTMLResponse(html, status, headers={"Cache-Control": "no-store"})

    def show(request: Request) -> Response:
        return page_for(request, done=request.query_params.get("done", "")[:300])

    async def create(request: Request) -> Response:
        if not creates(request):
            return _refused()
        async with request.form(max_files=1000, max_fields=10) as form:
            given = {key: value for key, value in form.items() if isinstance(value, str)}
            uploads = [each for each in form.getlist("articles") if isinstance(each, UploadFile) and each.filename]
            return await run_in_threadpool(make, request, given, uploads)

    def make(request: Request, given: dict[str, str], uploads: list[UploadFile]) -> Response:
        who = asks(request)
        asked_by(who.name if who else "", request.client.host if request.client else "")
        name = given.get("name", "").strip()
        try:
            created = folder.create(name, given.get("label_set", ""))
            if accounts is not None and who is not None:
                with accounts.reading() as unit:
                    account = unit.people.get(who.account)
                Administration(accounts, created, who).add(account.name, account.email or "", leads=True)
        except SayWhenError as fault:
            return page_for(request, 422, fault=str(fault).removesuffix("."), given=given)
        files = [(each.filename or "", each.file) for each in uploads]
        try:
            tally = folder.fill(name, files, given.get("pasted", ""), who.name if who else "SayWhen")
        except SayWhenError as fault:
            return page_for(request, fault=f"{name} was created, but nothing was imported: {fault}".removesuffix("."))
        if tally.faults:
            return page_for(request, fault=_faults(name, tally))
        return RedirectResponse(f"/{name}/", 303)

    def archive(request: Request) -> Response:
        if not creates(request):
            return _refused()
        name, archived, who = request.path_params["name"], request.url.path.endswith("/archive"), asks(request)
        asked_by(who.name if who else "", request.client.host if request.client else "")
        try:
            folder.archive(name, archived=archived, by=who.name if who else "SayWhen")
        except NotFoundError as fault:
            return PlainTextResponse(str(fault), 404)
        except SayWhenError as fault:
            return page_for(request, 422, fault=str(fault).removesuffix("."))
        return RedirectResponse("/", 303)

    return Starlette(
        routes=[
            Route("/", show, methods=["GET"]),
            Route("/projects", create, methods=["POST"]),
            Route("/projects/{name}/archive", archive, methods=["POST"]),
            Route("/projects/{name}/restore", archive, methods=["POST"]),
        ]
    )


def _refused() -> Response:
    return PlainTextResponse("Only administrators of the server can create and archive projects.", 403)


def _faults(name: str, tally: Tally) -> str:
    """Return what was not imported into a new project, as a sentence."""
    shown = "; ".join(f"{each.file}: {each.reason}" for each in tally.faults[:_SHOWN])
    more = f"; and {len(tally.faults) - _SHOWN:,} more" if len(tally.faults) > _SHOWN else ""
    return f"{name} was created with {many(tally.new, 'article')}, but this was not imported: {shown}{more}"
