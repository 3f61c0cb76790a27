"""Photos for the demo, painted with Pillow: no camera and no person was needed."""
