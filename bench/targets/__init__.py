"""What benchmarks of deliveries are sent to, each in a process of its own."""
