"""The console's icons: strokes on a field of 24 by 24, drawn in the colour of their text."""
# ruff: noqa: E501 - a path has no good place for a break

ICONS = {
    "home": "M3 11.5 12 4l9 7.5M5.5 9.8V20h13V9.8M10 20v-6h4v6",
    "phone": "M7 3h10a1.5 1.5 0 0 1 1.5 1.5v15A1.5 1.5 0 0 1 17 21H7a1.5 1.5 0 0 1-1.5-1.5v-15A1.5 1.5 0 0 1 7 3zM10.5 18h3",
    "book": "M5 4.5A1.5 1.5 0 0 1 6.5 3H19v15H6.5A1.5 1.5 0 0 0 5 19.5zM5 19.5A1.5 1.5 0 0 0 6.5 21H19v-3M9 7.5h6M9 11h6",
    "person": "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c.8-3.6 3.8-5.5 7.5-5.5s6.7 1.9 7.5 5.5",
    "settings": "M4 7h10M18 7h2M4 17h2M10 17h10M14 4.5v5M6.5 14.5v5",
    "menu": "M4 6.5h16M4 12h16M4 17.5h16",
    "up": "M12 19V5M6 11l6-6 6 6",
    "down": "M12 5v14M6 13l6 6 6-6",
    "next": "M9 5l7 7-7 7",
    "back": "M15 5l-7 7 7 7",
    "close": "M6 6l12 12M18 6 6 18",
    "download": "M12 4v11M7 10.5l5 5 5-5M5 20h14",
    "save": "M6 3.5h12V21l-6-4.5L6 21z",
    "out": "M14 4H5.5v16H14M10 12h10.5M17 8l4 4-4 4",
    "globe": "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM3.5 12h17M12 3.5c3 3 3 14 0 17M12 3.5c-3 3-3 14 0 17",
    "inbox": "M4 13l3-8.5h10L20 13v6.5H4zM4 13h5l1.5 2.5h3L15 13h5",
    "search": "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l4.5 4.5",
    "store": "M4 10v9.5h16V10M3 9.5 5 4h14l2 5.5a3 3 0 0 1-6 0 3 3 0 0 1-6 0 3 3 0 0 1-6 0zM9.5 19.5v-5h5v5",
}
