"""The pages of the playground: what a person sees of the local GitHub in a browser."""

from playground.pages.site import create_pages

__all__ = ["create_pages"]
