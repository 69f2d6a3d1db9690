"""From a request to enclosures: which derivatives, with how many bits."""
