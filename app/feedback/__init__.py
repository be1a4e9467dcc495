"""What people teach: their signals on replies become memories, phrase weights and rows."""
