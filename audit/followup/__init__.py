"""After the release: disputes, actions, acknowledgement, the thread beside a scorecard."""
