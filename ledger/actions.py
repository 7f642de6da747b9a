"""Bringing a spreadsheet in: keep it, say what it would change, apply it. One transaction, or nothing.

It is a ledger of projects, or what projects invest by month; both are kept, shown and confirmed in the same way.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import cast

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.models import User
from domain.errors import RuleError
from ledger.drafts import Verdict
from ledger.investment.doubts import money_in_words
from ledger.investment.opening import OpenInvestment, open_investment
from ledger.investment.plan import InvestmentChanges, plan_changes
from ledger.keeping import forget_file, keep_file
from ledger.mapping import LedgerMapping
from ledger.mapping_files import load_mapping, parse_mapping
from ledger.models import Import
from ledger.opening import OpenLedger, open_ledger
from ledger.plan import Plan, make_plan
from ledger.querysets import may_import, one_import_at_a_time
from ledger.rejects import write_rejects
from ledger.report import report_of
from ledger.sentences import storable
from ledger.writing_actions import late_after, write_investment, write_projects

Opened = OpenLedger | OpenInvestment
Changes = Plan | InvestmentChanges


class OutdatedPreviewError(RuleError):
    """What an import would change is no longer what its preview shows."""


class DoubtfulAmountsError(RuleError):
    """Amounts look as if their unit had been mistaken, and nobody has said that they are right."""


def upload_ledger(
    chunks: Iterable[bytes], *, file_name: str, actor: User, today: date,
    mapping: LedgerMapping | None = None, mapping_source: str = "", sheet: str | None = None,
) -> Import:  # fmt: skip
    """Keep a file and record what importing it would change; nothing else is written.

    `mapping_source` is the text of a mapping that does not come with the software: an import is kept with
    what it was read by. Raises PermissionDenied where `actor` may change nothing, UnreadableFile where the
    file is no ledger; then nothing of it is kept.
    """
    import_ = Import(file_name=_called(file_name), by=actor, mapping_source=mapping_source)
    _upload(import_, chunks, mapping=mapping, sheet=sheet, today=today)
    return import_


def upload_investment(
    chunks: Iterable[bytes], *, file_name: str, actor: User, today: date,
    year: int | None = None, unit: str = "", sheet: str | None = None,
) -> Import:  # fmt: skip
    """The same with a workbook of investment by month; `year` and `unit` go before what it says itself."""
    import_ = Import(
        what=Import.What.INVESTMENT, file_name=_called(file_name), by=actor, year=year, unit=unit
    )
    _upload(import_, chunks, mapping=None, sheet=sheet, today=today)
    return import_


def import_ledger(
    chunks: Iterable[bytes], *, file_name: str, actor: User, today: date,
    mapping: LedgerMapping | None = None, mapping_source: str = "", sheet: str | None = None,
) -> tuple[Import, Plan]:  # fmt: skip
    """Keep a file and apply it at once, without a preview.

    Raises as `upload_ledger` and `apply_import` do.
    """
    import_ = Import(file_name=_called(file_name), by=actor, mapping_source=mapping_source)
    opened = _keep(import_, chunks, mapping=mapping, sheet=sheet)
    return import_, cast("Plan", _apply(import_, opened, actor=actor, today=today))


def import_investment(
    chunks: Iterable[bytes], *, file_name: str, actor: User, today: date, year: int | None = None,
    unit: str = "", sheet: str | None = None, amounts_are_right: bool = False,
) -> tuple[Import, InvestmentChanges]:  # fmt: skip
    """The same with a workbook of investment by month. An import that is in doubt waits to be confirmed."""
    import_ = Import(
        what=Import.What.INVESTMENT, file_name=_called(file_name), by=actor, year=year, unit=unit
    )
    opened = _keep(import_, chunks, mapping=None, sheet=sheet)
    plan = _apply(import_, opened, actor=actor, today=today, amounts_are_right=amounts_are_right)
    return import_, cast("InvestmentChanges", plan)


def preview_again(import_: Import, *, actor: User, today: date, unit: str | None = None) -> None:
    """Look again at what an import that waits for confirmation would change; with a `unit`, read in that one.

    Raises RuleError where it does not wait, is somebody else's, or its file is gone.
    """
    _refuse_twice(import_, actor)
    if unit is not None:
        import_.unit = unit
    plan = _plan(_reopen(import_), actor=actor, today=today)
    with transaction.atomic():
        held = Import.objects.select_for_update(of=("self",)).get(pk=import_.pk)
        _refuse_twice(held, actor)
        held.unit = import_.unit
        _note(held, plan)
        _look_ahead(held, plan, today)
        held.save()


def apply_import(
    import_: Import, *, actor: User, today: date, digest: str | None = None, amounts_are_right: bool = False
) -> Changes:
    """Write what the spreadsheet says, all of it in one transaction; rejected rows aside.

    The plan is made anew under the locks. Raises RuleError where the import was applied already, is somebody
    else's, no longer does what the preview with this `digest` showed, or has amounts that are doubtful and not said to
    be right; then nothing is written.
    """
    _refuse_twice(import_, actor)
    return _apply(
        import_, _reopen(import_),
        actor=actor, today=today, digest=digest, amounts_are_right=amounts_are_right,
    )  # fmt: skip


def _upload(
    import_: Import, chunks: Iterable[bytes], *, mapping: LedgerMapping | None, sheet: str | None, today: date
) -> None:
    with _kept(import_, chunks):
        plan = _plan(_open(import_, mapping, sheet), actor=import_.by, today=today)
        _note(import_, plan)
        _look_ahead(import_, plan, today)
        import_.save()


def _keep(
    import_: Import, chunks: Iterable[bytes], *, mapping: LedgerMapping | None, sheet: str | None
) -> Opened:
    with _kept(import_, chunks):
        opened = _open(import_, mapping, sheet)
        _say_what_it_is(import_, opened)
        import_.save()
    return opened


def _open(import_: Import, mapping: LedgerMapping | None, sheet: str | None) -> Opened:
    name = import_.file_name
    if import_.what == Import.What.INVESTMENT:
        return open_investment(import_.file, sheet=sheet, name=name, year=import_.year, unit=import_.unit)
    return open_ledger(import_.file, mapping=mapping, sheet=sheet, name=name)


def _plan(opened: Opened, *, actor: User, today: date, holds: bool = False) -> Changes:
    if isinstance(opened, OpenInvestment):
        return plan_changes(opened, actor=actor, today=today, holds=holds)
    return make_plan(opened, actor=actor, today=today, holds=holds)


def _apply(
    import_: Import, opened: Opened, *, actor: User, today: date, digest: str | None = None,
    amounts_are_right: bool = False,
) -> Changes:  # fmt: skip
    try:
        return _applied(import_, opened, actor, today, digest, amounts_are_right=amounts_are_right)
    except (OutdatedPreviewError, DoubtfulAmountsError):
        preview_again(import_, actor=actor, today=today)
        raise
    except RuleError:
        raise
    except IntegrityError as error:
        raise RuleError(_STALE, file=import_.file_name) from error  # written by somebody in this moment
    except Exception:
        Import.objects.filter(pk=import_.pk, state=Import.State.PREVIEWED).update(state=Import.State.FAILED)
        raise


@transaction.atomic
def _applied(
    import_: Import, opened: Opened, actor: User, today: date, digest: str | None, *, amounts_are_right: bool
) -> Changes:
    one_import_at_a_time()
    held = Import.objects.select_for_update(of=("self",)).get(pk=import_.pk)
    _refuse_twice(held, actor)
    plan = _plan(opened, actor=actor, today=today, holds=True)
    _refuse_stale(held, plan, digest)
    if isinstance(plan, Plan):
        write_projects(plan, held, actor=actor, today=today)
    else:
        _refuse_doubtful(held, plan, amounts_are_right=amounts_are_right)
        write_investment(plan, held, actor=actor, today=today)
    _note(held, plan)
    held.state, held.applied_at = Import.State.APPLIED, timezone.now()
    held.save()
    return plan


@contextmanager
def _kept(import_: Import, chunks: Iterable[bytes]) -> Iterator[None]:
    """The file is kept with the record of the import, which is not yet saved; an error forgets the file."""
    if not may_import(import_.by):
        raise PermissionDenied
    try:
        keep_file(import_, chunks)
        yield
    except BaseException:
        forget_file(import_)
        raise


def _called(file_name: str) -> str:
    return storable(file_name)[-255:]


_STALE = gettext_noop("What “%(file)s” would change is no longer what you were shown; look at it again.")
_APPLIED = gettext_noop("“%(file)s” has been applied already.")
_FAILED = gettext_noop("Applying “%(file)s” has failed; upload it again.")
_NO_FILE = gettext_noop("The file of “%(file)s” is no longer kept; upload it again.")
_DOUBTFUL = gettext_noop(
    "The amounts of “%(file)s” add up to %(total)s, as if yuan had been taken for 10,000 yuan; nothing was written. "
    "Say that they are right as they stand, or in which unit they are."
)
_NOT_HIS = gettext_noop("Only the one who uploaded “%(file)s” can confirm it.")


def _refuse_stale(import_: Import, plan: Changes, digest: str | None) -> None:
    if digest is not None and digest != plan.digest:
        raise OutdatedPreviewError(_STALE, file=import_.file_name)


def _refuse_doubtful(import_: Import, plan: InvestmentChanges, *, amounts_are_right: bool) -> None:
    if plan.doubt is not None and not amounts_are_right:
        raise DoubtfulAmountsError(_DOUBTFUL, file=import_.file_name, total=money_in_words(plan.doubt.total))


def _refuse_twice(import_: Import, actor: User) -> None:
    if import_.state == Import.State.APPLIED:
        raise RuleError(_APPLIED, file=import_.file_name)
    if import_.state == Import.State.FAILED:
        raise RuleError(_FAILED, file=import_.file_name)
    if import_.by_id != actor.pk:
        raise RuleError(_NOT_HIS, file=import_.file_name)


def _reopen(import_: Import) -> Opened:
    mapping = None
    if import_.mapping_source:
        mapping = parse_mapping(import_.mapping_source, where=f"{import_.mapping}.toml")
    elif import_.what == Import.What.PROJECTS:
        mapping = load_mapping(import_.mapping)
    try:
        return _open(import_, mapping, import_.sheet)
    except FileNotFoundError as error:
        raise RuleError(_NO_FILE, file=import_.file_name) from error


def _say_what_it_is(import_: Import, opened: Opened) -> None:
    import_.sheet = opened.table.sheet
    if isinstance(opened, OpenLedger):
        import_.mapping = opened.mapping.name[:100]


def _look_ahead(import_: Import, plan: Changes, today: date) -> None:
    """What a preview adds: how many nodes applying it would leave overdue."""
    if isinstance(plan, Plan):
        import_.report["late"] = late_after(plan, today)


def _note(import_: Import, plan: Changes) -> None:
    """What the plan counts and says, and the workbook of the rows it rejects."""
    _say_what_it_is(import_, plan.opened)
    for verdict in Verdict:
        setattr(import_, verdict, plan.counts[verdict])
    import_.digest, import_.report = plan.digest, report_of(plan)
    import_.rejects.unlink(missing_ok=True)
    write_rejects(plan, import_.rejects, file_name=import_.file_name)
