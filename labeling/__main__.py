"""`python -m labeling` is the command `saywhen`."""

from labeling.commands.main import main

main(prog_name="saywhen")
