"""The door of the API: a token says who asks, and limits him to its office and its collections."""

from __future__ import annotations

from typing import Any

from flask import g, request
from flask.json.provider import DefaultJSONProvider

from core.api.tokens import ApiToken, find
from core.db import db
from core.offices import all_offices
from core.people import Actor, actor_for

BLUEPRINT, ROOT = "api", "/api/"
OFFICE = f"{ROOT}v1/<office>"


class Json(DefaultJSONProvider):
    """JSON as Flask has it; what is nested deeper than anybody reads cannot be understood."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Read a text; ``ValueError`` is raised for what is no JSON, or too deep."""
        try:
            return super().loads(s, **kwargs)
        except RecursionError:
            raise ValueError("nested too deep") from None


def is_asked() -> bool:
    """Say whether the API is asked, be the address core's own or a plugin's."""
    return request.path.startswith(ROOT)


def admit() -> bool:
    """Read who asks from the token, in a short transaction of its own; a session's cookie opens nothing here."""
    kind, _blank, secret = request.headers.get("Authorization", "").partition(" ")
    token = find(secret.strip()) if kind.lower() == "bearer" else None
    if token is None:
        return False
    tree = all_offices()
    actor = actor_for(token.person, tree)
    roles = actor.roles.get(token.office_id)
    if roles is None:
        return False
    g.token, g.tree = token, tree
    g.actor = Actor(actor.name, actor.person_id, {token.office_id: roles})
    g.person_locale = "" if request.accept_languages else token.person.locale
    for read in (token, token.person, *tree.values()):
        db.session.expunge(read)
    return True


def this_token() -> ApiToken:
    """Return the token with which somebody asks."""
    token: ApiToken = g.token
    return token
