"""The template of the minutes in place of the one before."""

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_noop

from accounts.models import User
from domain.errors import InputError
from history.models import Change
from meetings.actions.holding import refuse_others
from meetings.minutes.templates import MOST_BYTES, check_template
from meetings.models import MinutesTemplate
from projects.file_actions import StoredFile
from projects.files.kinds import DOCX


def replace_template(stored: StoredFile, *, actor: User) -> MinutesTemplate:
    """Let minutes be filled into this file from now on; the templates before it are kept.

    Raises PermissionDenied for whoever does not run the meeting, InputError where minutes cannot be filled into it.
    """
    refuse_others(actor)
    if stored.content_type != DOCX.content_type:
        raise InputError(gettext_noop("“%(file)s” is no Word document (.docx)."), file=stored.name)
    if stored.size > MOST_BYTES:
        raise InputError(
            gettext_noop("“%(file)s” is larger than %(megabytes)d MB."),
            file=stored.name, megabytes=MOST_BYTES // 1024 // 1024,
        )  # fmt: skip
    with default_storage.open(stored.path, "rb") as file:
        check_template(bytes(file.read()), stored.name)
    with transaction.atomic():
        template = MinutesTemplate.objects.create(**stored.fields(), added_by=actor)
        Change.objects.create(
            verb=Change.Verb.MINUTES_TEMPLATE_CHANGED, actor=actor,
            after={"file": stored.name, "template": template.pk},
        )  # fmt: skip
    return template
