"""The settings of language models, a part of all settings in `app.settings`."""

from typing import Literal

from pydantic import BaseModel, Field, SecretStr, ValidationInfo, field_validator


class ModelSettings(BaseModel):
    """Which model answers, where it runs, how it samples, and what an answer may cost."""

    model: str = Field(
        "bobbin",
        min_length=1,
        description=(
            "`bobbin`: the built-in demonstration model. `extract`: answers are quotations of the "
            "sources, without a model. Else the id of a causal model on the Hugging Face hub, "
            "a folder with one, or the name of a model at `MODEL_URL`."
        ),
    )
    model_url: str = Field(
        "",
        description=(
            "Address of an OpenAI-compatible server that runs `MODEL`, such as "
            "`http://127.0.0.1:8000/v1`; the model runs on this machine when unset."
        ),
    )
    model_api_key: SecretStr = Field(
        SecretStr(""), description="Key that the server at `MODEL_URL` wants, if any."
    )
    model_mode: Literal["auto", "completions", "chat"] = Field(
        "auto",
        description=(
            "What is used of the server at `MODEL_URL`: completions, which give log-probabilities "
            "and continue a beginning, or chat; `auto` tries completions first."
        ),
    )
    model_revision: str = Field(
        "", description="Commit or tag of the model on the hub; its newest when unset."
    )
    model_device: str = Field(
        "auto",
        pattern=r"^(auto|cpu|mps|cuda(:\d+)?)$",
        description="`auto`, `cpu`, `mps`, `cuda` or `cuda:N`; `auto` takes a GPU where one is.",
    )
    model_dtype: Literal["auto", "float32", "bfloat16", "float16"] = Field(
        "auto",
        description=(
            "Number format of the weights; `auto` takes bfloat16 where the processor has it and "
            "the model is not tiny."
        ),
    )
    model_threads: int = Field(
        0, ge=0, le=1024, description="Processor threads of the local model; 0 is one a core."
    )
    model_rows: int = Field(
        64, ge=1, le=4096, description="Texts that the local model continues in one batch at most."
    )
    model_cache_tokens: int = Field(
        65_536,
        ge=1024,
        description=(
            "Tokens of prompts and drafts whose key-value caches the local model keeps at most."
        ),
    )
    model_idle: float = Field(
        600.0, ge=1, description="Seconds after which an unused local model's process ends."
    )
    model_pieces: int = Field(
        72, ge=1, le=20_000, description="Pieces that are sampled for one answer at most."
    )
    model_piece_tokens: int = Field(
        32, ge=1, le=4096, description="Tokens of a piece at most; bobbin's end with a line."
    )
    model_temperature: float = Field(0.8, ge=0, le=5, description="Temperature of sampling.")
    model_top_p: float = Field(
        0.95, gt=0, le=1, description="Share of probability that is sampled from."
    )
    model_prompt_tokens: int = Field(
        6000,
        ge=256,
        description=(
            "Tokens that a prompt may have, without the answer; fewer where the model reads less."
        ),
    )
    model_memory_tokens: int = Field(
        750,
        ge=0,
        description=(
            "Tokens of a prompt that earlier answers may have, with what people made of them; at "
            "most a quarter of the prompt."
        ),
    )
    model_timeout: float = Field(
        120.0, gt=0, description="Seconds until one call to the model is given up."
    )
    model_attempts: int = Field(
        3,
        ge=1,
        le=20,
        description="Tries of a call to `MODEL_URL` that fails for a passing reason.",
    )
    model_format_tries: int = Field(
        4,
        ge=1,
        le=100,
        description=(
            "Texts that are sampled until one has the format that was asked for, such as a "
            "checklist; a model that can be held to it needs one."
        ),
    )
    model_max_tokens: int = Field(
        1_000_000,
        ge=1,
        description=(
            "Tokens, read anew and written, after which no more is drafted in one try of an ask."
        ),
    )
    model_max_cost: float = Field(
        0.0,
        ge=0,
        description=(
            "Money, by the prices below, after which no more is drafted in one try of an ask; "
            "0: no limit."
        ),
    )
    model_price_read: float = Field(
        0.0, ge=0, description="Price of a million tokens read by the model."
    )
    model_price_written: float = Field(
        0.0, ge=0, description="Price of a million tokens written by the model."
    )

    constitution: str = Field(
        "default",
        min_length=1,
        description=(
            "Principles that a model that writes judges its drafts by, where a repository has "
            "none of its own: the name of a file in `prompts/constitution/` without its ending, "
            "or the path of another file."
        ),
    )
    constitution_bytes: int = Field(
        16 * 1024,
        ge=256,
        le=1024 * 1024,
        description="Bytes of a repository's `.github/treadle/constitution.md` at most.",
    )
    constitution_principles: int = Field(
        12,
        ge=1,
        le=100,
        description=(
            "Principles of a repository's constitution at most; each is one more question about "
            "every draft."
        ),
    )
    constitution_characters: int = Field(
        2000,
        ge=50,
        le=100_000,
        description="Characters of one question of a repository's constitution at most.",
    )

    @field_validator("model_url")
    @classmethod
    def _of_a_named_model(cls, value: str, info: ValidationInfo) -> str:
        if value and info.data.get("model") in {"bobbin", "extract"}:
            raise ValueError("set `TREADLE_MODEL` to the name of the model at that address")
        return value
