"""Runs the command line: `python app.py COMMAND`; without a command it serves the page."""

import sys

from chatbot.cli.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
