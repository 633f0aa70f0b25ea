"""A request gives its problem and remedy to the support database once, or is linked to what is there (QI/01 flow)."""

from __future__ import annotations

from typing import Any

import pytest

from core import gate
from core.db import db, writing
from plugins.fieldservice import knowledge
from plugins.fieldservice.models import ServiceRequest
from plugins.hotline.models import KnowledgeEntry

KNOWN = {"problem": "反结账报错", "solution": "重建总账索引"}


def form_of(centre: Any, request: ServiceRequest) -> Any:
    """Return the form with which the engineer enters the request into the support database."""
    act = gate.open_case("fieldservice.request", request.number, centre.engineer, centre.office)
    return gate.look_at(act, act.procedure.steps["standardise"]).form()


@pytest.mark.clause("QI/01 flow")
def test_problem_and_remedy_are_kept_for_everybody(beijing: Any) -> None:
    request = beijing.turned_in()
    request = beijing.act(request, "standardise", beijing.engineer, **KNOWN)
    entry = KnowledgeEntry.query.one()
    assert (request.knowledge_id, entry.remedy) == (entry.id, "重建总账索引")
    product = request.installation
    assert (entry.product_id, entry.versions) == (product.product_id, product.version)


@pytest.mark.clause("QI/01 flow")
def test_a_request_has_one_entry_however_often_it_is_written(beijing: Any) -> None:
    request = beijing.turned_in()
    assert form_of(beijing, request).solution.data == "重建总账索引"
    beijing.act(request, "standardise", beijing.engineer, **KNOWN)
    form = form_of(beijing, request)
    assert form.problem.data == "反结账报错"
    assert form.problem.description.msgid.startswith("The request has this entry")
    better = KNOWN | {"solution": "先备份，再重建总账索引", "avoid": "勿断电"}
    beijing.act(request, "standardise", beijing.duty, **better)
    entry = KnowledgeEntry.query.one()
    assert (entry.remedy, entry.prevention) == ("先备份，再重建总账索引", "勿断电")
    assert entry.written_by_id == beijing.duty.person_id


@pytest.mark.clause("QI/01 flow")
def test_what_is_known_already_is_linked_and_not_written_again(beijing: Any) -> None:
    first = beijing.act(beijing.turned_in(), "standardise", beijing.engineer, **KNOWN)
    request = beijing.turned_in()
    with writing():
        db.session.merge(request).installation_id = first.installation_id
    missing = beijing.refused(request, "standardise", beijing.engineer, problem="", solution="")
    assert set(missing.errors) == {"problem", "solution"}
    request = beijing.act(request, "standardise", beijing.engineer, entry_id=first.knowledge_id)
    assert (request.knowledge_id, KnowledgeEntry.query.count()) == (first.knowledge_id, 1)


@pytest.mark.clause("QI/01 flow")
def test_where_nothing_is_known_there_is_nothing_to_choose(beijing: Any) -> None:
    request = beijing.turned_in()
    assert "entry_id" not in form_of(beijing, request)
    beijing.act(request, "standardise", beijing.engineer, **KNOWN)
    assert "entry_id" in form_of(beijing, request)


@pytest.mark.clause("QI/01 flow")
def test_entries_of_the_same_product_and_office_are_offered_the_newest_first(
    beijing: Any, shanghai: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(knowledge, "OFFERED", 2)
    request = beijing.turned_in()
    same = request.installation.product_id
    other = beijing.house.customer(beijing.office).installations[0].product_id
    said = {"remedy": "重建索引", "state": "published", "changed_at": request.opened_at}
    with writing():
        for office, problem, about in (
            (beijing, "一", same),
            (beijing, "二", same),
            (beijing, "三", same),
            (shanghai, "别处", same),
            (beijing, "别的产品", other),
        ):
            db.session.add(
                KnowledgeEntry(
                    office_id=office.office.id,
                    problem=problem,
                    product_id=about,
                    written_at=request.opened_at,
                    opened_at=request.opened_at,
                    **said,
                )
            )
    offered = [choice.label for choice in form_of(beijing, request).entry_id.choices if choice.value]
    assert offered == ["三 → 重建索引", "二 → 重建索引"]
