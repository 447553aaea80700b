#!/usr/bin/env python3
"""Pillow's speed on the crops that DecodeBench.writeCrops listed: decode, crop, bicubic resize, flip, to uint8.

Prints the slowest, middle and fastest round as JSON, in images per second of this thread's CPU time.
Needs Pillow (Debian: apt-get install python3-pil).
"""

import argparse
import io
import json
import time

import PIL
from PIL import Image


def read_crops(path):
    contents, crops = {}, []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            *numbers, file = line.rstrip("\n").split("\t", 7)
            if file not in contents:
                with open(file, "rb") as image:
                    contents[file] = image.read()
            crops.append(([int(n) for n in numbers], contents[file]))
    return crops


def render(encoded, x, y, width, height, out_width, out_height, flip):
    image = Image.open(io.BytesIO(encoded)).convert("RGB")
    image = image.crop((x, y, x + width, y + height)).resize((out_width, out_height), Image.BICUBIC)
    if flip:
        image = image.transpose(Image.FLIP_LEFT_RIGHT)
    return image.tobytes()


def round_speed(crops):
    start = time.thread_time()
    for numbers, encoded in crops:
        render(encoded, *numbers)
    return len(crops) / (time.thread_time() - start)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("crops", help="the list of crops")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    crops = read_crops(options.crops)
    if not crops or options.rounds < 1:
        parser.error("nothing to measure")
    round_speed(crops)  # warm-up
    speeds = sorted(round_speed(crops) for _ in range(options.rounds))
    print(json.dumps({
        "pillow": PIL.__version__,
        "min": speeds[0],
        "median": speeds[len(speeds) // 2],
        "max": speeds[-1],
    }))


if __name__ == "__main__":
    main()
