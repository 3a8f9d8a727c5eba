"""The server of tests/support/canned.py, which gives the headers of a request less time than the program does, so that
no test waits for so long."""

import runpy

from chatbot.web import connection_limits

HEADER_SECONDS = 4

if __name__ == "__main__":
    connection_limits.HEADER_SECONDS = HEADER_SECONDS
    runpy.run_module("tests.support.canned", run_name="__main__", alter_sys=True)
