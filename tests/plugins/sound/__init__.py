"""A library of layers that ships ops for specc, as an example and for the tests."""
