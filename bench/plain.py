"""The named baseline of search: tantivy's English tokenizer over passages, nothing else."""

import re

from tantivy import Document, Index, Query, SchemaBuilder

from app.domain import Passage
from app.knowledge.passages import passages
from app.text.clean import decode
from bench.questions import SITE_PACKAGES, Package, documents


class PlainIndex:
    """BM25 over one body field of the same passages, in memory."""

    def __init__(self, package: Package) -> None:
        builder = SchemaBuilder()
        builder.add_text_field("body", tokenizer_name="en_stem")
        builder.add_unsigned_field("number", stored=True)
        self._index = Index(builder.build())
        self._passages: list[Passage] = [
            passage
            for path in documents(package)
            for passage in passages(path, decode((SITE_PACKAGES / path).read_bytes()))
        ]
        writer = self._index.writer(32_000_000, 1)
        for number, passage in enumerate(self._passages):
            writer.add_document(Document(body=passage.text, number=number))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()

    def search(self, text: str, limit: int) -> list[Passage]:
        """Returns the best passages for the words of a question."""
        query = self._query(text)
        searcher = self._index.searcher()
        hits = searcher.search(query, limit, count=False).hits
        return [self._passages[searcher.doc(address)["number"][0]] for _, address in hits]

    def _query(self, text: str) -> Query:
        words = " ".join(re.findall(r"\w+", text))
        query, _ = self._index.parse_query_lenient(words, ["body"])
        return query
