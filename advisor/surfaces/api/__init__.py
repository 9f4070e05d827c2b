"""The advisor over HTTP, for programs: /api/v1 beside the chat."""
