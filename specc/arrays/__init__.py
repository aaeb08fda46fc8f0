"""Arrays in files, `.npy` and `.npz`, read without NumPy and without evaluating anything."""

from typing import Literal

Values = Literal[
    "any", "fractions", "distribution", "classes", "signs", "counts", "binary", "nonzero", "sequence"
]
"""What labels must be: any numbers; from 0 to 1; rows of such that sum to 1; numbers of classes; all -1 or 1, or all
0 or 1; at least 0; 0 or 1; anything but 0; rows of numbers of classes, filled up with 0."""
