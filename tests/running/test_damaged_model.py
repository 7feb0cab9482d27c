"""A model whose file is damaged is named at the start, in one sentence, before anything runs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tools.house import House, HouseError, Ports


@pytest.mark.parametrize("damage", ["torn", "garbled", "another file", "gone"])
def test_a_damaged_model_is_named(model: Path, tmp_path: Path, damage: str) -> None:
    whole = model.read_bytes()
    copy = tmp_path / model.name
    if damage == "torn":
        copy.write_bytes(whole[: len(whole) // 2])
    elif damage == "garbled":
        copy.write_bytes(whole[: len(whole) // 2] + os.urandom(4096) + whole[len(whole) // 2 + 4096 :])
    elif damage == "another file":
        copy.write_text("Dear reader,\n")
    with (tmp_path / "house.log").open("w") as log:
        house = House(copy, tmp_path, Ports.free(), log)
        with pytest.raises(HouseError, match=rf"The model .*{model.name} is damaged .*: delete that file"):
            house.start()
    assert house.processes == {}
