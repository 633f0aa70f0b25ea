"""The second yardstick: the plainest list that the same libraries can make, for somebody who has signed in."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

from flask import Flask, render_template
from flask_babel import Babel, gettext
from flask_login import LoginManager, UserMixin, current_user, login_required, login_user
from flask_sqlalchemy import SQLAlchemy
from jinja2 import DictLoader
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

ROWS = 30
LINKS = ("Board", "New call", "Calls", "Requests", "Customers")
COLUMNS = ("number", "customer", "contact", "module", "operation", "happens", "state")
PAGE = """<!doctype html><title>{{ _("Calls") }}</title>
<nav>{% for link in links %}<a href="{{ url_for('calls') }}">{{ _(link) }}</a>{% endfor %} {{ current_user.name }}</nav>
<table>{% for row in rows %}
  <tr><td><a href="{{ url_for('calls', number=row.number) }}">{{ row.number }}</a></td><td>{{ _(row.state) }}</td>
  {% for text in (row.customer, row.contact, row.module, row.operation, row.happens) %}<td>{{ text }}</td>{% endfor %}
  <td>{{ row.at.strftime("%m-%d %H:%M") }}</td></tr>
{% endfor %}</table>"""


class Base(DeclarativeBase):
    """What the two tables have in common."""


class Somebody(UserMixin, Base):  # type: ignore[misc]
    """Whoever has signed in."""

    __tablename__ = "somebody"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Call(Base):
    """A row of the list."""

    __tablename__ = "call"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str]
    customer: Mapped[str]
    contact: Mapped[str]
    module: Mapped[str]
    operation: Mapped[str]
    happens: Mapped[str]
    state: Mapped[str]
    at: Mapped[dt.datetime]


folder = tempfile.TemporaryDirectory(prefix="koudai-bench-")
db = SQLAlchemy(model_class=Base)


def made() -> Flask:
    """Build the app and fill its tables."""
    made = Flask(__name__)
    made.secret_key = "no secret: it lives as long as the bench"
    made.jinja_loader = DictLoader({"calls.html": PAGE})
    made.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{Path(folder.name) / 'plain.db'}"
    db.init_app(made)
    Babel(made, locale_selector=lambda: "zh_Hans_CN")
    people = LoginManager(made)
    people.user_loader(lambda key: db.session.get(Somebody, int(key)))
    made.jinja_env.globals.update(_=gettext, current_user=current_user)
    made.add_url_rule("/in", view_func=come_in)
    made.add_url_rule("/calls", view_func=login_required(calls), endpoint="calls")
    with made.app_context():
        _fill()
    return made


def _fill() -> None:
    db.create_all()
    db.session.add(Somebody(id=1, name="孙悦"))
    texts = (
        "上海恒远服装有限责任公司",
        "高敏",
        "总账",
        "反结账",
        "点反结账后报错退出，账套仍是已结账状态",
        "open",
    )
    for place in range(1000):
        values = dict(zip(COLUMNS, (f"SH-H-2026-{place:05}", *texts), strict=True))
        db.session.add(Call(**values, at=dt.datetime(2026, 11, 23, 14, 30)))
    db.session.commit()
    db.engine.dispose()


def come_in() -> str:
    """Sign in."""
    login_user(db.session.get_one(Somebody, 1))
    return ""


def calls() -> Any:
    """Show the newest calls: two statements, one template."""
    rows = db.session.scalars(select(Call).order_by(Call.id.desc()).limit(ROWS)).all()
    return render_template("calls.html", rows=rows, links=LINKS)
