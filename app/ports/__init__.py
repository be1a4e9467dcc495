"""What the core needs from the outside, as Protocols. Everything here is synchronous."""
