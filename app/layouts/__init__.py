"""How what a model reads is laid out; training and answering share it to the letter."""
