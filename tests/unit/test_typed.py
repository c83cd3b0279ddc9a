"""What people type for a setting is read as they mean it.

What makes no sense stays as it is.
"""

import pytest

from workers.channels import typed_values, zones


@pytest.mark.parametrize(
    ("said", "zone"),
    [
        ("new york", "America/New_York"), ("EST", "America/New_York"), ("cst", "America/Chicago"),
        ("UTC+8", "Etc/GMT-8"), ("GMT-5", "Etc/GMT+5"), ("Beijing", "Asia/Shanghai"), ("北京", "Asia/Shanghai"),
        ("germany", "Europe/Berlin"), ("CEST", "Europe/Berlin"), ("ist", "Asia/Kolkata"),
        ("san francisco", "America/Los_Angeles"),
        ("europe/berlin", "Europe/Berlin"), ("UTC", "UTC"), ("mars", ""), ("san", ""), ("", ""), ("../etc", ""),
    ],
)  # fmt: skip
def test_a_zone_is_found_by_city_country_abbreviation_and_offset(said, zone):
    assert zones.resolve(said) == zone


@pytest.mark.parametrize(
    ("name", "said", "value"),
    [
        ("time", "8:30", "08:30"), ("time", "8am", "08:00"), ("time", "7 pm", "19:00"), ("time", "12 am", "00:00"),
        ("time", "8点", "08:00"), ("time", "25:00", "25:00"), ("time", "soon", "soon"), ("time", "8", "8"),
        ("days", "Mon–Fri", "mon-fri"), ("days", "weekdays", "mon-fri"), ("days", "周一至周五", "mon-fri"),
        ("days", "Monday and Friday", "mon,fri"), ("days", "funday", "funday"), ("quiet", "Yes", True),
        ("quiet", "maybe", "maybe"),
        ("time", "午後8時30分", "20:30"), ("time", "朝9時半", "09:30"), ("time", "晚上8点半", "20:30"),
        ("time", "中午12点", "12:00"),
        ("time", "９時", "09:00"), ("time", "晚上12点", "00:00"), ("days", "月曜日から金曜日まで", "mon-fri"),
        ("days", "月水金", "mon,wed,fri"), ("days", "月〜金", "mon-fri"), ("days", "平日", "mon-fri"),
        ("days", "毎日", "mon-sun"),
        ("days", "每周一三五", "mon,wed,fri"), ("days", "星期一和星期五", "mon,fri"), ("days", "周末", "sat,sun"),
        ("quiet", "はい", True), ("follow", "なし", []),
        ("picks", "3", 3), ("picks", "many", "many"), ("not_wanted", "none", []),
        ("interests", "a; b, c", ["a", "b", "c"]),
        ("title", " Maps, daily ", "Maps, daily"),
    ],
)  # fmt: skip
def test_values_are_read_as_people_write_them(name, said, value):
    assert typed_values.value(name, said) == value


def test_the_zones_to_choose_from_are_places_with_their_short_names():
    assert len(zones.zones()) > 300 and "US/Eastern" not in zones.zones()
    assert zones.label("America/New_York") == "New York (EST/EDT)" and zones.label("UTC") == "UTC"
