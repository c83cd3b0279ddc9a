"""What each channel has chosen, been shown and learned."""
