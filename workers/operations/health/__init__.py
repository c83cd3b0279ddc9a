"""`/healthz` and `/metrics`, read from the store on request."""
