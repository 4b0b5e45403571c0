import pytest

from directory import documents


@pytest.mark.parametrize("data", [{}, {"dated": "2026-01-01"}, {"dated": "jamais", "title": "Essai"}, {"dated": None}])
def test_data_that_make_no_document_are_refused_in_a_sentence(data, caplog):
    with pytest.raises(documents.DocumentError, match="n’a pas pu être composé") as refused:
        documents.render_cv(data)

    assert refused.value.reason == str(refused.value)
    assert [record.getMessage() for record in caplog.records] == ["a cv can't be made"]
