"""What the page of one issue shows: the sentence, what it blocks, its files, and its record with everything that was
done."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from accounts.models import Unit, User
from accounts.permits import Permit, common_refusal
from domain.lifecycle import Status
from domain.lights import LightRule
from domain.workdays import ONE_DAY, WorkCalendar
from history.models import Change
from issues.issue_sentence import issue_clauses
from issues.models import Block, Issue, IssueFile, Supervision
from issues.permitted import CHANGE, permits
from issues.queries import IssueRow, issue_rows
from milestones.models import Node
from milestones.project_page.page import node_address
from milestones.project_page.sentence import Clause
from milestones.project_page.timeline import Entry, entries
from milestones.queries import NodeRow, node_rows

Verb = Change.Verb
Purpose = IssueFile.Purpose


@dataclass(frozen=True, slots=True)
class BlockedLine:
    """A node that the issue blocks. `held_on`: since when it is, or was, on hold because of it, `days` working days;
    `is_held`: it still is."""

    row: NodeRow
    held_on: date | None
    is_held: bool
    days: int

    @property
    def can_be_held(self) -> bool:
        return self.row.status is Status.RUNNING and not self.is_held


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry of the record, and the files that came with it."""

    entry: Entry
    files: Sequence[IssueFile]


@dataclass(frozen=True, slots=True)
class IssuePage:
    """`clauses` is the sentence; `files` those of each purpose, by its word."""

    issue: Issue
    row: IssueRow
    clauses: Sequence[Clause]
    supporting: Sequence[Unit]
    blocked: Sequence[BlockedLine]
    files: Sequence[tuple[str, Sequence[IssueFile]]]
    record: Sequence[Moment]
    slips: Sequence[Supervision]
    permits: Mapping[str, Permit]

    @property
    def open_steps(self) -> list[Permit]:
        """In the order in which its state asks for them; another wording has a page of its own."""
        return [permit for permit in self.permits.values() if permit.is_open and permit.step != CHANGE]

    @property
    def closed_steps(self) -> list[Permit]:
        return [permit for permit in self.permits.values() if not permit.is_open]

    @property
    def why_none(self) -> str:
        """Why nothing at all is open, where that has one reason."""
        return common_refusal(self.permits.values())

    @property
    def may_change(self) -> bool:
        return self.permits[CHANGE].is_open

    @property
    def is_held(self) -> bool:
        """Whether nodes are on hold because of it."""
        return any(line.is_held for line in self.blocked)

    @property
    def can_hold(self) -> bool:
        """Whether it blocks nodes that run and could be put on hold."""
        return any(line.can_be_held for line in self.blocked)


def issue_page(issue: Issue, user: User, rule: LightRule) -> IssuePage:
    """The page of `issue` (read ``for_page``) for `user`; as many queries however much there is to show."""
    (row,) = issue_rows(Issue.objects.filter(pk=issue.pk), rule)
    blocked = _blocked(issue, rule)
    held = [(line.row, line.held_on, line.days) for line in blocked if line.is_held]
    files = list(IssueFile.objects.filter(issue=issue).select_related("added_by"))
    return IssuePage(
        issue=issue, row=row, clauses=tuple(issue_clauses(issue, row, held, rule)),
        supporting=list(issue.supporting.all()), blocked=blocked, files=_by_purpose(files),
        record=_record(issue, files, rule), slips=_slips(issue, user), permits=permits(issue, user),
    )  # fmt: skip


def _blocked(issue: Issue, rule: LightRule) -> list[BlockedLine]:
    blocks = {block.node_id: block for block in Block.objects.filter(issue=issue).select_related("hold")}
    nodes = Node.objects.filter(pk__in=blocks).order_by("template_node__position", "pk")
    return [_line(row, blocks[row.pk], rule) for row in node_rows(nodes, rule)]


def _line(row: NodeRow, block: Block, rule: LightRule) -> BlockedLine:
    hold = block.hold
    if hold is None:
        return BlockedLine(row, None, is_held=False, days=0)
    last = hold.resumed_on - ONE_DAY if hold.resumed_on else rule.today
    return BlockedLine(
        row, hold.held_on, is_held=hold.resumed_on is None, days=_days(hold.held_on, last, rule.calendar)
    )


def _days(first: date, last: date, calendar: WorkCalendar) -> int:
    """Working days from the first to the last, both counted."""
    return max(0, calendar.count(first - ONE_DAY, last))


def _by_purpose(files: Sequence[IssueFile]) -> list[tuple[str, Sequence[IssueFile]]]:
    """How it was found, the proofs that it is gone, and what came with notes; what there is none of left out."""
    order = (Purpose.FOUND, Purpose.PROOF, Purpose.NOTE)
    groups = [(str(purpose.label), [file for file in files if file.purpose == purpose]) for purpose in order]
    return [(label, group) for label, group in groups if group]


def _record(issue: Issue, files: Sequence[IssueFile], rule: LightRule) -> list[Moment]:
    """Newest first. What was noted stands in the history with the number of its files, which came in the same order."""
    changes = list(issue.changes.select_related("actor", "node__template_node", "issue").order_by("pk"))
    queues = {purpose: iter([file for file in files if file.purpose == purpose]) for purpose in Purpose}
    beside = {change.pk: list(_files_of(change, queues)) for change in changes}
    told = entries(reversed(changes), rule, node_address)
    return [Moment(entry, beside[entry.pk]) for entry in told]


def _files_of(change: Change, queues: Mapping[Purpose, Iterator[IssueFile]]) -> Iterator[IssueFile]:
    purpose = {Verb.ISSUE_NOTED: Purpose.NOTE, Verb.ISSUE_CLOSE_ASKED: Purpose.PROOF}.get(Verb(change.verb))
    if change.verb == Verb.ISSUE_RAISED:
        yield from queues[Purpose.FOUND]
    elif purpose is not None:
        many = int(change.after.get("files") or bool(change.after.get("document_no")))
        for _number, file in zip(range(many), queues[purpose], strict=False):
            yield file


def _slips(issue: Issue, user: User) -> list[Supervision]:
    """Those that went out, and those proposed for who decides about them."""
    shown = [Supervision.State.PROPOSED, Supervision.State.ISSUED, Supervision.State.ANSWERED]
    slips = Supervision.objects.seen_by(user).filter(issue=issue, state__in=shown)
    return list(slips.select_related("addressee"))
