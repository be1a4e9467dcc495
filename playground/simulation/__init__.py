"""Simulated maintainers: questions, edits and votes by one printed rule, over the public API.

They show a newcomer in minutes what people do in weeks. Every account, issue and question of
theirs says that it is simulated, and nothing here reaches around the API that people use.
"""
