"""Answers to whole questions: the derivatives of a result, and the truth of claims."""
