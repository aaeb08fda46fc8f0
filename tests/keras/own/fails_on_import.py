raise AttributeError("of the module itself")
