"""The modules behind `./dev`: standard library only, one concern a file."""
