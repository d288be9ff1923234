"""The pages people see before the web applications come: a brand's shop window, the console's door, errors."""
