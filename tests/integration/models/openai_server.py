"""A small OpenAI-compatible server over a real model, in a thread, as vLLM would answer.

Completions with `n`, `logprobs`, `echo` and `seed`, chat with `n` and `logprobs`, adapters
loaded while it runs. Requests are served one by one, without any cache: the plain way.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
import uvicorn
from fastapi import FastAPI, HTTPException
from fastapi.responses import JSONResponse, PlainTextResponse
from peft import PeftModel
from torch import Tensor
from transformers import AutoModelForCausalLM, AutoTokenizer

Row = dict[str, Any]


class Plain:
    """Samples and measures by plain forward passes; remembers what was sampled after what.

    `likely` words are made so, as a model of random weights has no opinion on any.
    """

    def __init__(self, folder: Path, *, likely: tuple[str, ...] = ()) -> None:
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.folder = folder
        self.models = {"base": AutoModelForCausalLM.from_pretrained(folder).eval()}
        self.context: int = self.models["base"].config.max_position_embeddings
        self.sampled: list[tuple[list[int], list[int]]] = []
        self._end: int = self.tokenizer.eos_token_id
        self.bias = torch.zeros(len(self.tokenizer))
        for token in range(len(self.tokenizer)):
            if self.tokenizer.decode([token]).strip().lower() in likely:
                self.bias[token] = 9.0

    def load(self, name: str, folder: str) -> None:
        base = AutoModelForCausalLM.from_pretrained(self.folder)
        self.models[name] = PeftModel.from_pretrained(base, folder).eval()

    def logprobs(self, model: str, ids: list[int]) -> Tensor:
        """Returns [len(ids), vocabulary] log-probabilities, in nats, of each next token."""
        with torch.no_grad():
            logits = self.models[model](input_ids=torch.tensor([ids])).logits[0]
        return torch.log_softmax(logits.float() + self.bias, dim=-1)

    def sample(self, body: Row, ids: list[int], seed: int) -> tuple[list[int], list[Tensor], str]:
        """Returns sampled tokens, the log-probabilities in each place, and why it ended."""
        chance = torch.Generator().manual_seed(seed)
        new: list[int] = []
        rows: list[Tensor] = []
        self.sampled.append((ids, new))
        while len(new) < body["max_tokens"]:
            row = self.logprobs(body["model"], ids + new)[-1]
            heat = body.get("temperature", 1.0)
            shares = (
                torch.softmax(row / heat, dim=-1) if heat else torch.eye(len(row))[row.argmax()]
            )
            new.append(int(torch.multinomial(shares, 1, generator=chance)))
            rows.append(row)
            if new[-1] == self._end:
                return new, rows, "stop"
        return new, rows, "length"

    def text(self, ids: list[int]) -> str:
        decoded = self.tokenizer.decode(ids, skip_special_tokens=True)
        assert isinstance(decoded, str)
        return decoded

    def top(self, row: Tensor, token: int, count: int) -> dict[str, float]:
        """Returns the most probable tokens' texts, and that of the one that was taken."""
        best = [*row.topk(count).indices.tolist(), token]
        return {self.tokenizer.decode([one]): float(row[one]) for one in reversed(best)}


def app(plain: Plain) -> FastAPI:
    """Serves a model."""
    api = FastAPI()

    def choices(body: Row, ids: list[int]) -> list[tuple[list[int], list[Tensor], str]]:
        if body["model"] not in plain.models:
            said = f"The model `{body['model']}` does not exist."
            raise HTTPException(404, {"message": said, "type": "NotFoundError"})
        if len(ids) + body["max_tokens"] > plain.context:
            said = f"This model's maximum context length is {plain.context} tokens."
            raise HTTPException(400, {"message": said, "type": "BadRequestError"})
        seed = body.get("seed", 0)
        return [plain.sample(body, ids, seed + at) for at in range(body.get("n", 1))]

    @api.exception_handler(HTTPException)
    def fault(_: object, error: HTTPException) -> JSONResponse:
        return JSONResponse({"error": error.detail}, error.status_code)

    @api.get("/v1/models")
    def models() -> Row:
        return {"object": "list", "data": [{"id": name} for name in plain.models]}

    @api.post("/v1/completions")
    def completions(body: Row) -> Row:
        ids = plain.tokenizer.encode(body["prompt"])
        made = choices(body, ids)
        found = []
        for at, (new, rows, reason) in enumerate(made):
            tokens, values, text = new, rows, plain.text(new)
            numbers: list[Row | None] = []
            if body.get("echo"):
                tokens, text = ids + new, body["prompt"] + text
                values = [*plain.logprobs(body["model"], ids)[:-1], *rows]
                numbers.append(None)
            count = body.get("logprobs", 0)
            own = tokens[len(numbers) :]
            numbers += [plain.top(row, one, count) for row, one in zip(values, own, strict=True)]
            logprobs = {
                "tokens": [plain.tokenizer.decode([one]) for one in tokens],
                "token_logprobs": [None] * (len(tokens) - len(own))
                + [float(row[one]) for row, one in zip(values, own, strict=True)],
                "top_logprobs": numbers,
            }
            found.append(
                {
                    "index": at,
                    "text": text,
                    "finish_reason": reason,
                    "logprobs": logprobs if "logprobs" in body else None,
                }
            )
        return {"choices": found, "usage": usage(ids, made)}

    @api.post("/v1/chat/completions")
    def chat(body: Row) -> Row:
        ids = plain.tokenizer.apply_chat_template(
            body["messages"], add_generation_prompt=True, return_dict=True
        )["input_ids"]
        made = choices(body, ids)
        found = []
        for at, (new, rows, reason) in enumerate(made):
            content = [
                {
                    "token": plain.tokenizer.decode([one]),
                    "logprob": float(row[one]),
                    "top_logprobs": [
                        {"token": text, "logprob": value}
                        for text, value in plain.top(row, one, body["top_logprobs"]).items()
                    ],
                }
                for one, row in zip(new, rows, strict=True)
            ]
            message = {"role": "assistant", "content": plain.text(new)}
            logprobs = {"content": content}
            found.append(
                {"index": at, "message": message, "finish_reason": reason, "logprobs": logprobs}
            )
        return {"choices": found, "usage": usage(ids, made)}

    @api.post("/v1/load_lora_adapter")
    def load(body: Row) -> PlainTextResponse:
        if body["lora_name"] in plain.models:
            raise HTTPException(400, {"message": "it has already been loaded", "type": "x"})
        plain.load(body["lora_name"], body["lora_path"])
        return PlainTextResponse("Success")

    @api.post("/v1/unload_lora_adapter")
    def unload(body: Row) -> PlainTextResponse:
        del plain.models[body["lora_name"]]
        return PlainTextResponse("Success")

    return api


def usage(ids: list[int], made: list[tuple[list[int], list[Tensor], str]]) -> Row:
    return {"prompt_tokens": len(ids), "completion_tokens": sum(len(new) for new, _, _ in made)}


@contextmanager
def serving(plain: Plain) -> Iterator[str]:
    """Runs the server on a free port; gives where its interface begins."""
    config = uvicorn.Config(app(plain), host="127.0.0.1", port=0, log_level="warning")
    server = uvicorn.Server(config)
    bound = config.bind_socket()
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{bound.getsockname()[1]}/v1"
    finally:
        server.should_exit = True
        thread.join()
        bound.close()
