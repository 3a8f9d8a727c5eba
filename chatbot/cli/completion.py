"""Completion of commands and options in bash, zsh and fish, for a program that is run as `python app.py`."""

import os
from pathlib import Path

COMPLETE_VARIABLE = "_ARTICLE_CHATBOT_COMPLETE"
# typer's own scripts complete a program with a name of its own, not one that python is given.
BASH = rf"""
_article_chatbot_completion() {{
    [[ ${{COMP_WORDS[1]##*/}} == app.py && $COMP_CWORD -gt 1 ]] || return 0
    local IFS=$'\n'
    COMPREPLY=( $( env COMP_WORDS="${{COMP_WORDS[*]:1}}" COMP_CWORD=$((COMP_CWORD - 1)) \
                   {COMPLETE_VARIABLE}=complete_bash "$1" "${{COMP_WORDS[1]}}" ) )
}}
complete -o default -F _article_chatbot_completion python python3
"""
ZSH = rf"""
_article_chatbot_completion() {{
    [[ ${{words[2]:t}} == app.py && $CURRENT -gt 2 ]] || {{ _python "$@"; return }}
    eval $(env _TYPER_COMPLETE_ARGS="${{words[2,$CURRENT]}}" {COMPLETE_VARIABLE}=complete_zsh \
               "${{words[1]}}" "${{words[2]}}")
}}
compdef _article_chatbot_completion python python3
"""
FISH = rf"""
function _article_chatbot_completion
    set --local words (commandline -opc)
    string match --quiet --regex '(^|/)app\.py$' -- $words[2]; or return 1
    env _TYPER_COMPLETE_FISH_ACTION=$argv[1] _TYPER_COMPLETE_ARGS=(string join ' ' -- $words[2..] (commandline -ct)) \
        {COMPLETE_VARIABLE}=complete_fish $words[1] $words[2]
end
for name in python python3
    complete --command $name --condition '_article_chatbot_completion is-args' --no-files \
        --arguments '(_article_chatbot_completion get-args)'
end
"""
SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH}


def completion_script() -> str:
    """What the shell that the environment names has to read to complete; bash where it names none of them."""
    return SCRIPTS.get(Path(os.environ.get("SHELL", "")).name, BASH)


def register_shells() -> None:
    """Tells typer of the shells it knows, where one of them asks for a completion."""
    if COMPLETE_VARIABLE in os.environ:
        # typer calls this itself only where its own completion options are shown.
        from typer._completion_classes import completion_init

        completion_init()
