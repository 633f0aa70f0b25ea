"""The JSON API: what the screens can do, generated from the procedures, through the same gate."""
