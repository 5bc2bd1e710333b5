// The first file of this target comes with its own issue; the graph already holds its place.
