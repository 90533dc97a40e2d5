#!/usr/bin/env bash
# Gradescope runs this once, when the autograder's image is built. uv brings a Python and PyTorch without CUDA.
set -euo pipefail
autograder=${AUTOGRADER:-/autograder}
command -v pip3 > /dev/null || { apt-get update && apt-get install -y python3-pip; }
pip3 install uv || pip3 install --break-system-packages uv
uv venv --python 3.11 "$autograder/kata"
export VIRTUAL_ENV="$autograder/kata"
uv pip install --torch-backend cpu --group "$autograder/source/kit/pyproject.toml:kata"
uv pip install --no-deps -e "$autograder/source/kit"
# Kept in the image, so that a submission need not wait: what JAX compiles for our own answers, and what known mistakes
# do on this image's inputs. Without it, an exercise that is wrong takes twice as long and up to 1.4 GB.
cd "$autograder/source/kit"
"$autograder/kata/bin/kata" grade --submission solutions
"$autograder/kata/bin/python" -c '
import pathlib, sys
from flaxkata.instructor import platforms
platforms.know_mistakes(*map(pathlib.Path, sys.argv[1:]))
' . "$autograder/known" || echo "What known mistakes do is not kept in the image: wrong answers take longer."
