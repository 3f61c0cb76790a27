"""The scorecard as page and PDF; reads, never writes visits."""
