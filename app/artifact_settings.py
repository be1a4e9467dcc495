"""The settings of where adapters' files are kept, a part of all settings in `app.settings`."""

from typing import Literal

from pydantic import BaseModel, Field, SecretStr, ValidationInfo, field_validator


class ArtifactSettings(BaseModel):
    """Whether adapters' files stay on this machine or lie where all workers reach them."""

    supabase_url: str = Field(
        "", description="Address of the Supabase project, such as `https://PROJECT.supabase.co`."
    )
    supabase_service_key: SecretStr = Field(
        SecretStr(""),
        description="The Supabase project's secret key (`service_role`); never a public one.",
    )
    supabase_bucket: str = Field(
        "treadle",
        pattern=r"^[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]$",
        description="Private bucket in Supabase Storage; made with the first adapter.",
    )
    supabase_timeout: float = Field(
        60.0,
        gt=0,
        le=600,
        description="Seconds without a byte from Supabase until a call is given up.",
    )
    # Read after what it needs, which `_with_its_project` looks at.
    artifacts: Literal["local", "supabase"] = Field(
        "local",
        description=(
            "Where adapters' files are kept: `local` in `DATA_DIR`, or in Supabase Storage, which "
            "workers on several machines share; each file is checked by its SHA-256."
        ),
    )

    @field_validator("supabase_service_key")
    @classmethod
    def _fits_a_header(cls, value: SecretStr) -> SecretStr:
        key = value.get_secret_value()
        if not key.isascii() or not key.isprintable() or " " in key:
            raise ValueError("copy the key alone: no spaces, line ends or quotation marks")
        return value

    @field_validator("artifacts")
    @classmethod
    def _with_its_project(cls, value: str, info: ValidationInfo) -> str:
        # What is itself faulty is not in `data`, and named by its own fault.
        lacking = [
            f"`TREADLE_{name.upper()}`"
            for name in ("supabase_url", "supabase_service_key")
            if not info.data.get(name, "faulty")
        ]
        if value == "supabase" and lacking:
            raise ValueError(f"`supabase` needs {' and '.join(lacking)}: set what is missing")
        return value
