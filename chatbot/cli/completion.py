"""Completion of commands and options in bash, for a program that is run as `python app.py`."""

import os

COMPLETE_VARIABLE = "_ARTICLE_CHATBOT_COMPLETE"
# typer's own script completes a program with a name of its own, not one that python is given.
SCRIPT = rf"""
_article_chatbot_completion() {{
    [[ ${{COMP_WORDS[1]##*/}} == app.py && $COMP_CWORD -gt 1 ]] || return 0
    local IFS=$'\n'
    COMPREPLY=( $( env COMP_WORDS="${{COMP_WORDS[*]:1}}" COMP_CWORD=$((COMP_CWORD - 1)) \
                   {COMPLETE_VARIABLE}=complete_bash "$1" "${{COMP_WORDS[1]}}" ) )
}}
complete -o default -F _article_chatbot_completion python python3
"""


def register_shells() -> None:
    """Tells typer of the shells it knows, where one of them asks for a completion."""
    if COMPLETE_VARIABLE in os.environ:
        # typer calls this itself only where its own completion options are shown.
        from typer._completion_classes import completion_init

        completion_init()
