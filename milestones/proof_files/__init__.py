"""Files that people bring as proofs: what they are, whether they are whole, and a small picture of them."""

from milestones.proof_files.reading import ProofFile, read_proof_file

__all__ = ["ProofFile", "read_proof_file"]
