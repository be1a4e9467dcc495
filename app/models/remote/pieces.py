"""Pieces from sampled texts. No I/O."""

from app.domain import Piece
from app.models.remote.replies import Choice, Token

_BROKEN = "\ufffd"
"""Stands for the bytes of a character whose rest was not sampled."""


def piece(choice: Choice, *, chat: bool) -> Piece | None:
    """Returns a sampled text as a piece that ends with a whole character.

    Its log-probability is the sum of its tokens', in nats; 0 where the server gives none.
    Servers give those of the model itself, before temperature and top-p: vLLM unless it runs
    with another `--logprobs-mode`, llama.cpp unless `post_sampling_probs` is asked for.

    Returns:
        None where nothing is left that could be continued, or a filter kept the text back.
    """
    if choice.reason == "content_filter":
        return None
    text = choice.text.rstrip(_BROKEN)
    finished = choice.reason != "length" if chat else choice.reason == "stop"
    if not text and not finished:
        return None
    tokens = choice.tokens or ()
    if len(text) < len(choice.text):
        tokens = _without_broken(tokens)
    return Piece(text=text, finished=finished, logprob=logprob(tokens))


def logprob(tokens: tuple[Token, ...]) -> float:
    """Returns the sum of the tokens' log-probabilities, in nats."""
    return float(sum(token.logprob for token in tokens if token.logprob is not None))


def _without_broken(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    end = len(tokens)
    while end and (not tokens[end - 1].text or _part(tokens[end - 1].text)):
        end -= 1
    return tokens[:end]


def _part(text: str) -> bool:
    """Tells whether a token ends inside a character; OpenAI spells such `bytes:\\xe2`."""
    return text.endswith(_BROKEN) or text.startswith("bytes:")
