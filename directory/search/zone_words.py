"""Where someone works, in a few words: « Toute l’Occitanie », « Occitanie sauf le Gers », « Gard et Hérault »."""

FRANCE, MAINLAND = "France", "France métropolitaine"
# How many places are named one by one, and how many a whole may lack to be named all the same.
MOST_NAMED, MOST_LACKING = 3, 2
# Beside those too many to be named, and where there is no better.
FIRST_NAMED = 2

# What is said before a name, and before its whole; a name that isn’t there is said alone.
_NAMES = {
    "le ": """Calvados, Cantal, Centre-Val de Loire, Cher, Doubs, Finistère, Gard, Gers, Grand Est, Jura, Loir-et-Cher,
        Loiret, Lot, Lot-et-Garonne, Maine-et-Loire, Morbihan, Nord, Pas-de-Calais, Puy-de-Dôme, Bas-Rhin, Haut-Rhin,
        Rhône, Tarn, Tarn-et-Garonne, Var, Vaucluse, Territoire de Belfort, Val-de-Marne, Val-d’Oise""",
    "la ": """Bourgogne-Franche-Comté, Bretagne, Charente, Charente-Maritime, Corrèze, Corse, Corse-du-Sud, Côte-d’Or,
        Creuse, Dordogne, Drôme, France, France métropolitaine, Gironde, Guadeloupe, Guyane, Haute-Corse,
        Haute-Garonne, Haute-Loire, Haute-Marne, Haute-Saône, Haute-Savoie, Haute-Vienne, Loire, Loire-Atlantique,
        Lozère, Manche, Marne, Martinique, Mayenne, Meurthe-et-Moselle, Meuse, Moselle, Nièvre, Normandie,
        Nouvelle-Aquitaine, Saône-et-Loire, Sarthe, Savoie, Seine-et-Marne, Seine-Maritime, Seine-Saint-Denis, Somme,
        Vendée, Vienne""",
    "l’": """Ain, Aisne, Allier, Ardèche, Ariège, Aube, Aude, Auvergne-Rhône-Alpes, Aveyron, Essonne, Eure,
        Eure-et-Loir, Hérault, Île-de-France, Ille-et-Vilaine, Indre, Indre-et-Loire, Isère, Occitanie, Oise, Orne,
        Yonne""",
    "les ": """Alpes-de-Haute-Provence, Alpes-Maritimes, Ardennes, Bouches-du-Rhône, Côtes-d’Armor, Deux-Sèvres,
        Hautes-Alpes, Hautes-Pyrénées, Hauts-de-France, Hauts-de-Seine, Landes, Pays de la Loire,
        Pyrénées-Atlantiques, Pyrénées-Orientales, Vosges, Yvelines""",
}
ARTICLES = {name: article for article, names in _NAMES.items() for name in " ".join(names.split()).split(", ")}
WHOLES = {"le ": "Tout le ", "la ": "Toute la ", "l’": "Toute l’", "les ": "Tous les ", "": "Toute la région "}
CONTRACTED = {"le ": "du ", "la ": "de ", "l’": "d’", "les ": "des ", "": "de "}


def zone_in_words(codes, regions, first=(), most=MOST_NAMED):
    """These departments as a buyer reads them; what is said is true of them, and of no other unless a number is told.

    Args:
        codes: those of the departments.
        regions: by the name of each region, its departments' names by code.
        first: codes of those to be named before the others.
        most: how many are named one by one; None for all of them.

    Returns:
        str: empty for none.
    """
    names = {code: name for departments in regions.values() for code, name in departments.items()}
    held = set(codes) & names.keys()
    if not held:
        return ""
    wholes = {region: set(departments) for region, departments in regions.items() if len(departments) > 1}
    france = {FRANCE: set(names), MAINLAND: {code for code in names if len(code) == len("34")}}
    for area, members in (france | wholes).items():
        lacking = sorted(members - held)
        if held <= members and not lacking:
            return WHOLES[ARTICLES.get(area, "")] + area
        if held <= members and len(lacking) <= MOST_LACKING and len(lacking) < len(held) - 1:
            return f"{area} sauf {_listed([ARTICLES.get(names[code], '') + names[code] for code in lacking])}"
    # The largest first: what they leave is told as a number.
    whole = sorted((region for region in wholes if wholes[region] <= held), key=lambda name: (-len(wholes[name]), name))
    rest = sorted(held.difference(*(wholes[region] for region in whole)), key=lambda code: (code not in first, code))
    places = [*whole, *(names[code] for code in rest)]
    if most is None or len(places) <= most:
        return _listed(places)
    named = whole[:FIRST_NAMED] or places[:FIRST_NAMED]
    others = len(held) - sum(len(wholes.get(place, [place])) for place in named)
    where = next((region for region, members in wholes.items() if held <= members), "")
    of_region = f" {CONTRACTED[ARTICLES.get(where, '')]}{where}" if where else ""
    return f"{', '.join(named)} et {others} autres départements{of_region}"


def _listed(words):
    """« a », « a et b », « a, b et c »."""
    return " et ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)
