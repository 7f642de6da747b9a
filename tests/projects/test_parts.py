"""The parts of pages: each says by shape, word and name what colour says, and lets nothing through unescaped."""

from dataclasses import dataclass

from django.template import Context, Template
from django.test import RequestFactory

from projects.templatetags.parts import change, chip, figure, mark, progress


@dataclass(frozen=True)
class Note:
    text: str
    url: str = ""


def rendered(source: str, path: str = "/", **context: object) -> str:
    request = RequestFactory().get(path)
    return Template("{% load parts %}" + source).render(Context({"request": request, **context}))


def test_a_mark_is_a_shape_beside_its_word() -> None:
    assert mark("light-red", "<late>") == (
        '<span class="light"><svg aria-hidden="true"><use href="#light-red"/></svg>&lt;late&gt;</span>'
    )
    assert 'title="since &quot;then&quot;"' in mark("mark-idle", "idle", 'since "then"')


def test_a_chip_has_its_kind_and_what_it_means() -> None:
    assert chip("key", "strong", "a key project") == (
        '<span class="chip strong" title="a key project">key</span>'
    )
    assert chip("plain") == '<span class="chip">plain</span>'


def test_a_figure_is_one_link_to_its_rows() -> None:
    assert figure("Late", 3, url="?a=1&b=2", note="of 9", tone="red", is_here=True) == (
        '<a class="fig" href="?a=1&amp;b=2" aria-current="page"><span class="d">Late</span>'
        '<span class="n red">3</span><span class="d">of 9</span></a>'
    )


def test_a_figure_whose_remarks_have_rows_of_their_own_holds_no_link_in_a_link() -> None:
    shown = figure("Late", 3, url="/late/", notes=[Note("1 new", "/new/"), Note("<b>")])
    assert shown.startswith('<div class="fig"><a class="open" href="/late/">')
    assert shown.endswith('</a><span class="d"><a href="/new/">1 new</a> · &lt;b&gt;</span></div>')


def test_a_figure_without_rows_is_no_link() -> None:
    assert figure("Due", "1 May") == (
        '<div class="fig"><span class="d">Due</span><span class="n">1 May</span></div>'
    )


def test_a_change_is_a_sign_for_the_eye_and_words_for_the_ear() -> None:
    shown = change("+3", "three more than the week before")
    assert '<span aria-hidden="true">+3</span>' in shown
    assert '<span class="unseen">three more than the week before</span>' in shown
    assert change("", "") == ""


def test_progress_has_a_name() -> None:
    assert progress(2, 5, "Done") == '<progress max="5" value="2" aria-label="Done">2/5</progress>'


def test_the_place_that_is_shown_is_marked_and_says_what_waits_there() -> None:
    assert rendered('{% place "/topics/" "Topics" %}', "/topics/") == (
        '<a href="/topics/" aria-current="page">Topics</a>'
    )
    assert rendered('{% place "/topics/" "Topics" 2 "late" %}') == (
        '<a href="/topics/">Topics <span class="count" title="late">2</span></a>'
    )


def test_a_live_filter_bar_renews_the_rows_and_a_plain_one_is_sent() -> None:
    inside = "{% more_filters %}<i></i>{% endmore_filters %}"
    live = rendered('{% filters "/x/" live=True %}' + inside + "{% endfilters %}")
    assert 'hx-get="/x/" hx-target="#results"' in live
    assert '<label class="button more" for="more">More filters</label><div class="fields"><i></i>' in live
    plain = rendered('{% filters "/x/" %}{% endfilters %}')
    assert plain == '<form class="filters card" action="/x/" aria-label="Filters"></form>'


def test_an_empty_list_says_why_and_leads_on() -> None:
    part = '{% include "parts/empty.html" %}'
    nothing = rendered(part, says="Nothing yet.", url="/new/", label="Begin", is_good=True)
    assert "Nothing yet." in nothing
    assert '<a class="button" href="/new/">Begin</a>' in nothing
    assert "#light-blue" in nothing
    narrowed = rendered(
        part, says="Nothing yet.", is_narrowed=True, all_url="/all/", url="/new/", label="Begin"
    )
    assert "Nothing matches." in narrowed
    assert 'href="/all/"' in narrowed
    assert "/new/" not in narrowed
