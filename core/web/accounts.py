"""The door: signing in and out, the one-time link of a first password, and one's own account."""

from __future__ import annotations

from typing import Any

from flask import (
    Blueprint,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_login import current_user, login_user
from wtforms import Form, PasswordField, validators

from core import accounts, sessions
from core.accounts import LinkRefused
from core.errors import Invalid
from core.forms import TextField
from core.i18n import _, _l
from core.offices import Office
from core.people import Person
from core.permissions import CORE_PERMISSIONS
from core.roles import Role
from core.rules import known_roles
from core.throttle import SignInRefused, Throttled
from core.web.access import SESSION_KEY, local_path, public, signed_in

pages = Blueprint("accounts", __name__)
# Nobody learns a link's token from the origin, and the CSRF check over HTTPS still has its referrer.
NO_PATH_TOLD = "strict-origin"


def _typed(label: Any, autocomplete: str) -> PasswordField:
    needed = validators.InputRequired(_l("This field is needed."))
    return PasswordField(label, [needed], render_kw={"autocomplete": autocomplete})


class SignInForm(Form):
    """Who is at the door."""

    login = TextField(_l("Login"), limit=40, render_kw={"autocomplete": "username"})
    password = _typed(_l("Password"), "current-password")


class NewPasswordForm(Form):
    """A password, typed twice."""

    password = _typed(_l("New password"), "new-password")
    again = _typed(_l("The same again"), "new-password")

    def validate_again(self, field: PasswordField) -> None:
        """Compare the two."""
        if field.data != self.password.data:
            raise validators.ValidationError(_l("The two are not the same. Type both again."))


class ChangeForm(NewPasswordForm):
    """A password in place of another."""

    old = _typed(_l("Present password"), "current-password")


@pages.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Any:
    """Let in who knows login and password; everybody else hears the same, whatever was wrong."""
    target = local_path(request.values.get("next", ""))
    if request.method == "GET" and current_user.is_authenticated:
        return redirect(target)
    form = SignInForm(request.form if request.method == "POST" else None)
    if request.method == "GET":
        return _sign_in_page(form, target)
    if not form.validate():
        return _sign_in_page(form, target), 422
    try:
        person = accounts.check(form.login.data, form.password.data, request.remote_addr or "")
    except SignInRefused as refused:
        return _sign_in_page(form, target, refused), 429 if isinstance(refused, Throttled) else 422
    admit(person)
    return redirect(target)


def _sign_in_page(form: SignInForm, target: str, refused: SignInRefused | None = None) -> str:
    return render_template("core/accounts/sign_in.html", form=form, target=target, refused=refused)


def admit(person: Person) -> None:
    """Begin a fresh session for a person: of what was in the browser before, only the language stays."""
    locale = session.get("locale")
    session.clear()
    if locale:
        session["locale"] = locale
    session[SESSION_KEY] = sessions.new_key()
    login_user(person)


@pages.post("/sign-out")
@signed_in
def sign_out() -> Any:
    """End the session, for a copy of its cookie too; the next who sits down here has his own language."""
    sessions.end(session[SESSION_KEY], current_app.permanent_session_lifetime)
    session.clear()
    return redirect(url_for("accounts.sign_in"))


@pages.route(accounts.link_path("<token>"), methods=["GET", "POST"])
@public
def first_password(token: str) -> Any:
    """Set the password of a one-time link's person and let him in; the token is told to nobody else."""
    try:
        page = _first_password(token)
    except LinkRefused as refused:
        page = render_template("core/accounts/link_refused.html", refused=refused), 410
    response = make_response(page)
    response.headers["Referrer-Policy"] = NO_PATH_TOLD
    return response


def _first_password(token: str) -> Any:
    person = accounts.person_of_link(token)
    form = NewPasswordForm(request.form if request.method == "POST" else None)
    if request.method == "GET":
        return render_template("core/accounts/first_password.html", form=form, person=person)
    if form.validate():
        try:
            admit(accounts.redeem(token, form.password.data))
            flash(_("Your password is set. From now on you sign in with it."), "done")
            return redirect(url_for("desk.desk"))
        except Invalid as wrong:
            form[wrong.field].errors = [wrong.sentence]
    return render_template("core/accounts/first_password.html", form=form, person=person), 422


@pages.route("/password", methods=["GET", "POST"])
@signed_in
def password() -> Any:
    """Change one's own password; every other session of the person ends."""
    form = ChangeForm(request.form if request.method == "POST" else None)
    if request.method == "GET":
        return render_template("core/accounts/password.html", form=form, refused=None)
    refused = _change(form) if form.validate() else None
    if refused is None and not form.errors:
        flash(_("Your password is changed. Wherever else you were signed in, you are not any more."), "done")
        return redirect(url_for("accounts.me"))
    status = 429 if isinstance(refused, Throttled) else 422
    return render_template("core/accounts/password.html", form=form, refused=refused), status


def _change(form: ChangeForm) -> SignInRefused | None:
    try:
        accounts.change_password(current_user, form.old.data, form.password.data)
    except Invalid as wrong:
        form[wrong.field].errors = [wrong.sentence]
    except SignInRefused as refused:
        return refused
    else:
        admit(accounts.person_by_login(current_user.login))
    return None


@pages.get("/me")
@signed_in
def me() -> str:
    """Who one is here: name, login, roles by office, language."""
    roles, users = _roles_by_office(), set(CORE_PERMISSIONS["core.use_api"].roles)
    apis = {office.code for office, held in roles if users & set(held)}
    return render_template("core/accounts/me.html", person=current_user, roles=roles, apis=apis)


def _roles_by_office() -> list[tuple[Office, list[Role]]]:
    """Return the offices in which roles were given to the person, by code, each with these roles."""
    known, found = known_roles(), dict[int, list[Role]]()
    for grant in current_user.grants:
        if grant.taken_at is None and grant.role in known:
            found.setdefault(grant.office_id, []).append(known[grant.role])
    return [(office, found[office.id]) for office in g.tree.values() if office.id in found]
