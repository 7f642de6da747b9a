"""A project code taken apart for its reader: what each group of digits says (GB/T 40058, domain.md 4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from domain.project_code import (
    AssignedIn,
    CodeForm,
    CodeWarning,
    ProjectCode,
    ProjectCodeError,
    read_project_code,
)

_MONTHS = {"zh-hans": "Y年n月", "en": "F Y"}

PROVINCES = {
    "11": gettext_lazy("Beijing"),
    "12": gettext_lazy("Tianjin"),
    "13": gettext_lazy("Hebei"),
    "14": gettext_lazy("Shanxi"),
    "15": gettext_lazy("Inner Mongolia"),
    "21": gettext_lazy("Liaoning"),
    "22": gettext_lazy("Jilin"),
    "23": gettext_lazy("Heilongjiang"),
    "31": gettext_lazy("Shanghai"),
    "32": gettext_lazy("Jiangsu"),
    "33": gettext_lazy("Zhejiang"),
    "34": gettext_lazy("Anhui"),
    "35": gettext_lazy("Fujian"),
    "36": gettext_lazy("Jiangxi"),
    "37": gettext_lazy("Shandong"),
    "41": gettext_lazy("Henan"),
    "42": gettext_lazy("Hubei"),
    "43": gettext_lazy("Hunan"),
    "44": gettext_lazy("Guangdong"),
    "45": gettext_lazy("Guangxi"),
    "46": gettext_lazy("Hainan"),
    "50": gettext_lazy("Chongqing"),
    "51": gettext_lazy("Sichuan"),
    "52": gettext_lazy("Guizhou"),
    "53": gettext_lazy("Yunnan"),
    "54": gettext_lazy("Tibet"),
    "61": gettext_lazy("Shaanxi"),
    "62": gettext_lazy("Gansu"),
    "63": gettext_lazy("Qinghai"),
    "64": gettext_lazy("Ningxia"),
    "65": gettext_lazy("Xinjiang"),
    "71": gettext_lazy("Taiwan"),
    "81": gettext_lazy("Hong Kong"),
    "82": gettext_lazy("Macao"),
}
DEPARTMENTS = {
    "04": gettext_lazy("development and reform"),
    "07": gettext_lazy("industry and information technology"),
    "89": gettext_lazy("other departments"),
}
"""The ones that have been seen (domain.md 4.1); the table of the standard could not be read."""
KINDS = {
    "01": gettext_lazy("capital construction"),
    "02": gettext_lazy("technical renovation"),
    "03": gettext_lazy("purchase of equipment alone"),
    "04": gettext_lazy("information technology"),
    "05": gettext_lazy("other projects"),
}


@dataclass(frozen=True, slots=True)
class CodePart:
    """A group of digits; `meaning` is blank where none is known, `is_doubtful` where it cannot be right."""

    digits: str
    label: str
    meaning: str
    is_doubtful: bool = False


@dataclass(frozen=True, slots=True)
class CodeMeaning:
    parts: tuple[CodePart, ...]
    warnings: tuple[CodeWarning, ...]

    @property
    def in_short(self) -> str:
        """All that is known, in one line."""
        return " · ".join(part.meaning or part.digits for part in self.parts[:-1])


def code_meaning(code: str) -> CodeMeaning | None:
    """What a project's code says; None where there is none, or it has no form that is known."""
    try:
        read = read_project_code(code) if code else None
    except ProjectCodeError:  # the actions admit none of these; a page must not fail over one
        return None
    return CodeMeaning(tuple(_parts(read)), read.warnings) if read else None


def _parts(code: ProjectCode) -> Iterator[CodePart]:
    assigned, region, third, kind, serial = code.text.split("-")
    doubts = code.warnings
    yield CodePart(
        assigned,
        pgettext("in a project code", "assigned"),
        _assigned(code.assigned),
        CodeWarning.TOO_EARLY in doubts,
    )
    province = str(PROVINCES.get(region[:2], ""))
    yield CodePart(
        region, pgettext("in a project code", "region"), province, CodeWarning.UNKNOWN_REGION in doubts
    )
    if code.form is CodeForm.NEW:
        yield CodePart(
            third, pgettext("in a project code", "department in charge"), str(DEPARTMENTS.get(third, ""))
        )
    else:
        yield CodePart(third, pgettext("in a project code", "division of industry"), "")
    yield CodePart(
        kind,
        pgettext("in a project code", "kind"),
        str(KINDS.get(kind, "")),
        CodeWarning.UNKNOWN_TYPE in doubts,
    )
    yield CodePart(
        serial,
        pgettext("in a project code", "serial number"),
        _check(code),
        CodeWarning.CHECK_DIGIT in doubts,
    )


def _assigned(assigned: AssignedIn) -> str:
    if assigned.month is None:
        return _("%(year)d, old form") % {"year": assigned.year}
    form = _MONTHS.get(get_language() or "en", _MONTHS["en"])
    return date_format(date(assigned.year, assigned.month, 1), form)


def _check(code: ProjectCode) -> str:
    if code.check_digit_ok is None:
        return _("without a check digit")
    if code.check_digit_ok:
        return _("the last digit checks the others: it fits")
    return _("the last digit checks the others: it does not fit, please compare with the filing")
