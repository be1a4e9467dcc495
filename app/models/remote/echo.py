"""The log-probability of a given text, from a server that repeats its prompt with them.

vLLM does (`echo`); llama.cpp refuses, `transformers serve` passes over it.
"""

import math

from app.errors import UserError
from app.models.remote.dialect import PROBE, Ask
from app.models.remote.faults import Refused
from app.models.remote.line import Line
from app.models.remote.odds import least
from app.models.remote.pieces import logprob
from app.models.remote.replies import Choice, Reply, Token

_ALTERNATIVES = 5
_ENDS = frozenset(
    {
        "",
        "</s>",
        "<eos>",
        "<|endoftext|>",
        "<|end_of_text|>",
        "<|im_end|>",
        "<|eot_id|>",
        "<|end|>",
        "<|return|>",
        "<end_of_turn>",
    }
)
"""How the tokens are spelled with which well-known models end a text."""


def supported(line: Line) -> bool:
    """Finds out, on a text of our own, whether a server repeats its prompt with numbers."""
    if line.dialect.chat or not line.dialect.logprobs:
        return False
    try:
        return _split(line.send(_ask(PROBE), echo=True)) is not None
    except Refused as error:
        if error.status in {400, 422}:
            return False
        raise


def prompt_tokens(line: Line, text: str) -> tuple[Token, ...]:
    """Returns a text's tokens as the server reads them, with their log-probabilities."""
    return _repeated(line, text)[0]


def measure(line: Line, before: tuple[Token, ...], prompt: str, text: str) -> float:
    """Returns the log-probability, in nats, of a text and its end after a prompt.

    Where the last token of the prompt is another one with the text behind it, that is made
    good by what the prompt's own would have had. Where the end is not among the most probable
    tokens, the most that its probability can be is taken.
    """
    after, end = _repeated(line, prompt + text)
    same = 0
    while same < min(len(before), len(after)) and before[same].text == after[same].text:
        same += 1
    return logprob(after[same:]) - logprob(before[same:]) + end


def _ask(text: str) -> Ask:
    return Ask(text=text, tokens=1, logprobs=_ALTERNATIVES)


def _repeated(line: Line, text: str) -> tuple[tuple[Token, ...], float]:
    found = _split(line.send(_ask(text), echo=True))
    if found is None:
        raise UserError("the model's server no longer gives the log-probabilities of its prompt")
    return found


def _split(answer: Reply) -> tuple[tuple[Token, ...], float] | None:
    """Returns the prompt's tokens, and the log-probability that the text ends there."""
    choice = answer.choices[0] if answer.choices else None
    if choice is None or not choice.tokens or answer.usage is None:
        return None
    # One token follows the prompt; a server that hides it where it is the end is of no use.
    prompt, following = choice.tokens[:-1], choice.tokens[-1]
    if not prompt or answer.usage.read != len(prompt):
        return None
    if any(token.logprob is None for token in prompt[1:]):
        return None
    return prompt, _end(choice, following)


def _end(choice: Choice, following: Token) -> float:
    if choice.reason == "stop" and following.logprob is not None:
        return following.logprob
    ends = [value for text, value in following.top if text in _ENDS]
    if ends:
        return math.log(math.fsum(map(math.exp, ends)))
    return least(following.top) if following.top else 0.0
