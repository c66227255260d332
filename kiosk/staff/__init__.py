"""The staff door: signing in, helping a participant, deciding with a second person, testing the parts."""
