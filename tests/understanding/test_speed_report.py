"""The page on speed says of every aim whether it was met; with invented figures, no server is started."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import pytest

from benchmarks.speed.figures import ASSISTANT, DEFAULT, MOODBOT, Figures, Measured
from benchmarks.speed.report import aims, plot, report
from benchmarks.speed.timing import percentile
from benchmarks.speed.training import Trained, epochs_seconds

MACHINE = {"processor": "Invented", "cores": "2"}


def run(p50: float, rate: float, late: float, pss: float) -> Figures:
    return Figures(
        10.0, p50, 2 * p50, 3 * p50, p50, {1: rate, 8: rate, 32: rate}, {1: p50, 500: late}, pss, pss + 100, 3
    )


def measured(*ours: Figures, load: float = 0.1) -> Measured:
    theirs = [run(40.0, 20.0, 240.0, 1000.0)] * len(ours)
    cost = Trained("model.tar.gz", 300.0, 120.0, 400.0, 2000.0, 30.0)
    figures = {ASSISTANT: list(ours), DEFAULT: theirs, MOODBOT: theirs}
    trained = dict.fromkeys(figures, cost)
    return Measured(figures, [5.0] * len(ours), trained, 2, 200, 7, MACHINE, [load])


def test_the_middle_run_decides_and_each_aim_is_judged_by_its_own_limit() -> None:
    all_met = run(10.0, 80.0, 12.0, 750.0)  # each at its limit or inside
    assert [aim.met for aim in aims(measured(run(1000.0, 1.0, 9000.0, 9000.0), all_met, all_met))] == [True] * 7

    for worse, missed in (
        (
            run(14.1, 80.0, 14.1, 750.0),
            ["median time to answer, of the default's", "median time to answer, of the enc"],
        ),
        (run(10.0, 79.0, 12.0, 750.0), [f"answers a second with {n} client" for n in (1, 8, 32)]),
        (run(10.0, 80.0, 12.1, 750.0), ["time at turn 500, of that at turn 1"]),
        (run(10.0, 80.0, 12.0, 751.0), ["memory (PSS)"]),
    ):
        found = [aim.what for aim in aims(measured(worse)) if not aim.met]
        assert len(found) == len(missed)
        assert all(what.startswith(start) for what, start in zip(found, missed))


def test_the_page_says_what_was_missed_how_long_the_other_was_trained_and_what_was_left_out() -> None:
    page = report(measured(run(20.0, 50.0, 20.0, 500.0)), "## Where the time goes\n\nHere.")
    assert "| median time to answer, of the default's | 0.50 | ≤ 0.35 | **no** |" in page
    assert "| memory (PSS), of the default's | 0.50 | ≤ 0.75 | yes |" in page
    assert "trained for 2 epochs, not for the 100" in page
    assert "60 s an epoch" in page  # 120 s for two
    assert "7 of those drawn were left out" in page
    assert "## Where the time goes\n\nHere." in page
    assert "did other work" not in page
    assert "did other work" in report(measured(run(20.0, 50.0, 20.0, 500.0), load=9.0), "")
    heads = [line for line in page.splitlines() if line.startswith("|---")]
    assert len(heads) == 5
    for block in re.findall(r"(?:^\|.*\n)+", page, re.MULTILINE):
        assert len({line.count("|") for line in block.splitlines()}) == 1, block


def test_the_plot_is_an_image_with_a_bar_for_every_figure() -> None:
    image = ElementTree.fromstring(plot(measured(run(20.0, 50.0, 20.0, 500.0))))
    bars = image.findall("{http://www.w3.org/2000/svg}rect")
    assert len(bars) == 1 + 3 + 3 * (3 + 3 + 2)  # the ground, the legend, three systems in three panels
    assert max(float(bar.attrib["height"]) for bar in bars[4:]) < 260


def test_percentiles_and_what_rasa_prints_while_it_trains() -> None:
    times = [float(number) for number in range(1, 101)]
    assert [percentile(times, share) for share in (0.5, 0.95, 0.99)] == [50.0, 95.0, 99.0]
    assert percentile([7.0], 0.99) == 7.0
    bars = (
        "\rEpochs:   0%|  | 0/1 [00:00<?, ?it/s]\rEpochs: 100%|█| 1/1 [00:26<00:00, 26.7s/it]"
        "\rEpochs: 100%|█| 1/1 [00:27<00:00, 26.7s/it, t_loss=5.72]\nSomething else.\n"
        "\rEpochs:   0%|  | 0/1 [00:00<?, ?it/s]\rEpochs: 100%|█| 1/1 [1:02:03<00:00, 22.0s/it]\n"
    )
    assert epochs_seconds(bars) == pytest.approx(27 + 3723)
    assert epochs_seconds("no bar") == 0
