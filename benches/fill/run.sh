#!/usr/bin/env bash
# Compares the fill of a program (its path is the argument) with peers from PyPI, in a virtual environment that is
# thrown away. PyPatchMatch is built on the spot and needs OpenCV's headers (libopencv-dev); without them it is left out.
set -euo pipefail
program=$(realpath "$1")
cd "$(dirname "$0")/../.."
environment=$(mktemp -d)
trap 'rm -rf "$environment"' EXIT
python3 -m venv "$environment"
"$environment/bin/pip" install --quiet numpy scipy pillow opencv-python-headless
"$environment/bin/pip" install --quiet PyPatchMatch || echo "PyPatchMatch could not be installed." >&2
"$environment/bin/python" benches/fill/compare.py "$program"
"$environment/bin/python" benches/fill/compare.py "$program" --time
