"""From a document to a graph: parameters, includes, blocks and constructs written out, names and wiring."""
