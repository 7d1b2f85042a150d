"""Everything durable: tables, transactions, the outbox, and how a schema comes to be."""
