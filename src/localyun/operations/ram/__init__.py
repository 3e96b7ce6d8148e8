"""Resource Access Management: who acts for an account, and what they may do."""
