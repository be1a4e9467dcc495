"""The BM25 index of one tree of files, by tantivy, and how it is asked.

Words are made by us (`app.text.words`) and stored joined by spaces, so that index and query
agree on them. Fields: `body` has the words of prose, docstrings, comments and signatures;
`code` those of everything else in source files; `head` the title's, `place` the path's.
"""

from collections.abc import Iterable, Sequence
from math import log1p
from pathlib import Path
from typing import Any

from tantivy import Document, Index, Occur, Query, SchemaBuilder, Searcher

from app.domain import Facts, Hit, Passage, SourceKind
from app.knowledge.archive import File
from app.knowledge.names import Names
from app.knowledge.passages import passages
from app.text.quotable import suffix_of
from app.text.source import apart
from app.text.terms import Term, terms
from app.text.words import search_words

WEIGHTS = {"body": 1.0, "head": 1.3, "place": 0.7, "code": 0.4}
RELATED = 0.6
FUZZY = 3.0
_HEAP = 96 * 1024 * 1024
_PER_FILE = 10_000


def schema() -> Any:
    """Returns the schema; every field is stored, so that a document can be written again."""
    builder = SchemaBuilder()
    for name in ("body", "head", "place", "code"):
        builder.add_text_field(name, stored=True, tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("file", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("path", "title", "text", "kind"):
        builder.add_text_field(name, stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("start", "end"):
        builder.add_integer_field(name, stored=True)
    return builder.build()


def documents(file: File) -> list[Document]:
    """Cuts a file into passages and makes the document of each."""
    found = []
    place = " ".join(search_words(file.path))
    for passage in passages(file.path, file.text):
        if passage.kind is SourceKind.CODE:
            words, rest = apart(passage.text, suffix_of(passage.path))
            said, code = search_words(words), search_words(rest)
        else:
            said, code = search_words(passage.text), []
        found.append(
            Document(
                body=" ".join(said),
                code=" ".join(code),
                head=" ".join(search_words(passage.title)),
                place=place,
                file=_key(file),
                path=passage.path,
                title=passage.title,
                text=passage.text,
                kind=passage.kind.value,
                start=passage.start_line,
                end=passage.end_line,
            )
        )
    return found


def _key(file: File) -> str:
    return f"{file.hash} {file.path}"


def write(files: Iterable[File], *, folder: Path | None, previous: "Previous | None") -> Index:
    """Writes an index of the files into an empty folder, or in memory.

    Args:
        files: read once; only one is held at a time.
        folder: where to write; None keeps the index in memory.
        previous: an older index whose documents are taken over for files that have not changed.
    """
    index = Index(schema(), path=str(folder)) if folder else Index(schema())
    writer = index.writer(_HEAP, 1)
    try:
        for file in files:
            known = previous.documents(file) if previous else []
            for document in known or documents(file):
                writer.add_document(document)
        writer.commit()
    finally:
        # Its threads make files: who clears the folder after a failure is to come after them.
        writer.wait_merging_threads()
    index.reload()
    return index


class Previous:
    """An older index to take unchanged files' documents from."""

    def __init__(self, index: Index) -> None:
        self._schema = index.schema
        self._searcher = index.searcher()

    def documents(self, file: File) -> list[Document]:
        """Returns the documents of the same file with the same bytes; none if there is none."""
        query = Query.term_query(self._schema, "file", _key(file), "basic")
        hits = self._searcher.search(query, _PER_FILE, count=False).hits
        found = [self._searcher.doc(address) for _, address in hits]
        return sorted(found, key=lambda document: int(document.get_first("start") or 0))


_NONE = Names()


class IndexedCorpus:
    """The text of one repository at one commit, searched by BM25; a `Corpus` port."""

    def __init__(
        self,
        index: Index,
        *,
        commit: str,
        facts: Facts,
        paths: frozenset[str],
        names: Names = _NONE,
    ) -> None:
        self._schema = index.schema
        self._searcher: Searcher = index.searcher()
        self._names = names
        self._commit = commit
        self._facts = facts
        self._paths = paths
        self._frequencies: dict[str, int] = {}

    @property
    def commit(self) -> str:
        return self._commit

    @property
    def facts(self) -> Facts:
        return self._facts

    @property
    def paths(self) -> frozenset[str]:
        return self._paths

    @property
    def size(self) -> int:
        """The number of passages."""
        return int(self._searcher.num_docs)

    def frequency(self, word: str) -> int:
        """The number of passages with a stemmed word."""
        if word not in self._frequencies:
            self._frequencies[word] = max(
                int(self._searcher.doc_freq(field, word)) for field in WEIGHTS
            )
        return self._frequencies[word]

    def rarity(self, word: str) -> float:
        """The inverse document frequency of a stemmed word among the passages, at least 0."""
        count = self.frequency(word)
        return log1p((self.size - count + 0.5) / (count + 0.5))

    def knows(self, name: str) -> bool:
        """Tells whether an exact name stands anywhere in the text, whatever its case.

        Args:
            name: an identifier, a flag with its dashes, or a dotted name or path as one word.
        """
        word = name.lower()
        return word in self._names or any(self._searcher.doc_freq(f, word) for f in WEIGHTS)

    def codes(self, name: str) -> bool:
        """Tells whether source code has a name as one word, its comments aside."""
        return bool(self._searcher.doc_freq("code", name.lower()))

    def passages(self, path: str) -> Sequence[Passage]:
        """Returns a file's passages in order; none where its text was not read."""
        query = Query.term_query(self._schema, "path", path, "basic")
        hits = self._searcher.search(query, _PER_FILE, count=False).hits
        found = [_passage(self._searcher.doc(address)) for _, address in hits]
        return sorted(found, key=lambda passage: passage.start_line)

    def having(self, text: str, limit: int) -> Sequence[Passage]:
        """Returns passages that have every word of a text, common words aside, best first."""
        words = list(dict.fromkeys(search_words(text)))
        if not words:
            return []
        asked = [
            Query.boolean_query(
                [
                    (Occur.Should, Query.term_query(self._schema, field, word, "freq"))
                    for field in ("body", "code", "head")
                ]
            )
            for word in words
        ]
        query = Query.boolean_query([(Occur.Must, one) for one in asked])
        hits = self._searcher.search(query, limit, count=False).hits
        return [_passage(self._searcher.doc(address)) for _, address in hits]

    def search(self, text: str, limit: int) -> Sequence[Hit]:
        """Returns the best passages for a text, best first; ties in order of path and line."""
        concepts = [concept for term in terms(text) if (concept := self._concept(term))]
        if not concepts or limit < 1:
            return []
        query = Query.boolean_query([(Occur.Should, concept) for concept in concepts])
        hits = self._searcher.search(query, limit, count=False).hits
        found = [
            Hit(passage=_passage(self._searcher.doc(address)), score=float(score))
            for score, address in hits
        ]
        return sorted(found, key=lambda hit: (-hit.score, hit.passage.path, hit.passage.start_line))

    def _concept(self, term: Term) -> Query | None:
        """Asks for a term, less for words related to it, in whichever field fits best."""
        word = term.word
        forms = {word: 1.0, **{kin: RELATED * near for kin, near in term.related.items()}}
        present = {form: weight for form, weight in forms.items() if self.frequency(form)}
        if not present:
            if len(word) < 5 or "_" in word:
                return None
            near = Query.fuzzy_term_query(self._schema, "body", word, 1)
            return Query.boost_query(near, FUZZY)
        asked = [
            Query.boost_query(Query.term_query(self._schema, field, form, "freq"), weight * boost)
            for form, weight in present.items()
            for field, boost in WEIGHTS.items()
        ]
        return Query.disjunction_max_query(asked, 0.2)


def _passage(document: Document) -> Passage:
    fields = document.to_dict()
    return Passage(
        path=fields["path"][0],
        start_line=fields["start"][0],
        end_line=fields["end"][0],
        title=fields["title"][0],
        text=fields["text"][0],
        kind=SourceKind(fields["kind"][0]),
    )
