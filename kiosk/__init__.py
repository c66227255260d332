"""The product's rules. No Qt, no SQL, no device driver lives here."""
