"""Taylor series through the derivative table, for derivatives of any order."""
