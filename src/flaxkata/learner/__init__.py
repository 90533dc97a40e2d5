"""What a learner sees and does: watch mode, the screen, progress."""
