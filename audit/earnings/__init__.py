"""What a shopper sees after submitting: where each visit stands, the money, expenses, appeals."""
