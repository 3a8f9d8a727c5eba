"""Runs the command line: `python app.py COMMAND`; without a command it serves the page."""

import sys

from chatbot.cli.commands import main
from chatbot.cli.process_end import end_process

if __name__ == "__main__":
    end_process(main(sys.argv[1:]))
