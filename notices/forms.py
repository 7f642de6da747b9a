"""What the page of the calendar feed sends."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from notices.models import CalendarFeed


class FeedForm(forms.Form):
    scope = forms.ChoiceField(choices=CalendarFeed.Scope.choices, label=_("which dates"))
    language = forms.ChoiceField(choices=settings.LANGUAGES, label=_("language"))


class NewFeedForm(FeedForm):
    """`replaces`: the feed that the page showed, so that what was sent twice is done once."""

    replaces = forms.IntegerField(required=False)
