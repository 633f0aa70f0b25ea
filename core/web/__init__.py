"""The pages: thin views that parse, call and render; the guard stands before all of them."""

from __future__ import annotations

import logging
from typing import Any

from flask import Blueprint, Flask, abort, g, has_request_context, render_template, request, session
from flask_babel import Babel
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from core.api import answers, door
from core.api import views as api
from core.db import db
from core.errors import KoudaiError, NotFound, PluginError
from core.i18n import DEFAULT_LOCALE, LOCALES, _l, translation_folders
from core.plugins import Installed
from core.sessions import Sessions
from core.web import (
    accounts,
    cases,
    customer_moves,
    customer_twins,
    customer_work,
    customers,
    desk,
    files,
    imports,
    lists,
    menu,
    notices,
    numbers,
    office,
    office_jobs,
    office_rules,
    offices,
    pocketbook,
    presence,
    proposals,
    records,
    search,
    staff,
    talk,
    tokens,
)
from core.web.access import init_access
from core.web.show import init_show

log = logging.getLogger(__name__)
OWN_PAGES = (
    accounts,
    cases,
    customer_moves,
    customer_twins,
    customer_work,
    customers,
    desk,
    files,
    imports,
    numbers,
    lists,
    notices,
    office,
    office_jobs,
    office_rules,
    offices,
    pocketbook,
    presence,
    proposals,
    records,
    search,
    staff,
    talk,
    tokens,
)
POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def init_web(app: Flask) -> None:
    """Hang up core's pages and those of every installed plugin."""
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", ";".join(translation_folders()))
    Babel(app, locale_selector=reader_locale)
    files.init_files(app)
    app.before_request(_refuse_nul)
    app.session_interface, app.json = Sessions(), door.Json(app)
    csrf = CSRFProtect(app)
    init_access(app)
    init_show(app)
    menu.init_menu(app)
    talk.init_talk(app)
    office_jobs.init_jobs(app)
    notices.init_notices(app)
    for part in OWN_PAGES:
        app.register_blueprint(part.pages)
    app.register_blueprint(api.pages)
    for one in app.extensions["koudai"].installed.values():
        app.register_blueprint(_pages_of(one))
    _let_programs_in(app, csrf)
    app.after_request(_add_headers)
    app.register_error_handler(KoudaiError, _show_error)
    app.register_error_handler(HTTPException, _show_http_error)
    for beyond in (OverflowError, DataError):
        app.register_error_handler(beyond, _show_beyond)


def _pages_of(one: Installed) -> Blueprint:
    """Return a plugin's pages; one that has none may have templates all the same, for its cards."""
    views = one.part("views")
    if views is None:
        return Blueprint(one.name, one.module.__name__, template_folder="templates")
    pages = getattr(views, "pages", None)
    if not isinstance(pages, Blueprint):
        raise PluginError(
            _l(
                "Plugin %(plugin)s does not fit: its views.py has no pages. Write pages = Blueprint(“%(plugin)s”, "
                "__name__, template_folder=“templates”) there, or take the file away.",
                plugin=one.name,
            )
        )
    return pages


def _let_programs_in(app: Flask, csrf: CSRFProtect) -> None:
    """No cookie opens the API, so nobody can be made to use it unawares: neither core's addresses nor a plugin's."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(door.ROOT):
            csrf.exempt(app.view_functions[rule.endpoint])


def reader_locale() -> str:
    """Choose the reader's language: what was picked, else the person's own, else the browser's, else Chinese."""
    if not has_request_context():
        return DEFAULT_LOCALE
    picked = ("" if door.is_asked() else session.get("locale")) or g.get("person_locale")
    if picked in LOCALES:
        return str(picked)
    offered = {"zh": "zh_Hans_CN", "en": "en"}
    best = request.accept_languages.best_match(["zh-CN", "zh", "en"])
    return offered.get((best or "").partition("-")[0], DEFAULT_LOCALE)


def _refuse_nul() -> None:
    """Refuse a NUL in what was typed: no text has one, and PostgreSQL stores none."""
    typed = (*request.values.items(multi=True), (request.path, ""))
    if any("\0" in part for pair in typed for part in pair):
        abort(400)


def _add_headers(response: Any) -> Any:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if not (request.endpoint or "").endswith("static"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _kept_headers(error: HTTPException) -> dict[str, str]:
    """Return what a client must know besides: which methods there are, how it may identify itself."""
    given = dict(error.get_headers(request.environ))
    kept = {"Allow": given["Allow"]} if "Allow" in given else {}
    return kept | ({"WWW-Authenticate": "Bearer"} if error.code == 401 else {})


def _show_error(error: KoudaiError) -> Any:
    code = 404 if isinstance(error, NotFound) else 409
    if door.is_asked():
        return answers.of_problem(code) if code == 404 else ({"message": str(error), "objections": []}, code)
    told = {"said": error.sentence, "remedy": error.remedy}
    return render_template("core/error.html", code=code, **told), code


def _show_beyond(error: Exception) -> Any:
    """Answer a number that no database holds (page=99999999999999999999) like all that cannot be understood."""
    log.warning("beyond every number: %s", request.path, exc_info=error)
    db.session.rollback()
    return answers.of_problem(400) if door.is_asked() else (render_template("core/error.html", code=400), 400)


def _show_http_error(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    if door.is_asked():
        return *answers.of_problem(error.code), _kept_headers(error)
    expired = isinstance(error, CSRFError)
    said = files.too_large() if isinstance(error, RequestEntityTooLarge) else None
    return render_template("core/error.html", code=error.code, expired=expired, said=said), error.code
