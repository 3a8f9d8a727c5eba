"""Tests of question."""
