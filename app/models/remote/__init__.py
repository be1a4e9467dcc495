"""The remote back end: a language model behind any OpenAI-compatible server."""

from app.models.remote.model import Description, RemoteModel, RemoteSpec, spec
from app.models.remote.session import RemoteSession, Sampling

__all__ = ["Description", "RemoteModel", "RemoteSession", "RemoteSpec", "Sampling", "spec"]
