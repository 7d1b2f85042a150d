"""From what a page shows to HTML: templates that escape everything, in the visitor's language."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from bot.service.access import form_token
from bot.web.visit import Visit

HERE = Path(__file__).parent
FILES = HERE / "static"


@cache
def file(name: str) -> str:
    """Return the address of a file that pages load; it changes with what is in it, so it may be kept."""
    return f"/console/{name}?v={sha256((FILES / name).read_bytes()).hexdigest()[:12]}"


_templates = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.globals["file"] = file


def _digest(shown: object) -> str:
    return sha256(str(shown).encode()).hexdigest()[:16]


_templates.filters["digest"] = _digest


def page(visit: Visit, template: str, status: int = 200, **shown: Any) -> HTMLResponse:  # noqa: ANN401 -- whatever a template shows
    """Return a page; a template that lacks something fails loudly instead of showing a gap."""
    html = _templates.get_template(template).render(
        visit=visit,
        say=visit.say,
        seat=visit.seated,
        form=form_token(visit.token) if visit.token else "",
        **shown,
    )
    return HTMLResponse(html, status_code=status)


def refusal(visit: Visit, key: str, status: int) -> HTMLResponse:
    """Return the page that says why something was not done, keeps what was typed, and leads back there."""
    return page(
        visit,
        "refused.html",
        status,
        why=visit.say(key),
        title=f"refused-title-{status}",
        typed=_typed(visit),
        back=_back(visit, status),
    )


_TYPED = ("text", "reason", "name", "note", "telegram")
"""Fields that somebody would have to type again; never a one-time code."""


def _typed(visit: Visit) -> list[tuple[str, str]]:
    """Return what was typed into a form of ours, by field; what another site sent is nobody's loss."""
    if visit.request.headers.get("origin", visit.desk.origin) != visit.desk.origin:
        return []
    return [(name, words) for name in _TYPED if (words := visit.form.get(name, "").strip())]


def _back(visit: Visit, status: int) -> tuple[str, str] | None:
    """Return the page on which a form stood, and the key of the words that lead there."""
    case = visit.request.path_params.get("case")
    if case and status != HTTPStatus.NOT_FOUND:
        return f"/cases/{quote(case, safe='')}", "back-to-case"
    if visit.request.url.path.startswith("/staff"):
        return "/staff", "back-to-staff"
    return None
