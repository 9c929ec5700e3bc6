"""Sound: the engine's process, the devices under it, and the workshop that renders what it plays."""
