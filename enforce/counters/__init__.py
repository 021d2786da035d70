"""Where limits are counted: durable, exact across processes."""
