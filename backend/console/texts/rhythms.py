"""How often, and on which days of the week."""

_DAYS = (
    ("On Mondays", "周一"),
    ("On Tuesdays", "周二"),
    ("On Wednesdays", "周三"),
    ("On Thursdays", "周四"),
    ("On Fridays", "周五"),
    ("On Saturdays", "周六"),
    ("On Sundays", "周日"),
)
DAY_LABELS = {f"field.day{number}": text for number, text in enumerate(_DAYS, 1)}
"""The labels of `rhythms.DAY_FIELDS`, for every form that has them."""
TEXTS = {
    "rhythm.every_week": ("every week", "每周一次"),
    "rhythm.every_weeks": ("every {count} weeks", "每 {count} 周一次"),
}
