"""Who may read and edit: accounts, sessions, login and its throttle."""
