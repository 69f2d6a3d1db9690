"""What is sent to the oracle and what comes back."""
