"""The settings of how much is asked of GitHub, a part of all settings in `app.settings`.

GitHub's own limits are the defaults; each holds for one installation and all processes of one
database together, where nothing else is said.
https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from pydantic import BaseModel, Field


class LimitSettings(BaseModel):
    """How fast, how often and how many at a time."""

    github_pause: float = Field(
        1.0, ge=0, le=60, description="Seconds between two requests that change something."
    )
    github_writes_minute: int = Field(
        80, ge=2, description="Requests that change something, in any minute at most."
    )
    github_writes_hour: int = Field(
        500, ge=2, description="Requests that change something, in any hour at most."
    )
    github_rest_points: int = Field(
        900,
        ge=10,
        description="Points of REST in any minute at most: reading is 1, changing something is 5.",
    )
    github_graphql_points: int = Field(
        2000, ge=10, description="Points of GraphQL in any minute at most: a query is 1."
    )
    github_at_once: int = Field(
        16,
        ge=1,
        le=99,
        description=(
            "Requests of one process and installation under way at a time; GitHub refuses more "
            "than 100 of all processes together."
        ),
    )
    github_reserve: float = Field(
        0.1,
        ge=0,
        lt=1,
        description="Share of each limit that is kept for answers: nothing else may take it.",
    )
    learned_minutes: int = Field(
        60,
        ge=1,
        le=10_080,
        description="Minutes between two writes of the issue that shows what was learned.",
    )
    missed_minutes: int = Field(
        10,
        ge=0,
        le=59,
        description="Minutes between two looks for deliveries that never arrived; 0 for never.",
    )
    missed_tries: int = Field(
        6, ge=1, le=20, description="Times that GitHub is asked to send one delivery again."
    )
    missed_pause: float = Field(
        5.0,
        ge=0,
        le=1440,
        description=(
            "Minutes between the first two times that one is asked for; then four times as long "
            "each time."
        ),
    )
    missed_at_once: int = Field(
        100, ge=1, le=1000, description="Deliveries that one look asks for again at most."
    )
