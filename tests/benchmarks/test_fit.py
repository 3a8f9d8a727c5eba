"""Which features the fitted models have."""

from benchmarks.fit import feature_names

GLANCE = {"similarity": 0.5, "recency": 1.0, "asks_present": 1.0, "asks_control": 0.0}


def test_the_tense_of_a_question_counts_only_where_sentences_were_read_with_it() -> None:
    at_a_glance = feature_names(GLANCE, ["similarity"])
    assert {"recency", "recency*asks_control", "similarity_below"} <= set(at_a_glance)
    assert not any("asks_present" in name for name in at_a_glance)
    read = feature_names({**GLANCE, "reader": 0.2}, ["similarity"])
    assert {"asks_present", "recency*asks_present", "reader*asks_present", "reader*recency"} <= set(read)
