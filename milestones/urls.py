from django.urls import path

from milestones.views import drafts, my, nodes, overdue, projects, proofs, templates

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
    path("templates/", templates.templates, name="templates"),
    path("templates/<slug:code>/v<int:version>/", templates.template, name="template"),
    path("templates/<slug:code>/v<int:version>/toml/", templates.toml, name="template_toml"),
    path("templates/<slug:code>/draft/", drafts.draft, name="draft"),
    path("templates/<slug:code>/draft/begin/", templates.begin, name="draft_begin"),
    path("templates/<slug:code>/draft/add/", drafts.add, name="draft_add"),
    path("templates/<slug:code>/draft/nodes/<slug:node>/", drafts.node, name="draft_node"),
    path("templates/<slug:code>/draft/nodes/<slug:node>/drop/", drafts.drop, name="draft_drop"),
    path("templates/<slug:code>/draft/nodes/<slug:node>/move/", drafts.move, name="draft_move"),
    path("templates/<slug:code>/draft/head/", drafts.head, name="draft_head"),
    path("templates/<slug:code>/draft/parts/<slug:table>/", drafts.parts, name="draft_parts"),
    path("templates/<slug:code>/draft/text/", drafts.text, name="draft_text"),
    path("templates/<slug:code>/draft/toml/", drafts.toml, name="draft_toml"),
    path("templates/<slug:code>/draft/publish/", drafts.publish, name="draft_publish"),
    path("templates/<slug:code>/draft/discard/", drafts.discard, name="draft_discard"),
]
