"""The durable queue, on the tables of DBOS: what is put here is done, whatever crashes.

Work is known by its key: the same key is the same work. The web process only puts deliveries
in; a worker (`app.jobs`) takes them out. In the queue's tables are ids alone, as JSON, never
people's text. https://docs.dbos.dev/python/reference/client
"""
