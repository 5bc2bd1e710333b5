"""How the scripts that write Swift tables break their entries into lines."""


def lines(entries, width=92):
    line = ""
    for entry in entries:
        if len(line) + len(entry) + 1 > width:
            yield line
            line = ""
        line += entry + " "
    yield line
