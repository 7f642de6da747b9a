"""What the one screen says hundreds of times; a template would take longer for it than all counting takes."""

from html import escape

from django.template import Library
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from milestones.templatetags.lights import days_late, light_word
from projects.templatetags.parts import mark
from screen.drawing import Cell, Drawing, DrawnColumn
from screen.matrix import Matrix, MatrixCell, MatrixRow

register = Library()


@register.simple_tag
def chain_columns(drawing: Drawing) -> SafeString:
    """The columns of a chain's picture, each a link to its rows that says in words what it shows."""
    said = _(
        "%(name)s: %(causes)s overdue causes, %(knocked_on)s knocked on, %(soon)s due soon, %(running)s on time, "
        "%(held)s on hold, %(waiting)s waiting, %(done)s done"
    )
    return mark_safe("\n".join(_column(drawing, each, said) for each in drawing.columns))  # noqa: S308 - escaped


def _column(drawing: Drawing, each: DrawnColumn, said: str) -> str:
    column = each.column
    title = said % {
        "name": column.label, "causes": column.causes, "knocked_on": column.knocked_on, "soon": column.soon,
        "running": column.running, "held": column.held, "waiting": column.waiting, "done": column.done,
    }  # fmt: skip
    size = f'x="{-drawing.half:g}" width="{drawing.thick:g}"'
    bars = "".join(
        f'<rect class="{bar.look}" y="{bar.y:g}" height="{bar.height:g}" {size}/>' for bar in each.bars
    )
    numbers = (
        _number(each.late_y, each.late, ' class="late"' if column.causes else "")
        + _number(each.moving_y, each.moving)
        + _number(drawing.waiting_y, each.waiting)
        + _number(drawing.done_y, each.done)
    )
    look = "name late" if each.is_fullest else "name"
    names = "".join(
        f'<text class="{look}" x="{name.x:g}" y="{name.y:g}">{escape(name.text)}</text>'
        for name in each.names
    )
    return (
        f'<a href="{escape(each.url)}" data-count="{each.count}"><title>{escape(title)}</title>'
        f'<rect class="hit" x="{each.left:g}" y="{drawing.top:g}" width="{drawing.step:g}" height="{drawing.tall:g}"/>'
        f'<g transform="translate({each.x:g})">{bars}'
        f'<circle class="stop{" key" if column.is_key else ""}" cy="{drawing.base:g}" r="4"/>{numbers}</g>{names}</a>'
    )


def _number(y: float, text: str, look: str = "") -> str:
    return f'<text{look} y="{y:g}">{text}</text>' if text else ""


@register.simple_tag
def chain_rows(drawing: Drawing) -> SafeString:
    """The same numbers as rows of a table."""
    key = f' <span class="chip">{escape(_("key node"))}</span>'
    rows = []
    for each in drawing.columns:
        column = each.column
        cells = "".join(map(_count, each.cells))
        rows.append(
            f'<tr><th scope="row">{escape(column.label)}{key if column.is_key else ""}</th>'
            f'<td class="soft">{escape(column.stage)}</td>{cells}</tr>'
        )
    return mark_safe("\n".join(rows))  # noqa: S308 - every part is escaped


def _count(cell: Cell) -> str:
    if not cell.count:
        return '<td class="n"><span class="faint">0</span></td>'
    look = ' class="red"' if cell.is_late else ""
    return f'<td class="n"><a href="{escape(cell.url)}" data-count="{cell.count}"{look}>{cell.count}</a></td>'


@register.simple_tag
def matrix_rows(matrix: Matrix) -> SafeString:
    """A row for each project: its name, the node that has been overdue longest, and the lights of its key nodes."""
    return mark_safe("\n".join(map(_project, matrix.rows)))  # noqa: S308 - every part is escaped


def _project(row: MatrixRow) -> str:
    url = reverse("milestones:project", args=[row.pk])
    late = (
        f'<td class="longest"><a href="{url}#node-{row.worst_pk}">'
        f"{mark('light-red', days_late(row.days_late))}</a><small>{escape(row.worst)}</small></td>"
    )
    cells = "".join(f"<td>{_cell(url, cell) if cell else ''}</td>" for cell in row.cells)
    return f'<tr><th scope="row"><a href="{url}">{escape(row.name)}</a></th>{late}{cells}</tr>'


def _cell(url: str, cell: MatrixCell) -> str:
    word = escape(light_word(cell.light))
    title = f"{word} · {days_late(cell.days_late)}" if cell.days_late else word
    return f'<a href="{url}#node-{cell.pk}" title="{title}"><svg><use href="#light-{cell.light}"/></svg></a>'
