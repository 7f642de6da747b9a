"""Proofs over REST: brought as multipart, read as JSON, their files as they came."""

from typing import Any

from django.http import FileResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from accounts.http import UserApiRequest
from milestones.actions import add_proofs, withdraw_proof
from milestones.api.node_shapes import ReasonSerializer
from milestones.api.requests import IDEMPOTENCY_KEY, body_of, once
from milestones.models import Node, Proof
from milestones.querysets import ProofQuerySet
from projects.file_actions import stored_files
from projects.file_responses import file_response


class ProofSerializer(serializers.ModelSerializer):
    """`size` in bytes; `file` is the address of the file, empty where the proof is a number alone."""

    added_by = serializers.CharField()
    file = serializers.SerializerMethodField()

    class Meta:
        model = Proof
        fields = [
            "id", "node", "document_no", "name", "content_type", "size", "note", "added_by", "added_at", "file",
        ]  # fmt: skip

    def get_file(self, proof: Proof) -> str:
        return reverse("proof-file", args=[proof.pk]) if proof.file else ""


class BringingSerializer(serializers.Serializer):
    """Several files are several proofs under one number; a number or a file there must be."""

    document_no = serializers.CharField(required=False, allow_blank=True, default="", max_length=120)
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=500)
    files = serializers.ListField(child=serializers.FileField(allow_empty_file=True), required=False)


class NodeProofsView(APIView):
    """The proofs of a node that count, the oldest first."""

    parser_classes = [*APIView.parser_classes, MultiPartParser]
    request: UserApiRequest

    @extend_schema(responses=ProofSerializer(many=True))
    def get(self, request: UserApiRequest, node: int) -> Response:
        return self._answer(self._node(node))

    @extend_schema(
        request={"multipart/form-data": BringingSerializer, "application/json": BringingSerializer},
        responses={201: ProofSerializer(many=True)},
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: UserApiRequest, node: int) -> Response:
        """Add a document's number, files, or both. All the proofs of the node come back."""
        proven, sent = self._node(node), body_of(request, BringingSerializer)
        with stored_files(sent.pop("files", [])) as files:
            once(request, lambda: add_proofs(proven, actor=request.user, files=files, **sent))
        return self._answer(proven, status=201)

    def _node(self, pk: int) -> Node:
        return get_object_or_404(Node.objects.visible_to(self.request.user), pk=pk)

    def _answer(self, node: Node, *, status: int = 200) -> Response:
        proofs = Proof.objects.visible_to(self.request.user).live().filter(node=node)
        return Response(ProofSerializer(proofs.select_related("added_by"), many=True).data, status=status)


class ProofViewSet(GenericViewSet):
    """The proofs that count of nodes that the reader may see."""

    serializer_class = ProofSerializer
    request: UserApiRequest

    def get_queryset(self) -> ProofQuerySet:
        return Proof.objects.visible_to(self.request.user).live().select_related("added_by")

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:  # noqa: FBT001, FBT002
        """Who asks for an image gets the image; refusals are JSON whatever was asked for."""
        return super().perform_content_negotiation(request, force=True)

    def retrieve(self, request: UserApiRequest, pk: str) -> Response:
        return Response(ProofSerializer(self.get_object()).data)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def file(self, request: UserApiRequest, pk: str) -> FileResponse:
        return file_response(self.get_object())

    @extend_schema(request=ReasonSerializer, responses={204: None}, parameters=[IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def withdraw(self, request: UserApiRequest, pk: str) -> Response:
        """The proof counts no more and is found no more; the history keeps it."""
        proof = get_object_or_404(Proof.objects.visible_to(request.user), pk=pk)
        sent = body_of(request, ReasonSerializer)
        once(request, lambda: withdraw_proof(proof, actor=request.user, **sent))
        return Response(status=204)
