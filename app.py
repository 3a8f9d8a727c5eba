"""Runs the command line: `python app.py COMMAND`; without a command it serves the page."""

import sys

try:
    from chatbot.cli.commands import main
    from chatbot.cli.process_end import end_process
except ImportError as missing:
    from chatbot.cli.environment import advice

    # What a library of ours lacks is a fault of the program, and its traceback says where.
    if (message := advice(missing)) is None:
        raise
    sys.exit(message)

if __name__ == "__main__":
    end_process(main(sys.argv[1:]))
