"""The JSON shapes of GitHub's REST API and webhooks, from the playground's values."""
