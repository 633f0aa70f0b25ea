"""Case conferences (QI/05 3.1, 3.4): called the same day, held with participants, ended with a remedy or without one."""
