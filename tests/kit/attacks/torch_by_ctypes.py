"""Loads PyTorch's libraries without Python."""

# told: cannot open shared object
# exercise: 4.3
import ctypes
import glob
import os
import sys

for path in sys.path:
    for name in ("libc10.so", "libtorch_cpu.so", "libtorch_python.so"):
        for library in glob.glob(os.path.join(path, "torch", "lib", name)):
            ctypes.CDLL(library, mode=ctypes.RTLD_GLOBAL)
raise RuntimeError("PyTorch is loaded")
