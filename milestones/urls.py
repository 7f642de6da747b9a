from django.urls import path

from milestones.views import my, nodes, overdue, projects, proofs

app_name = "milestones"
urlpatterns = [
    path("my/", my.my, name="my"),
    path("overdue/", overdue.overdue, name="overdue"),
    path("overdue/export/", overdue.export, name="overdue_export"),
    path("overdue/behind/<int:pk>/", overdue.behind, name="behind"),
    path("projects/", projects.projects, name="projects"),
    path("projects/<int:pk>/", projects.project, name="project"),
    path("nodes/<int:pk>/start/", nodes.start, name="start"),
    path("nodes/<int:pk>/finish/", nodes.finish, name="finish"),
    path("nodes/<int:pk>/waive/", nodes.waive, name="waive"),
    path("nodes/<int:pk>/reopen/", nodes.reopen, name="reopen"),
    path("nodes/<int:pk>/proofs/", proofs.add, name="add_proofs"),
    path("proofs/<int:pk>/", proofs.show, name="proof"),
    path("proofs/<int:pk>/thumbnail/", proofs.thumbnail, name="proof_thumbnail"),
    path("proofs/<int:pk>/withdraw/", proofs.withdraw, name="withdraw_proof"),
]
