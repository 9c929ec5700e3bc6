"""Jambox: a ground (drone), a pulse (rhythm) and a common ear (mixer and MIDI router) for a circle of players.

    USB MIDI in ─> ports ─> held/route ─> ports ─> USB MIDI out
                                                     ▲ clock, drum notes
                                        performer ───┘
                                            ▲ pulse: what is heard when
    GPIO, keys, socket, bound MIDI ─> gestures ─> bindings ─> Action ─> apply(state, action) ─> state, effects
                                                                                                  │
            box (control process) <───────────────────────────────────────────────────────────────┘
             │        ▲
             │ ring   │ status          engine process (real time, alone on its core)
             ▼        │                   capture ─> strips ─┐
            shared memory ──────────>     rhythm ─> voices ──┼─> buses ─> master ─> ALSA
             ▲                            drone  ────────────┘
             │ samples
            workshop (short-lived, niced process)    guests (a process for each further card) ─> strips
                                                     cue (a process for its card) <── what is soloed

Two processes, because one interpreter cannot serve both an audio deadline and everything else; inner loops in Python
that Cython compiles, because numpy alone costs 25 times as much per block. Files marked ★ touch the world (devices,
files, threads, clocks, processes); all others are pure. Those marked ♪ run in the engine's process. A test reads this.

    jambox/
      errors.py       the JamboxError tree
      units.py      ♪ Bpm, Beats, Frames, Seconds, Decibels, Cents
      timeline.py   ♪ Timeline: beats <-> frames, a bijection
      rounds.py     ♪ a drone's rounds that go with beat or cycle
      frameclock.py ♪ FrameClock: frames <-> seconds, smoothed by a delay-locked loop
      usb.py        ★ where a card is plugged in
      toml.py         TOML text -> typed values; errors carry the key's path
      pointing.py     where in a TOML text something stands; the caret under it
      columns.py      text in columns, in any script
      variation.py    what a surprise has changed
      actions.py      the closed set of things a player can do
      effects.py      what an action asks to be done to the world
      taps.py         press times -> tempo and beat
      reference.py    what the box is tuned by: A4, tonic, tuning
      seating.py      whose strips are whose, and settings that go along
      scene.py        what outlives the power
      state.py        apply(state, action) -> (state, effects)
      choices.py      what a player can choose from
      config.py       TOML text -> frozen Config
      midi/
        messages.py   raw bytes: what they are, and how notes are silenced
        parser.py     any bytes of one source -> whole messages
        sensing.py    who sent active sensing and then fell silent
        ground.py     what keys shall sound: the box's tonic and tuning
        lanes.py      what becomes of the messages with one status byte
        route.py      who hears whom: ports, >> and |
        twins.py      instruments of one make, told apart
        steps.py      what a route does to messages
        stages.py     what needs memory or time to do it
        pitch.py      bends and tunings as messages
        rotation.py   notes one by one on channels of their own, each bent
        tune.py       what tunes an instrument as the box is tuned
        notation.py   routes as text
        table.py      routes made flat, for look-ups
        match.py      what a message moves: a key, a controller, a program
        claims.py     messages that are bound, and so kept from the routes
        storms.py     floods: notes first, of values the latest
        intake.py     from the bytes of sources to messages to heed
        company.py    the stages of all routes while they run
        loops.py      sees, and proves, that what a destination hears comes back
        held.py       a note-off always follows its note-on
        pages.py      what is down where, in memory that outlives a crash
        mapped.py   ★ that memory, in a file
        sync.py       24-ppqn ticks and hits <-> Timeline
        follow.py     the clocks of others: who leads, tempo, beat
        players.py    who gets what the box plays
        passages.py   what passed lately
        offsets.py    how much earlier or later each instrument is sent them
        backlog.py    what waits behind long system exclusive
        plucks.py     the drone's plucks <-> notes
        performer.py ★ the thread that sends them on time
        announce.py ★ ALSA's announcements: ports that come and go
        words.py      messages in words
        pieces.py   ★ system exclusive piece by piece, as there is room
        outlets.py  ★ the ways to the destinations, and who waits there
        alarm.py    ★ the thread for what falls due without a message
        router.py   ★ what a message sets off, under one lock
        queues.py   ★ how much of what comes the kernel keeps for us
        inputs.py   ★ what hears a source, and its thread
        ports.py    ★ rtmidi ports, hot-plug
        own.py      ★ the box's own ports: control, rhythm, drone
      music/
        chance.py   ♪ chance that can be played again
        certainty.py ♪ how sure a fact is
        rows.py     ♪ rows of words or letters -> strokes
        timing.py   ♪ how far from the even grid strokes fall
        cycle.py    ♪ a rhythm cycle: pulses, groups, strokes; its score
        humanising.py ♪ how far a player's hands are off the grid, drawn from a seed
        roll.py     ♪ a score as numbers in one row, as the engine takes it
        energy.py   ♪ how much of a cycle sounds, from its skeleton on
        meet.py     ♪ two cycles laid over each other
        drums.py      a drum family: strokes -> sounds and MIDI keys
        recorded.py ★ whether a family's recordings can be played
        hydrogen.py   a drumkit of Hydrogen's -> the file of a family
        surprise.py   one thing about a cycle changed, by chance that can be played again
        partners.py   which cycles meet well, and why
        syllables.py    which syllables strokes are spoken by
        prompts.py      what is said to players of a cycle: its count, or its syllables
        passages.py     fills, endings and introductions that lead to sam
        arrangement.py  one cycle or two, on their drums, at an energy and a blend -> score
        drone.py    ♪ a drone: strings plucked in turn
        scala.py      Scala's scales and keyboard maps, read and written
        tuning.py     a tuning: a scale, where it comes from, its degrees
        library.py  ★ finds and checks the data
      sound/
        layout.py   ♪ places in the arrays that engine and kernel share
        tables.py   ♪ tables of numbers without numpy
        interpreted.py ♪ what the kernel takes from C, for when it is not compiled
        kernel.py   ♪ rings, snapshots and sample formats; it and the next seven are Cython in pure-Python mode
        design.py   ♪ from parameters to the numbers that the loops run by
        spectra.py  ♪ spectra of strips, a little at every tick
        guard.py    ♪ hears that a strip howls, and notches what does
        channels.py ♪ the loops of the input strips: filters, gate, compressor
        hall.py     ♪ the loop of the reverb
        master.py   ♪ the loops of buses and master: ducking, tone, limiter, loudness
        mix.py      ♪ the loops of the voices, and everything from one call
        parameters.py ♪ the mixer's one table: names, units, ranges, defaults
        dials.py      each parameter by a name of its own, as strip1.eq.mid
        levelling.py  trims by what was heard
        meters.py   ♪ levels in dB
        sinc.py     ♪ the weights by which frames are read between
        hearing.py  ♪ what is captured, thinned out to listen for a note, and the loops that tell one; compiled too
        pitch.py      a note told from sound, or why there is none
        onsets.py     when something is struck, told from sound
        resampler.py ♪ frames of one clock at the pace of another, compiled too
        drift.py    ♪ at which pace a card is read that keeps its own clock
        guests.py   ♪ cards that keep their own clocks, as further strips
        agreement.py ♪ what control and engine agree on at the start
        commands.py ♪ the control <-> engine vocabulary, fixed-size records
        voices.py   ♪ the table of sounding voices
        strips.py   ♪ the tables of input strips, buses and master
        tape.py     ♪ how far samples are read by when, while their pitch is bent
        players.py  ♪ the rhythm: what is due at which frame
        plucker.py  ♪ the drone: which pluck is due when
        speaker.py  ♪ words for players, begun so that their vowels fall on the beat
        engine.py   ♪ render(block). No device in sight
        tuned.py      which drums go by the tonic
        softness.py ♪ how soft strokes are darker, and as loud as they shall be
        shelves.py    the bank's parts, and what the workshop lays there
        shared.py   ★ ♪ shared memory: command ring, levels, mixer, status, meters, pages
        inlets.py   ★ ♪ shared memory: what guests capture
        outlet.py   ★ ♪ shared memory: what a card of its own plays as the cue
        rights.py   ★ ♪ deadlines: priority, locked memory
        devices.py  ★ ♪ AlsaDevice, NullDevice: read() and write()
        wav.py      ★ ♪ WavDevice: the same into a file
        process.py  ★ ♪ the loop: read, drain, render, write, report
        capture.py  ★ a guest's process: one card into its inlet
        cueing.py   ★ the cue's process: the outlet on one card, at that card's pace
        instruments/  pure functions -> float32 samples
        recordings.py ★ recorded sounds, from files into the bank
        speech.py   ★ spoken words, from a program into the bank
        cache.py    ★ sounds that were rendered before, and into the bank with them
        workshop.py ★ renders instruments into the bank, caches by content
        supervisor.py ★ starts, watches and stops the other processes
        seats.py        on which strips a card sits down
        cards.py    ★ the cards that ALSA lists, how each is known again, in which order they are taken
      panel/
        pins.py       hardware/panel.toml -> pin maps, the wiring table
        drawing.py    the panel's picture
        controls.py   what a knob or button is: range, curve, dead zone, pickup
        gestures.py   press and release times -> press, click, hold, chord
        bindings.py   gesture -> action, a table
        feedback.py   state -> lights
        edges.py    ★ GPIO inputs whose edges are awaited
        gpio.py     ★ gpiozero devices -> readings, lights
        terminal.py ★ the same panel on a keyboard
      pulse.py        the engine's status -> what is heard when
      following.py    how the box goes along with a clock that leads
      accompanying.py  how it goes along with how loud the players are
      approach.py     the box's beat brought onto that of players
      tracking.py     players' tempo told from their strokes, or that it is not sure
      overheard.py    which strokes at the inputs are the box's own
      session.py      a Link session, as a clock that may lead
      link.py       ★ the binding to Ableton Link, where it is installed
      mapping.py      bindings: which MIDI message stands for which control or action
      surface.py      MIDI instruments as a panel: bound messages -> readings
      learning.py     bindings shown by hand
      hands.py        panel and MIDI -> gestures, actions, lessons
      gauges.py       the meters as text
      tuner.py        tonic and tuning: as they are wished for, and as routes ask for them
      mending.py      a saved scene made fit to play
      scenes.py     ★ scene and learned bindings on disk, safe against power cuts
      remote.py     ★ the local socket
      notify.py     ★ words to the service manager
      memory.py     ★ scene and learned bindings, saved a moment after each change
      herald.py     ★ what the player is told: words, lights, earcons
      touch.py      ★ the hands under the event loop
      ensemble.py   ★ the instruments: joined, and playing along
      scores.py       what the engine was told to play: what sounds, what comes at sam, what leads there
      renderings.py ★ shelves of the bank filled, each by the latest wish
      prompter.py   ★ what is said to players over the cue, spoken when it is wished
      stage.py      ★ effects -> samples, scores, commands
      conductor.py  ★ when the rhythm starts, and what leads to its sams
      easing.py       when xruns repeat, a longer period
      guestbook.py  ★ cards that join as guests, and let go
      cuecard.py    ★ the card that plays the cue, found and let go
      keeper.py     ★ the engine kept playing, on the best card
      tunings.py    ★ the tunings there are: shipped, one's own, and those on sticks that come and go
      rack.py       ★ the cards together, and the mixer with what each brings
      along.py      ★ the tempo drawn by players
      ear.py        ★ the tonic taken from a key, or a note that is sung or played
      desk.py       ★ the mixer: set while playing, levelled, watched for clipping
      consoles.py   ★ which panel, under the event loop
      options.py    ★ what a box is started with
      box.py        ★ wiring: starts parts in order, stops them in reverse
      programme.py    cycles one after another, and meetings that a hand sweeps
      midifile.py     what was played as a Standard MIDI File
      offline.py    ★ the same engine into sound files
      bench.py      ★ how long a block takes
      dronecost.py  ★ what each drone costs a block
      traffic.py    ★ how many messages the router passes
      peers.py      ★ what a voice costs here and in FluidSynth
      doctor.py     ★ what is missing, and what to do about it
      listing.py    ★ what there is
      portrait.py     a cycle as a picture: in columns, or round
      playhead.py     where in its cycle the running box is, as a picture
      spectrogram.py  what a drone sounds like, over time and pitch
      checking.py     whether a user's file can be used; if not, what is wrong, and where
      kits.py       ★ Hydrogen's drumkits taken in
      places.py     ★ where things lie on this machine
      cli/
        parsing.py    how commands are declared and their words read
        playing.py  ★ run
        rendering.py ★ render
        sounding.py ★ hear
        asking.py   ★ what speaks to the running box: press, turn, status
        mixing.py   ★ mixer, levels
        watching.py ★ meters and playhead, live
        instruments.py ★ midi: who hears whom, and what goes through
        bringing.py ★ kit
        looking.py  ★ list, doctor, bench
        plotting.py ★ plot
      __main__.py   ★ the command line

Imports run downward only. midi/, music/, sound/ and panel/ never import each other, save that sound/ uses music/: what
the engine plays is a Roll. Only the ★ files of the top level, and the commands, import ★ files of folders.

Where this departs from the first plan: the FrameClock is filtered in the engine, which alone sees every block; a block
is rendered in spans between strokes, so that any block size gives the same samples; scores cross over as messages on
pages of shared memory, so that the engine holds no library; the engine does without numpy, which costs 90 MB of locked
memory; shared memory is anonymous and handed down, so that no crash leaves any.
"""

__version__ = "0.1.0"
