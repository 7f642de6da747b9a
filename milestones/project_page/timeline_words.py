"""The sentence of one entry of the history."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from django.db.models import DecimalField
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from domain.lights import LightRule
from history.models import Change
from milestones.models import DateChange, Node
from milestones.project_page import issue_words, meeting_words
from milestones.project_page.issue_words import Sentence, values_of
from milestones.templatetags.lights import amount, day_text
from projects.models import Project

Verb = Change.Verb

_SENTENCES = {**issue_words.SENTENCES, **meeting_words.SENTENCES}
"""Those that are told from what the history keeps alone."""


class Teller:
    """Puts changes into words; keys that an older change does not have leave their part of the sentence out."""

    def __init__(self, rule: LightRule, address: Callable[[int], str] | None) -> None:
        self._rule = rule
        self._address = address
        self._language = get_language() or "en"
        self._comma = pgettext("between two clauses", ", ")
        self._sentences: dict[str, Callable[[Change], SafeString]] = {
            Verb.PROJECT_CHANGED: self._project_changed,
            Verb.CHAIN_LAID: self._chain_laid,
            Verb.CHAIN_MOVED: self._chain_moved,
            Verb.NODES_RECORDED: self._recorded,
            Verb.NODE_STARTED: self._started,
            Verb.NODE_FINISHED: self._finished,
            Verb.NODE_HELD: self._held,
            Verb.NODE_RESUMED: self._resumed,
            Verb.NODE_ASSIGNED: self._assigned,
            Verb.DATE_CHANGE_ASKED: self._asked,
            Verb.DATE_CHANGE_APPROVED: self._approved,
            Verb.PROOF_ADDED: self._proof,
            Verb.PROOF_WITHDRAWN: self._proof,
            Verb.INVESTMENT_RECORDED: self._invested,
            Verb.INVESTMENT_PLANNED: self._invested,
        }

    def __call__(self, change: Change) -> SafeString:
        if change.verb in _SENTENCES:
            return self._as_kept(change, _SENTENCES[change.verb])
        return self._sentences.get(change.verb, self._plain)(change)

    def _plain(self, change: Change) -> SafeString:
        sentence = {
            Verb.PROJECT_ADDED: _("added the project"),
            Verb.NODE_REOPENED: _("reopened %(node)s"),
            Verb.NODE_WAIVED: _("waived %(node)s"),
            Verb.NODE_REMINDED: _("reminded of %(node)s"),
            Verb.DATE_CHANGE_REFUSED: _("refused another date of %(node)s"),
            Verb.DATE_CHANGE_RETURNED: _("sent back the request for another date of %(node)s"),
            Verb.DATE_CHANGE_WITHDRAWN: _("withdrew the request for another date of %(node)s"),
        }.get(change.verb)  # type: ignore[call-overload]
        return self._say(sentence or change.get_verb_display(), change)

    def _started(self, change: Change) -> SafeString:
        limit = self._day(change.after.get("limit_on"))
        sentence = (
            _("started %(node)s on %(day)s, its limit ends on %(limit)s")
            if limit
            else _("started %(node)s on %(day)s")
        )
        return self._say(sentence, change, day=self._day(change.after.get("started_on")), limit=limit)

    def _finished(self, change: Change) -> SafeString:
        return self._say(
            _("finished %(node)s on %(day)s"), change, day=self._day(change.after.get("finished_on"))
        )

    def _held(self, change: Change) -> SafeString:
        after = change.after
        until = self._day(after.get("until"))
        said = self._say(
            _("recorded that %(node)s was on hold from %(day)s and ran again from %(until)s")
            if until else _("put %(node)s on hold from %(day)s"),
            change, day=self._day(after.get("held_from") or after.get("held_on")), until=until,
        )  # fmt: skip
        if after.get("notice_no"):
            said = self._join(said, _("notice %(number)s"), number=after["notice_no"])
        return self._moved(said, change)

    def _resumed(self, change: Change) -> SafeString:
        day = self._day(change.after.get("resumed_on"))
        return self._moved(self._say(_("let %(node)s run again from %(day)s"), change, day=day), change)

    def _moved(self, said: SafeString, change: Change) -> SafeString:
        """The due date that the end of a hold has moved."""
        before, after = stored_date(change.before.get("due_on")), stored_date(change.after.get("due_on"))
        if before is None or after is None or before == after:
            return said
        days = self._rule.calendar.count(before, after)
        return self._join(
            said,
            ngettext(
                "due %(before)s → %(after)s, %(n)d working day on hold",
                "due %(before)s → %(after)s, %(n)d working days on hold",
                days,
            ),
            before=self._day(before.isoformat()), after=self._day(after.isoformat()), n=days,
        )  # fmt: skip

    def _assigned(self, change: Change) -> SafeString:
        before, after = change.before.get("unit", ""), change.after.get("unit", "")
        sentence = (
            _("handed %(node)s over from %(before)s to %(after)s")
            if before
            else _("gave %(node)s to %(after)s")
        )
        return self._say(sentence, change, before=before, after=after)

    def _asked(self, change: Change) -> SafeString:
        said = self._say(_("asked for another date of %(node)s"), change)
        said = self._from_to(said, change, change.after.get("asked_due_on"))
        reason = change.after.get("reason")
        if reason in DateChange.Reason.values:
            said = self._join(said, "%(reason)s", reason=DateChange.Reason(reason).label)
        behind = int(change.after.get("nodes") or 1) - 1
        if behind > 0:
            with_them = ngettext("with %(n)d node behind it", "with %(n)d nodes behind it", behind)
            said = self._join(said, with_them, n=behind)
        return said

    def _approved(self, change: Change) -> SafeString:
        said = self._say(_("approved another date of %(node)s"), change)
        return self._from_to(said, change, change.after.get("due_on"))

    def _from_to(self, said: SafeString, change: Change, due_on: str | None) -> SafeString:
        """The due date before and after, and by how many working days it moves."""
        before, after = stored_date(change.before.get("due_on")), stored_date(due_on)
        if after is None:
            return said
        if before is None:
            return self._join(said, _("due %(after)s"), after=self._day(after.isoformat()))
        days = self._rule.calendar.count(before, after)
        sentence = (
            ngettext("due %(before)s → %(after)s, %(n)d working day later",
                     "due %(before)s → %(after)s, %(n)d working days later", days)
            if days >= 0 else
            ngettext("due %(before)s → %(after)s, %(n)d working day earlier",
                     "due %(before)s → %(after)s, %(n)d working days earlier", -days)
        )  # fmt: skip
        return self._join(
            said, sentence,
            before=self._day(before.isoformat()), after=self._day(after.isoformat()), n=abs(days),
        )  # fmt: skip

    def _proof(self, change: Change) -> SafeString:
        facts = change.after or change.before
        named = pgettext("between names", ", ").join(
            str(facts[key]) for key in ("document_no", "name") if facts.get(key)
        )
        added = change.verb == Verb.PROOF_ADDED
        sentence = (
            _("added a proof of %(node)s: %(proof)s")
            if added
            else _("withdrew a proof of %(node)s: %(proof)s")
        )
        return self._say(sentence, change, proof=named)

    def _invested(self, change: Change) -> SafeString:
        """The first few months or years with their amounts in 万元, before and after."""
        said = [
            _("%(field)s: %(value)s") % {"field": when, "value": _amounts(change, when)}
            for when in sorted(change.after)
        ]
        sentence = (
            _("planned the investment of a year: %(amounts)s")
            if change.verb == Verb.INVESTMENT_PLANNED
            else _("recorded investment: %(amounts)s")
        )
        return self._say(sentence, change, amounts=self._names(said))

    def _project_changed(self, change: Change) -> SafeString:
        said = [
            _("%(field)s: %(value)s") % {"field": _field(name), "value": self._change_of(change, name)}
            for name in {**change.before, **change.after}
        ]
        return self._say(_("changed the project: %(fields)s"), change, fields=self._comma.join(said))

    def _change_of(self, change: Change, name: str) -> str:
        before, after = _value(name, change.before.get(name)), _value(name, change.after.get(name))
        return f"{before or '—'} → {after or '—'}"

    def _chain_laid(self, change: Change) -> SafeString:
        nodes = int(change.after.get("nodes") or 0)
        return self._say(
            ngettext(
                "laid the chain from %(day)s, %(n)d node", "laid the chain from %(day)s, %(n)d nodes", nodes
            ),
            change, day=self._day(change.after.get("starts_on")), n=nodes,
        )  # fmt: skip

    def _chain_moved(self, change: Change) -> SafeString:
        added, dropped = change.after.get("added") or (), change.after.get("dropped") or ()
        said = self._say(
            _("moved the chain to version %(version)s"), change, version=change.after.get("version", "")
        )
        if added:
            said = self._join(said, _("added: %(nodes)s"), nodes=self._names(added))
        return self._join(said, _("dropped: %(nodes)s"), nodes=self._names(dropped)) if dropped else said

    def _recorded(self, change: Change) -> SafeString:
        return self._say(_("recorded from a ledger: %(nodes)s"), change, nodes=self._names(change.after))

    def _as_kept(self, change: Change, sentence: Sentence) -> SafeString:
        values = values_of(change, sentence, self._day, self._names)
        said = self._say(str(sentence.text), change, **values)
        for name, clause in sentence.more:
            if values[name]:
                said = self._join(said, str(clause), **values)
        return said

    def _names(self, names: Iterable[str], most: int = 3) -> str:
        """The first few of the names, and how many more there are."""
        listed = [str(name) for name in names]
        words = pgettext("between names", ", ").join(listed[:most])
        if len(listed) <= most:
            return words
        more = ngettext("%(names)s and %(n)d more", "%(names)s and %(n)d more", len(listed) - most)
        return more % {"names": words, "n": len(listed) - most}

    def _say(self, sentence: str, change: Change, **values: object) -> SafeString:
        return _filled(sentence, {"issue": self._issue(change), "node": self._node(change.node), **values})

    def _join(self, said: SafeString, sentence: str, **values: object) -> SafeString:
        return mark_safe(said + escape(self._comma) + _filled(sentence, values))  # noqa: S308 - both are escaped

    def _node(self, node: Node | None) -> str:
        if node is None:
            return ""
        label = node.template_node.label
        return format_html('<a href="{}">{}</a>', self._address(node.pk), label) if self._address else label

    def _issue(self, change: Change) -> str:
        number = str(change.after.get("issue", ""))
        if not (number and change.issue and self._address):
            return number
        return format_html('<a href="{}">{}</a>', change.issue.get_absolute_url(), number)

    def _day(self, value: object) -> str:
        day = stored_date(value)
        return day_text(day, self._language, self._rule.today.year) if day else ""


def _amounts(change: Change, when: str) -> str:
    before, now = _amount(change.before.get(when)), _amount(change.after.get(when))
    return _("%(amount)s × 10,000 yuan") % {"amount": f"{before} → {now}" if before else now}


def _amount(value: object) -> str:
    """An amount as the history keeps it; blank where it is none."""
    try:
        return amount(Decimal(str(value)))
    except InvalidOperation:
        return ""


def _filled(sentence: str, values: Mapping[str, object]) -> SafeString:
    """`sentence` with its values, all of them escaped that are not marked safe."""
    escaped = {name: value if isinstance(value, int) else _escaped(value) for name, value in values.items()}
    return mark_safe(escape(sentence) % escaped)  # noqa: S308 - sentence and values are escaped


def _escaped(value: object) -> str:
    return value if isinstance(value, SafeString) else escape(str(value))


def stored_date(value: object) -> date | None:
    """A date as the history keeps it; None where it is none."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


_FIELDS = {field.name: field for field in Project._meta.fields}


def _field(name: str) -> str:
    return str(getattr(_FIELDS.get(name), "verbose_name", name))


def _value(name: str, value: object) -> str:
    if name == "kind" and value in Project.Kind.values:
        return str(Project.Kind(value).label)
    if isinstance(_FIELDS.get(name), DecimalField) and value is not None:
        return amount(Decimal(str(value)))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "" if value is None else str(value)
