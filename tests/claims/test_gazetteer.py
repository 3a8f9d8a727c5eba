from index.claims.gazetteer import locate


def test_a_place_is_found_by_any_of_its_spellings() -> None:
    located = locate(["Kyiv", "Kiev", "Lviv", "Odessa", "Nowhere at All"])
    assert "Nowhere at All" not in located and located["Kyiv"] == located["Kiev"]
    assert {location.country for location in located.values()} == {"UA"}
    assert abs(located["Kyiv"].latitude - 50.45) < 0.1 and abs(located["Kyiv"].longitude - 30.52) < 0.1


def test_a_name_of_several_countries_is_that_of_most_other_places() -> None:
    assert locate(["Birmingham", "Montgomery", "Tuscaloosa"])["Birmingham"].country == "US"
    assert locate(["Birmingham", "Coventry", "Wolverhampton"])["Birmingham"].country == "GB"


def test_a_small_place_alone_in_its_country_is_left_out() -> None:
    beside = ["Lyon", "Marseille", "Toulouse"]
    assert "Hamar" not in locate([*beside, "Hamar"])
    assert locate(["Hamar"])["Hamar"].country == "NO"
    assert locate([*beside, "Warsaw"])["Warsaw"].country == "PL"


def test_no_names_have_no_locations() -> None:
    assert locate([]) == locate(["", "?"]) == {}
