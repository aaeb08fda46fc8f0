"""From text to a tree and a document: reading YAML, expressions, the parts of a spec."""
