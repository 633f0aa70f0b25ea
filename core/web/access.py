"""The door of every page: denied until the view names its permission, and nothing seen but one's own offices."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask_login import LoginManager, current_user
from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from core import gate, safe_mode, sessions
from core.api import door
from core.api.answers import of_refusal
from core.db import db, see_offices
from core.errors import RefusalKind, Refused
from core.gate import Act
from core.offices import Office, all_offices
from core.people import Actor, Person, actor_for
from core.permissions import CORE_PERMISSIONS, PUBLIC, SIGNED_IN, permission_of
from core.refusals import not_the_permission
from core.rules import Rules, installed_plugins, rules_of

View = TypeVar("View", bound=Callable[..., Any])
# What a browser would take for another site: two slashes, backslashes, and what it strips before it looks.
LOCAL_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
SESSION_KEY = "key"
READING = frozenset({"GET", "HEAD", "OPTIONS"})
# Every page asks: written once.
_WHOLE = select(Person).where(Person.id == bindparam("person")).options(joinedload(Person.grants))
Needed = str | Callable[[Rules, Mapping[str, Any]], str]


def needs(permission: Needed) -> Callable[[View], View]:
    """Name the permission without which a view is denied: a key, or a function of the rules and the URL."""

    def mark(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return mark


def public(view: View) -> View:
    """Open a view to everybody."""
    return needs(PUBLIC)(view)


def signed_in(view: View) -> View:
    """Open a view to everybody who has signed in."""
    return needs(SIGNED_IN)(view)


def init_access(app: Flask) -> None:
    """Put the guard before every request."""
    login = LoginManager(app)
    # "strong" would sign a field engineer out each time the phone changes its network.
    login.session_protection = "basic"
    login.user_loader(_load_person)
    app.before_request(guard)
    public(app.view_functions["static"])


def _load_person(key: str) -> Person | None:
    """Read who is signed in, in a short transaction of its own, before any office is in sight."""
    if SESSION_KEY not in session or sessions.has_ended(session[SESSION_KEY]):
        # Emptied, or whoever copied the cookie could have it signed anew until nobody remembers its end.
        session.clear()
        return None
    person_id, _colon, stamp = key.partition(":")
    person = _whole(int(person_id)) if person_id.isdecimal() else None
    if person is None or not person.is_active or person.session_stamp != stamp:
        return None
    tree = all_offices()
    g.actor, g.tree = actor_for(person, tree), tree
    g.person_locale = person.locale
    for read in (person, *tree.values()):
        db.session.expunge(read)
    return person


def _whole(person_id: int) -> Person | None:
    return db.session.scalars(_WHOLE, {"person": person_id}).unique().one_or_none()


def guard() -> Any:
    """Let a request through, or turn it away: to the sign-in, with 403, or with 404 as if nothing were there."""
    if request.endpoint is None:
        return None
    permission = needed_for(request.endpoint)
    if permission == PUBLIC:
        return None
    if permission is None:
        abort(403)
    if door.is_asked():
        if not door.admit():
            abort(401)
    elif not current_user.is_authenticated:
        return redirect(url_for("accounts.sign_in", next=_way_back()))
    see_offices(actor().offices)
    if "office" in (request.view_args or {}):
        _enter_office()
    return None if permission == SIGNED_IN or _granted(permission) else _turn_away(permission)


def _turn_away(permission: Needed) -> Any:
    """Tell a program whose it is and by which clause, as the gate does; people read a page."""
    found = permission_of(_key_of(permission), these_rules()) if "rules" in g and door.is_asked() else None
    if found is None or not found.roles:
        abort(403)
    return of_refusal(Refused(RefusalKind.ROLE, [not_the_permission(found)]))


def _way_back() -> str | None:
    """Return where to go after the sign-in: to the page asked for; a form that was sent is not sent again."""
    return request.full_path.rstrip("?") if request.method == "GET" else None


def local_path(target: str) -> str:
    """Return a path of this site only, whatever a browser sends; else the desk."""
    return target if LOCAL_PATH.fullmatch(target) else url_for("desk.desk")


def needed_for(endpoint: str) -> Needed | None:
    """Return what the view behind an endpoint names; a blueprint's own static files are public."""
    if endpoint.endswith(".static"):
        return PUBLIC
    return getattr(current_app.view_functions[endpoint], "permission", None)


def _enter_office() -> None:
    """Limit the session to the office of the URL; what is not one's own, or is switched off, does not exist."""
    view_args = request.view_args or {}
    code = view_args["office"]
    mine = (office for office_id, office in g.tree.items() if office_id in actor().offices)
    office = next((one for one in mine if one.code == code), None)
    if office is None:
        abort(404)
    office_id = office.id
    see_offices(frozenset({office_id}))
    g.rules = rules_of(office, g.tree)
    g.office = g.rules.office
    if request.method not in READING:
        safe_mode.refuse_writing(office_id)
    # A room of a plugin has a blueprint inside the plugin's: hotline.roster.
    plugin = view_args.get("plugin") or (request.blueprint or "").partition(".")[0]
    if plugin in installed_plugins().installed and plugin not in g.rules.plugins.names:
        abort(404)


def _granted(permission: Needed) -> bool:
    if "rules" not in g:
        keys = actor().offices
        return any(actor().has(office_id, CORE_PERMISSIONS[str(permission)].roles) for office_id in keys)
    return may(_key_of(permission))


def _key_of(permission: Needed) -> str:
    return permission(g.rules, request.view_args or {}) if callable(permission) else permission


def may(key: str, rules: Rules | None = None) -> bool:
    """Say whether whoever is signed in holds a permission in an office, by default that of the URL."""
    there: Rules = rules or g.rules
    found = permission_of(key, there)
    return found is not None and actor().has(there.office.id, found.roles)


def actor() -> Actor:
    """Return who is signed in, with the roles of each office."""
    found: Actor = g.actor
    return found


def this_office() -> Office:
    """Return the office of the URL."""
    office: Office = g.office
    return office


def case_here(procedure: str, number: str) -> Act:
    """Look at a case of the office of the URL; by the page's own rules, unless it does more than look."""
    rules = these_rules() if request.method in READING else None
    return gate.open_case(procedure, number, actor(), this_office(), rules)


def these_rules() -> Rules:
    """Return the rules of the office of the URL."""
    rules: Rules = g.rules
    return rules
