"""The search: the words of every case and of whatever else plugins let find, kept beside the rows themselves."""
