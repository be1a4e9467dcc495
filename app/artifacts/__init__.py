"""Where adapters' files are kept: a folder of this machine, or Supabase Storage."""

from app.artifacts.opening import open_artifacts

__all__ = ["open_artifacts"]
