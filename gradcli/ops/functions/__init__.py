"""The operations' own values and derivative rules, imported by dotted path on first use."""
