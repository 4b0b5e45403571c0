"""What the charter wants of a reference, beside what its form demands."""


def lacks(reference):
    """What is missing, as nouns to list: what convinces a buyer first. Reads `cpv_codes`: prefetch it for a list."""
    return [
        label
        for label, missing in [
            ("le contexte", not reference.context),
            ("la mission", not reference.mission),
            ("les livrables", not reference.deliverables),
            ("les résultats", not reference.results),
            ("le lieu", not reference.place),
            ("un code CPV", not reference.cpv_codes.all()),
            ("le montant", reference.amount is None),
            ("l’attestation du client", not reference.attestation),
            ("un contact chez le client", not (reference.contact_name or reference.contact_email)),
            ("l’accord pour la montrer", not reference.publishable),
        ]
        if missing
    ]
