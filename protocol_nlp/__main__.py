"""`python -m protocol_nlp` is the command `protocol-nlp`."""

from protocol_nlp.cli import main

if __name__ == "__main__":
    main()
