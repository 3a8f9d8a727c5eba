"""Tests of extractive."""
