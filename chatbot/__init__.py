"""Questions in, cited answers out: reading a question, answering it, showing it. Stands on `index`."""

__version__ = "0.1.0"
