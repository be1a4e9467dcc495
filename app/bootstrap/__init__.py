"""The one composition root: settings in, a working bot out. Used by web, worker, CLI and tests."""
