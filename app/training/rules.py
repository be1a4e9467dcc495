"""What the gate wants of an adapter before people's answers may use it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """The limits, each with why it is what it is.

    General questions come five to a page, and the tests take them for independent: where a whole
    page goes wrong, the p of `content` and `sources` is smaller than it should be.

    Attributes:
        level: how often, at most, a test may say yes where there is nothing: one in twenty, as is
            usual. An adapter has to pass all rules, so that more rules never make it easier.
        least_pairs: held-out pairs. Of 16, 12 right have p = .038; of 8 not even 6 say anything.
        least_threads: threads that these come from. Pairs of one thread are alike; of 8 threads,
            7 have to go the adapter's way (p = .035).
        content_margin: the share of answers that may no longer quote what they quoted. One in ten
            is what people put up with for a style that they asked for; a recipe that forgets what
            the sources say loses half and more.
        kept: the share of what an answer quoted that has to be there for it to be kept. One half,
            so that an answer may become shorter, as people may have taught.
        source_margin: the share of right sources on general questions that may be lost.
        perplexity: how many times the perplexity of general text may be what it was; for a model
            that only repeats sentences, of sentences that it is to repeat. Style alone moves that
            by one or two in a hundred.
        shortest, longest: how many times the length that it had, or that people taught where
            they want it shorter or longer, an answer may have on average.
        repeats: the share of its runs of words from which an answer repeats itself.
        spoilt: the share of answers that may newly repeat themselves, open with the same words
            twice or not come to an end; a single one always may.
        change: the least that the largest change of logits has to be, relative to the largest
            logit. Rounding to 16 bits alone changes them by some thousandths.
        columns: whether the gate wants to know what the adapter is worth beside memory and
            weights. Without that it is only good for a first look.
    """

    level: float = 0.05
    least_pairs: int = 16
    least_threads: int = 8
    content_margin: float = 0.10
    kept: float = 0.5
    source_margin: float = 0.05
    perplexity: float = 1.05
    shortest: float = 0.5
    longest: float = 2.0
    repeats: float = 0.2
    spoilt: float = 0.02
    change: float = 0.01
    columns: bool = True
