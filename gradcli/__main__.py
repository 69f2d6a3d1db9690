"""`python -m gradcli` is `gradcli`."""

from gradcli.cli.main import entry

if __name__ == "__main__":
    entry()
