raise OSError("a module that cannot be imported")
