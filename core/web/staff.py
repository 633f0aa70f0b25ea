"""An office's staff: hire, give and take roles, a fresh link for a password, and the day somebody leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from wtforms import Form, SelectMultipleField, validators
from wtforms.fields import SelectChoice

from core import accounts, deadlines
from core.db import db, see_offices, writing
from core.errors import Invalid, KoudaiError
from core.forms import ChoiceField, TextField, YesField
from core.i18n import Sentence, _, _l
from core.offices import OfficeKind
from core.people import Person, RoleGrant, in_charge_of, member, staff_of
from core.roles import ADMINISTRATOR, HEAD_OFFICE_SUPPORT, NATIONAL_ROLES, Role
from core.rules import Rules, known_roles
from core.web.access import actor, needs, these_rules, this_office

pages = Blueprint("staff", __name__, url_prefix="/<office>/staff")
ONE = "/<int(max=2147483647):person_id>"


class RolesField(SelectMultipleField):
    """Several roles, each of them a tick."""

    def pre_validate(self, form: Form) -> None:
        """Refuse what is not offered."""
        if not {*self.data} <= {choice.value for choice in self.choices}:
            raise validators.ValidationError(_l("This is not one of the choices. Choose from the list."))

    def offer(self, roles: Mapping[str, Role]) -> None:
        """Set what can be ticked."""
        self.choices = [SelectChoice(key, role.title) for key, role in roles.items()]


class HireForm(Form):
    """Who joins, and as what."""

    name = TextField(_l("Full name"), limit=40)
    login = TextField(
        _l("Login"),
        limit=40,
        hint=_l("What is typed to sign in: small letters, like wang.li; it stays for good."),
    )
    number = TextField(
        _l("Hotline number"), limit=8, required=False, hint=_l("The number told on the phone, like 07.")
    )
    roles = RolesField(_l("Roles here"), [validators.InputRequired(_l("Give at least one role."))])

    def validate_login(self, field: TextField) -> None:
        """Refuse an odd login together with all else that is wrong, before anything is tried."""
        if not accounts.LOGIN.fullmatch(field.data.lower()):
            raise validators.ValidationError(accounts.ODD_LOGIN)


class GiveForm(Form):
    """One more role."""

    role = ChoiceField(_l("One more role"))


class LeaveForm(Form):
    """The last word before an account is closed."""

    sure = YesField(
        _l("This person leaves the firm; close the account for good"),
        required=True,
        message=_l("Tick this first: a closed account is never opened again."),
    )


@dataclass(frozen=True, kw_only=True)
class Holding:
    """A role that somebody holds here, and since when."""

    role: Role
    grant: RoleGrant


def offered(rules: Rules) -> dict[str, Role]:
    """Return the roles that can be given in an office: the book's, and those of its plugins."""
    head = rules.office.kind == OfficeKind.HEAD
    own = [role for one in rules.plugins.enabled.values() for role in one.manifest.roles]
    return {role.key: role for role in (*NATIONAL_ROLES, *own) if head or role is not HEAD_OFFICE_SUPPORT}


def holdings(person: Person) -> list[Holding]:
    """Return the roles that a person holds in this office now, the oldest first."""
    known, office_id = known_roles(), this_office().id
    here = [one for one in person.grants if one.taken_at is None and one.office_id == office_id]
    return [Holding(role=known[one.role], grant=one) for one in here if one.role in known]


@pages.get("/")
@needs("core.manage_staff")
def people(office: str) -> str:
    """Everybody who works here with his roles, and below who did once."""
    everybody = [(one, holdings(one)) for one in staff_of(this_office().id)]
    present = [(one, held) for one, held in everybody if held]
    former = [one for one, held in everybody if not held]
    return render_template("core/staff/people.html", present=present, former=former)


@pages.route("/hire", methods=["GET", "POST"])
@needs("core.manage_staff")
def hire(office: str) -> Any:
    """Hire somebody, and show the link with which the first password is set."""
    roles = offered(these_rules())
    form = HireForm(request.form if request.method == "POST" else None)
    form.roles.offer(roles)
    if request.method == "GET":
        return render_template("core/staff/hire.html", form=form, roles=roles)
    if form.validate():
        try:
            return _link_page(*_hire(form, roles), hired=True)
        except Invalid as wrong:
            form["roles" if wrong.field == "role" else wrong.field].errors = [wrong.sentence]
    return render_template("core/staff/hire.html", form=form, roles=roles), 422


def _hire(form: HireForm, roles: Mapping[str, Role]) -> tuple[Person, str]:
    grants = [(this_office(), roles[key]) for key in form.roles.data]
    with writing():
        hired = accounts.hire(form.login.data, form.name.data, form.number.data or "", grants, actor())
        return hired, accounts.new_link(hired, actor())


def _link_page(person: Person, token: str, *, hired: bool = False) -> str:
    """Show a one-time link: here and now, for nobody can show it again."""
    # The Host that a browser sends may be anybody's; the address that was set is ours.
    own = current_app.config.get("URL")
    page = accounts.link_path(token)
    address = f"{own}{page}" if own else url_for("accounts.first_password", token=token, _external=True)
    days = accounts.LINK_LIFE.days
    return render_template("core/staff/link.html", person=person, address=address, days=days, hired=hired)


@pages.get(ONE)
@needs("core.manage_staff")
def person(office: str, person_id: int) -> str:
    """One member of staff: the roles here, the account, and what is still open."""
    return _page(member(this_office(), person_id))


def _page(
    found: Person,
    *,
    give: GiveForm | None = None,
    leave: LeaveForm | None = None,
    refused: Sentence | None = None,
) -> str:
    held = holdings(found)
    return render_template(
        "core/staff/person.html",
        person=found,
        held=held,
        give=give or _give_form(held),
        leave=leave or LeaveForm(),
        refused=refused,
        mine=in_charge_of(actor(), found),
        work=_open_work(found),
    )


def _give_form(held: list[Holding], typed: Any = None) -> GiveForm:
    form, keys = GiveForm(typed), {one.role.key for one in held}
    form.role.offer({key: role.title for key, role in offered(these_rules()).items() if key not in keys})
    return form


def _open_work(person: Person) -> list[deadlines.Deadline]:
    """Return what waits for a person, in all offices that the reader may see."""
    see_offices(actor().offices)
    try:
        found = deadlines.open_of(person.id)
        # Nothing of another office is read once more when only this one is in sight.
        for one in found:
            db.session.expunge(one)
        return found
    finally:
        see_offices(frozenset({this_office().id}))


@pages.post(f"{ONE}/give")
@needs("core.manage_staff")
def give(office: str, person_id: int) -> Any:
    """Give one more role here."""
    found = member(this_office(), person_id)
    form = _give_form(holdings(found), request.form)
    if not form.validate():
        return _page(found, give=form), 422
    role = known_roles()[str(form.role.data)]
    try:
        accounts.give_roles(found, [(this_office(), role)], actor())
    except KoudaiError as error:
        return _page(found, give=form, refused=error.sentence), 409
    flash(_("%(name)s is %(role)s here now.", name=found.name, role=role.title), "done")
    return _back_to(found)


@pages.post(f"{ONE}/take")
@needs("core.manage_staff")
def take(office: str, person_id: int) -> Any:
    """Take a role back here."""
    found = member(this_office(), person_id)
    role = known_roles().get(request.form.get("role", ""))
    if role is None:
        return _page(found, refused=_l("Choose the role to take back from the list.")), 422
    try:
        accounts.take_role(found, this_office(), role, actor())
    except KoudaiError as error:
        return _page(found, refused=error.sentence), 409
    flash(_("%(name)s is not %(role)s here any more.", name=found.name, role=role.title), "done")
    still_in_charge = role is not ADMINISTRATOR or found.id != actor().person_id
    return _back_to(found) if still_in_charge else redirect(url_for("desk.desk"))


@pages.post(f"{ONE}/link")
@needs("core.manage_staff")
def link(office: str, person_id: int) -> Any:
    """Make a fresh one-time link; the old password works until it is used."""
    found = member(this_office(), person_id)
    try:
        accounts.refuse_gone(found)
        return _link_page(found, accounts.new_link(found, actor()))
    except KoudaiError as error:
        return _page(found, refused=error.sentence), 409


@pages.post(f"{ONE}/leave")
@needs("core.manage_staff")
def leave(office: str, person_id: int) -> Any:
    """Close the account of somebody who leaves; what waited for him waits for his role from now on."""
    found, form = member(this_office(), person_id), LeaveForm(request.form)
    if not form.validate():
        return _page(found, leave=form), 422
    try:
        accounts.refuse_gone(found)
        accounts.leave(found, actor())
    except KoudaiError as error:
        return _page(found, leave=form, refused=error.sentence), 409
    flash(_("The account of %(name)s is closed.", name=found.name), "done")
    return redirect(url_for("staff.people", office=office))


@pages.get(f"{ONE}/<any(give, take, link, leave):deed>")
@needs("core.manage_staff")
def again(office: str, person_id: int, deed: str) -> Any:
    """Answer whoever opens a form's address (to reload, in another language) with the page of the form."""
    return _back_to(member(this_office(), person_id))


def _back_to(person: Person) -> Any:
    return redirect(url_for("staff.person", office=this_office().code, person_id=person.id))
