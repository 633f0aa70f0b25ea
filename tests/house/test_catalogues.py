"""Every sentence reaches the Chinese reader as it was meant, and what does not is found."""

from pathlib import Path

import pytest

from core.catalogues import Domain, problems, update
from tools.catalogues import domains


@pytest.fixture
def planted(tmp_path: Path) -> Domain:
    """A domain of its own with one sentence in code and one on a page, both translated."""
    (tmp_path / "code.py").write_text('title = _l("Close %(number)s", number=7)\n')
    (tmp_path / "page.html").write_text("<h1>{{ _('Desk') }}</h1>\n")
    domain = Domain("planted", (tmp_path,), tmp_path / "translations")
    update(domain)
    write(
        domain, ('msgid "Close %(number)s"\nmsgstr ""', 'msgid "Close %(number)s"\nmsgstr "关闭 %(number)s"')
    )
    write(domain, ('msgid "Desk"\nmsgstr ""', 'msgid "Desk"\nmsgstr "工作台"'))
    return fresh(domain)


def write(domain: Domain, change: tuple[str, str]) -> None:
    text = domain.po.read_text()
    assert change[0] in text
    domain.po.write_text(text.replace(*change))


def fresh(domain: Domain) -> Domain:
    """Return the domain as the next run reads it."""
    return Domain(domain.name, domain.sources, domain.translations)


@pytest.mark.parametrize("domain", domains(), ids=lambda domain: domain.name)
def test_every_sentence_is_translated(domain: Domain) -> None:
    assert not list(problems(domain))


def test_a_translated_domain_has_no_problems(planted: Domain) -> None:
    assert not list(problems(planted))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (('msgstr "工作台"', 'msgstr ""'), "untranslated: 'Desk'"),
        (('msgid "Desk"', '#, fuzzy\nmsgid "Desk"'), "fuzzy: 'Desk'"),
        (("关闭 %(number)s", "关闭 %(nummer)s"), "unknown named placeholder 'nummer'"),
        (('msgid "Desk"', '#~ msgid "Old"\n#~ msgstr "旧"\n\nmsgid "Desk"'), "obsolete: 'Old'"),
        (('msgid "Desk"', 'msgid "Old"\nmsgstr "旧"\n\nmsgid "Desk"'), "nobody says it any more: 'Old'"),
    ],
)
def test_a_fault_in_the_catalogue_is_found(planted: Domain, change: tuple[str, str], problem: str) -> None:
    write(planted, change)
    found = list(problems(fresh(planted)))
    assert len(found) == 1
    assert problem in found[0]


def test_a_sentence_that_is_not_english_is_found(planted: Domain) -> None:
    (planted.sources[0] / "more.py").write_text('title = _("工单")\n')
    assert "planted: the msgid is not English: '工单'" in list(problems(fresh(planted)))


def test_an_update_keeps_what_is_said_and_drops_the_rest(planted: Domain) -> None:
    (planted.sources[0] / "page.html").write_text("{{ _('Call desk') }}\n")
    update(fresh(planted))
    written = planted.po.read_text()
    assert "关闭 %(number)s" in written
    assert "工作台" not in written
    assert [problem.split(": ", 1)[1] for problem in problems(fresh(planted))] == [
        "untranslated: 'Call desk'"
    ]
