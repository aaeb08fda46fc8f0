"""Arrays in files, `.npy` and `.npz`, read without NumPy and without evaluating anything."""
