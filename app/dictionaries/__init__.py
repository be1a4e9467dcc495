"""What the command line shows and changes of dictionaries, and the audit log of that."""
