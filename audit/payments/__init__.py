"""What a shopper earns: fee, expense with receipt, and when it is paid."""
