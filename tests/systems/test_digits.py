"""S1 learns to read: the network of the demo, trained on real handwritten digits by the demo's own script."""

import os
import re
import subprocess
import sys
from pathlib import Path

import specc
from tests.systems.models import ROOT, SPECS

EPOCHS = "8"


def test_digits_are_read_with_more_than_90_percent(tmp_path: Path):
    path = tmp_path / "quadrant_digits.keras"
    specc.build(SPECS / "quadrant_digits.yaml", path, seed=1)
    done = subprocess.run(
        [sys.executable, str(ROOT / "specs" / "demo_digits.py"), str(path), EPOCHS],
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert "training on 1437 digits (4, 1, 56, 14), testing on 360" in done.stdout
    (accuracy,) = re.findall(r"test accuracy: ([0-9.]+)%", done.stdout)
    assert float(accuracy) > 90
