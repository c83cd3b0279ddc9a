"""The one HTTP server: webhooks of the platforms, `/healthz` and `/metrics`."""
