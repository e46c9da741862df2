"""What is done under the service agreement: measures against an institution that broke it."""
