"""A local GitHub: REST, GraphQL and signed webhooks over real HTTP.

It stands in for GitHub in the tests, in the demo and for newcomers.  It imports
nothing from the bot, so that whatever works here works for any client.
"""
