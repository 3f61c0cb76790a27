"""Head office's charts: rows to Vega-Lite documents, drawn live in the page and as SVG in the wave report."""
