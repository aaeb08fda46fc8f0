"""What is legal and seldom meant, and what silences a warning."""
