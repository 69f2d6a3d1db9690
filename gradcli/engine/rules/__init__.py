"""Entries of the derivative table, compiled into plain functions of arrays."""
