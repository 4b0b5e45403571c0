from django.contrib.postgres.search import SearchVectorField
from django.db.models import Lookup


@SearchVectorField.register_lookup
class Answers(Lookup):
    """`document__answers="'d:12' & 'format'"`: the vector answers this tsquery, given as PostgreSQL writes one."""

    lookup_name = "answers"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        vector, vector_params = self.process_lhs(compiler, connection)
        query, query_params = self.process_rhs(compiler, connection)
        return f"{vector} @@ ({query})::tsquery", (*vector_params, *query_params)

    def get_db_prep_lookup(self, value, connection):  # noqa: ARG002 the signature is Django's
        return "%s", [value]
