"""Another peer of a Link session, in a process of its own: it uses the binding alone, as any program would.

It takes one JSON object a line from its input, and answers each with what the session then says:

    {"tempo": 130}  {"playing": true}  {"quantum": 16}  {}

Run without words it says on which tempo it begins: `python far_link.py 120 [start-stop]`.
"""

import json
import sys
import time
from typing import Any

from link import Link


def reading(clock: Any) -> tuple[float, int]:
    """The same moment in monotonic seconds and on Link's clock: of 20 readings the closest."""
    best = (1.0, 0.0, 0)
    for _ in range(20):
        before, micros, after = time.monotonic(), clock.micros(), time.monotonic()
        best = min(best, (after - before, (before + after) / 2.0, micros))
    return best[1:]


def main(tempo: float, start_stop: bool) -> None:
    link = Link(tempo)
    link.startStopSyncEnabled = start_stop
    link.enabled = True
    clock, quantum = link.clock(), 16.0
    for line in sys.stdin:
        told = json.loads(line)
        quantum = told.get("quantum", quantum)
        state = link.captureSessionState()
        if "tempo" in told:
            state.setTempo(told["tempo"], clock.micros())
        if "playing" in told:
            state.setIsPlaying(told["playing"], clock.micros())
        link.commitSessionState(state)
        now, micros = reading(clock)
        state = link.captureSessionState()
        said = {
            "peers": link.numPeers(),
            "tempo": state.tempo(),
            "time": now,
            "phase": state.phaseAtTime(micros, quantum),
            "playing": state.isPlaying(),
            "since": now + (state.timeForIsPlaying() - micros) * 1e-6,
        }
        print(json.dumps(said), flush=True)
    link.enabled = False


if __name__ == "__main__":
    main(float(sys.argv[1]), "start-stop" in sys.argv)
