"""How the console says lengths of time and names, in the reader's language."""

import pytest

from console.voice import Voice


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (89, "89 s", "89 秒"),
        (90, "2 min", "2 分钟"),
        (3_599, "1 h 0 min", "1 小时 0 分钟"),
        (47 * 3600 + 59 * 60, "47 h 59 min", "47 小时 59 分钟"),
        (321 * 3600 + 41 * 60, "13 d 9 h", "13 天 9 小时"),
    ],
)
def test_a_duration_is_said_as_people_say_it(seconds: float, english: str, chinese: str) -> None:
    assert (Voice("en").duration(seconds), Voice("zh-Hans").duration(seconds)) == (english, chinese)


def test_a_name_is_said_in_the_other_language_rather_than_not_at_all() -> None:
    assert Voice("zh-Hans").name({"en": "Shelf", "zh": "货架"}) == "货架"
    assert Voice("zh-Hans").name({"en": "Shelf", "zh": ""}) == "Shelf"
    assert Voice("en").name({"zh": "货架"}) == "货架"
    assert Voice("en").name(None) == ""
