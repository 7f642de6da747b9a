from django.urls import path

from meetings.views import agenda, decisions, meeting, meetings, minutes, mode, uploads, week

app_name = "meetings"
urlpatterns = [
    path("", meetings.index, name="index"),
    path("draft/", meetings.draft, name="draft"),
    path("workbook/", week.workbook, name="workbook"),
    path("jobs/<int:pk>/", meeting.job, name="job"),
    path("decisions/", decisions.decisions, name="decisions"),
    path("decisions/<int:pk>/", decisions.decision, name="decision"),
    path("decisions/<int:pk>/<slug:name>/", decisions.step, name="decision_step"),
    path("<int:pk>/", meeting.meeting, name="meeting"),
    path("<int:pk>/change/", meeting.change, name="change"),
    path("<int:pk>/freeze/", meeting.freeze, name="freeze"),
    path("<int:pk>/workbook/", meeting.file, name="file"),
    path("<int:pk>/mode/", mode.mode, name="mode"),
    path("<int:pk>/agenda/move/", agenda.move, name="agenda_move"),
    path("<int:pk>/agenda/assign/", agenda.assign, name="agenda_assign"),
    path("<int:pk>/agenda/drop/", agenda.drop, name="agenda_drop"),
    path("<int:pk>/agenda/restore/", agenda.restore, name="agenda_restore"),
    path("<int:pk>/agenda/refresh/", agenda.refresh, name="agenda_refresh"),
    path("<int:pk>/agenda/find/", agenda.find, name="agenda_find"),
    path("<int:pk>/agenda/add/", agenda.add, name="agenda_add"),
    path("<int:pk>/decisions/", decisions.taken, name="taken"),
    path("<int:pk>/decisions/take/", decisions.take, name="take"),
    path("<int:pk>/decisions/save/", decisions.save, name="save_decision"),
    path("<int:pk>/minutes/", minutes.minutes, name="minutes"),
    path("<int:pk>/minutes.docx", minutes.minutes_docx, name="minutes_docx"),
    path("<int:pk>/send-again/", minutes.send_workbook_again, name="send_again"),
    path("minutes-template/", minutes.minutes_template, name="minutes_template"),
    path("minutes-template/file/", minutes.minutes_template_file, name="minutes_template_file"),
    path("minutes-template/delivered/", minutes.minutes_template_builtin, name="minutes_template_builtin"),
    path("uploads/", uploads.index, name="uploads"),
    path("uploads/<int:pk>/", uploads.upload, name="upload"),
    path("uploads/<int:pk>/apply/", uploads.apply, name="apply_upload"),
]
