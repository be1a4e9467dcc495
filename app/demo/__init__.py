"""The whole job, headless, over HTTP against the playground: `treadle demo`."""

from app.demo.run import run_demo

__all__ = ["run_demo"]
