"""A public contract as the open data tell it; ours is the SIREN of the cooperative of the tests."""

SIREN = "732829320"
OURS = {"id": "73282932000074", "typeIdentifiant": "SIRET"}
OTHER = {"id": "34027049500021", "typeIdentifiant": "SIRET"}


def contract(**changed):
    return {
        "id": "2024-17",
        "acheteur": {"id": "21340172201787"},
        "nature": "Marché",
        "objet": "Formation des agents d’accueil",
        "codeCPV": "80500000-9",
        "procedure": "Procédure adaptée",
        "lieuExecution": {"code": "34000", "typeCode": "Code postal"},
        "dureeMois": 12,
        "dateNotification": "2024-05-15",
        "montant": 57500.5,
        "titulaires": [{"titulaire": OURS}],
    } | changed
