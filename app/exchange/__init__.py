"""Preference data in the formats of others: laid out, read back, redacted, joined."""
