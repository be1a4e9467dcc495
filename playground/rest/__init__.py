"""GitHub's REST API over the world; one module for each group of endpoints."""
