"""The core of Usher: pure decisions over LiveKit rooms; knows no chat platform, no HTTP and no SQL."""
