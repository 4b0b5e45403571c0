"""Fiches imported from a spreadsheet: previewed, then confirmed."""

import pytest

from directory.admin.resource import FicheResource
from directory.models import CoEntrepreneur, CpvCode, Department, Skill
from tests import cast
from tests.admin import round_trip
from tests.admin.importing import (
    IMPORT,
    confirm,
    import_file,
    ods,
    sentences,
    upload,
    workbook,
)
from tests.cast import admin_url, browser_of, messages_of, text_of, typed_in_admin
from tests.factories import CoEntrepreneurFactory, ListingRequestFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


def export(person, ending, query=""):
    return browser_of(person).get(f"{admin_url('coentrepreneur_export', ending)}{query}")


# --- The whole way -------------------------------------------------------------------------------------------------


def test_fiches_are_previewed_then_created_and_changed(referent, member):
    skill, cpv = Skill.objects.first(), CpvCode.objects.first()
    content = (
        "email;prenom;nom;accroche;competences;cpv;departements;toute_la_france;contrat;depart\n"
        f"lucie@example.org;Zoé;Martin;Une accroche neuve;;;;;;\n"
        f"neuf@example.org;Nour;Haddad;;{skill.name} | {skill.name};{cpv.code};34|Gard;oui;Associé;31/12/2030\n"
    )

    page = upload(referent, content)
    untouched = CoEntrepreneur.objects.count()
    response = confirm(referent, page)

    assert untouched == 1
    assert "Une accroche neuve" in page.content.decode()
    created = CoEntrepreneur.objects.get(email="neuf@example.org")
    member.refresh_from_db()
    assert member.headline == "Une accroche neuve"
    assert (created.referent, created.contract_stage, created.departed_on.isoformat()) == (
        referent,
        "associe",
        "2030-12-31",
    )
    assert list(created.skills.all()) == [skill]
    assert list(created.cpv_codes.all()) == [cpv]
    assert set(created.departments.all()) == set(Department.objects.filter(code__in=["34", "30"]))
    assert messages_of(response) == [
        "Import de « fiches.csv » terminé. Fiches créées : 1 ; modifiées : 1 ; inchangées : 0. Un courriel prévient 1 personne de leur fiche."
    ]


def test_one_wrong_row_and_nothing_is_written(referent, member):
    content = (
        "email;prenom;nom;depart;competences\nlucie@example.org;Autre;Nom;;\n\nx@example.org;;Nom;32/01/2030;Voler\n"
    )

    page = upload(referent, content)

    member.refresh_from_db()
    assert page.context["ticket"] is None
    assert member.last_name == "Astruc"
    assert sentences(page) == [
        "4 depart: « 32/01/2030 » n’est pas une date : écrivez 31/12/2027 ou 2027-12-31.",
        "4 competences: Valeurs inconnues : Voler.",
        "4 prenom: Ce champ ne peut pas être vide.",
    ]


def test_an_export_imported_again_changes_nothing(referent, member):
    CoEntrepreneur.objects.update(phone="+33 4 67 00 00 00", headline="- puce", trade_name="@telier")
    member.skills.set(Skill.objects.all()[:2])
    for ending in ("csv", "xlsx", "ods"):
        page = upload(referent, export(referent, ending).content, f"fiches.{ending}")

        assert page.context["totals"]["skip"] == 1, page.context["changed"]


def test_absent_columns_change_nothing_and_empty_cells_empty_their_field(referent, member):
    CoEntrepreneur.objects.update(city="Sète", trade_name="La marque")

    import_file(referent, "email;ville\nLUCIE@example.org;\n")

    member.refresh_from_db()
    assert (member.city, member.trade_name) == ("", "La marque")


@pytest.mark.parametrize(
    "content",
    [
        "email,accroche\nlucie@example.org,École à l’heure\n".encode(),
        "email;accroche\r\nlucie@example.org;École à l’heure\r\n".encode("utf-8-sig"),
        "email;accroche\nlucie@example.org;École à l’heure\n".encode("cp1252"),
        "email\taccroche\nlucie@example.org\tÉcole à l’heure\n".encode(),
        "email\taccroche\r\nlucie@example.org\tÉcole à l’heure\r\n".encode("utf-16"),
        "email;accroche\nlucie@example.org;École à l’heure\n".encode("utf-16-le"),
        "email;accroche\nlucie@example.org;École à l’heure\n".encode("utf-16-be"),
        "sep=|\r\nemail|accroche\r\nlucie@example.org|École à l’heure\r\n".encode(),
        "SEP=,\nE-mail,ACCROCHE\nlucie@example.org,École à l’heure\n".encode("utf-8-sig"),
        "Fiches de mars\n\nAdresse e-mail;Accroche\nlucie@example.org;École à l’heure\n".encode(),
        workbook(["Email", "Accroche"], [], ["lucie@example.org", "École à l’heure"]),
        ods(["Email", "Accroche"], ["lucie@example.org", "École à l’heure"]),
    ],
    ids=[
        "utf-8 comma",
        "bom semicolon",
        "windows",
        "tab",
        "utf-16 tab",
        "utf-16-le",
        "utf-16-be",
        "sep",
        "sep comma",
        "heading",
        "xlsx",
        "ods",
    ],
)
def test_files_of_every_office_are_read(referent, member, content):
    import_file(referent, content)

    member.refresh_from_db()
    assert member.headline == "École à l’heure"


@pytest.mark.parametrize("ending", ["csv", "xlsx", "ods"])
def test_an_export_saved_by_libreoffice_changes_nothing(referent, ending):
    round_trip.fiches(referent)

    page = upload(referent, (round_trip.SAVED / f"fiches.{ending}").read_bytes(), f"fiches.{ending}")

    assert page.context["ticket"], page.context["errors"] or page.context["form"].errors
    assert page.context["totals"]["skip"] == 3, [row.diff for row, _ in page.context["changed"]]


def test_an_export_saved_by_excel_in_ansi_changes_nothing_but_tells_the_lost_signs(referent):
    round_trip.fiches(referent)
    text = export(referent, "csv").content.decode("utf-8-sig").replace(";09;", ";9;").replace(";03111000;", ";3111000;")

    page = upload(referent, text.replace("02/01/2031", "02/01/31").encode("cp1252", "replace"))

    assert len(sentences(page)) == 1
    assert "offre: « ateliers?: » a perdu des signes" in sentences(page)[0]
    CoEntrepreneur.objects.filter(email="zoe@example.org").update(public_offer="Des ateliers « ici » – 80 %…")
    text = export(referent, "csv").content.decode("utf-8-sig")
    assert upload(referent, text.encode("cp1252")).context["totals"]["skip"] == 3


@pytest.mark.parametrize(
    "text", ["de vive voix?;", "80?% des agents", "un «?mot", "Ã©cole", "l\ufffdoffre", "lâ€™offre"]
)
def test_a_text_that_lost_its_signs_is_noticed(referent, member, text):
    page = upload(referent, f'email;accroche\nlucie@example.org;"{text}"\n')

    assert "a perdu des signes quand le fichier a été enregistré" in sentences(page)[0]


# --- The preview and the file to fill --------------------------------------------------------------------------------


def test_the_preview_shows_the_very_words_that_differ(referent, member):
    words = " ".join(f"mot{n}" for n in range(400))
    CoEntrepreneur.objects.update(public_offer=f"{words} avant {words}")

    page = text_of(upload(referent, f"email;offre\nlucie@example.org;{words} après {words}\n"))

    assert "mot399 <del>avant</del> mot0" in page
    assert "mot399 <ins>après</ins> mot0" in page
    assert "mot200" not in page


def test_words_of_the_preview_are_escaped(referent, member):
    page = text_of(upload(referent, "email;accroche\nlucie@example.org;<script>x</script>\nn@example.org;<b>\n"))

    assert "<script>x" not in page


def test_spaces_alone_that_differ_are_said(referent, member):
    CoEntrepreneur.objects.update(headline="Deux\u202fmots")

    assert "seules des espaces changent" in text_of(upload(referent, "email;accroche\nlucie@example.org;Deux mots\n"))


@pytest.mark.parametrize("ending", ["csv", "xlsx", "ods"])
def test_the_file_to_fill_has_the_titles_and_no_fiche(referent, ending):
    content = browser_of(referent).get(admin_url("coentrepreneur_template", ending)).content

    assert "Ce fichier est vide" in str(upload(referent, content, f"modele.{ending}").context["form"].errors)


def test_the_file_to_fill_says_what_every_column_takes():
    assert set(FicheResource.HELP) == {field.column_name for field in FicheResource.fields.values()}


@pytest.mark.parametrize(("person", "ending", "status"), [("staff_without_role", "csv", 403), ("referent", "exe", 404)])
def test_the_file_to_fill_is_for_those_who_import(person, ending, status):
    assert browser_of(getattr(cast, person)()).get(admin_url("coentrepreneur_template", ending)).status_code == status


# --- The box -------------------------------------------------------------------------------------------------------


def test_an_import_without_the_column_leaves_the_box(referent):
    CoEntrepreneurFactory(referent=referent, email="lucie@example.org", listed=True)

    import_file(referent, "email;accroche;client_public\nlucie@example.org;Neuve;\n")
    import_file(referent, "email;accroche\nlucie@example.org;Encore\n")

    assert CoEntrepreneur.objects.get().client_public


@pytest.mark.parametrize(("listed", "cell"), [(False, "oui"), (True, "non")])
def test_the_box_changes_by_its_column_and_the_history_says_why(referent, listed, cell):
    fiche = CoEntrepreneurFactory(referent=referent, email="lucie@example.org", listed=listed)

    import_file(referent, f"email;client_public\nlucie@example.org;{cell}\n", "salon.csv")

    fiche.refresh_from_db()
    event = fiche.events.order_by("pgh_id").last()
    assert fiche.client_public is not listed
    assert event.pgh_context.metadata == {"user": referent.user.pk, "reason": "Import de salon.csv"}


def test_a_tick_by_import_follows_the_rules(referent, member):
    CoEntrepreneur.objects.update(public_offer="")

    page = upload(referent, "email;client_public\nlucie@example.org;oui\n")

    assert sentences(page) == ["2 client_public: Pour cocher, il faut l’offre aux clients publics."]


def test_a_box_that_is_neither_yes_nor_no_is_refused(referent, member):
    page = upload(referent, "email;client_public\nlucie@example.org;peut-être\n")

    assert sentences(page) == ["2 client_public: « peut-être » : écrivez « oui » ou « non »."]


# --- Who may -------------------------------------------------------------------------------------------------------


def test_a_referent_can_not_import_over_a_colleague_s_fiche(referent, member):
    page = upload(cast.referent(), "email;nom\nlucie@example.org;Volée\n")

    assert sentences(page) == ["2 email: Cette fiche est suivie par Claire Fabre : vous ne pouvez pas la changer."]


def test_a_referent_can_not_hand_fiches_over_by_import(referent, member):
    other = cast.referent()

    page = upload(referent, f"email;referent\nlucie@example.org;{other.user.username}\n")

    assert sentences(page) == ["2 referent: Seule l’administration change le référent d’une fiche."]


def test_an_administrator_hands_fiches_over_by_import(member):
    other = cast.referent()

    import_file(cast.administrator(), f"email;referent\nlucie@example.org;{other.user.email.upper()}\n")

    member.refresh_from_db()
    assert member.referent == other


@pytest.mark.parametrize("written", ["Thomas Kieffer", "thomas  KIEFFER"])
def test_a_referent_is_known_by_the_name_that_screens_show(member, written):
    other = cast.referent(name="Thomas Kieffer")

    import_file(cast.administrator(), f"email;referent\nlucie@example.org;{written}\n")

    member.refresh_from_db()
    assert member.referent == other


def test_a_name_that_two_referents_share_is_refused(member):
    for _ in range(2):
        cast.referent(name="Thomas Kieffer")

    page = upload(cast.administrator(), "email;referent\nlucie@example.org;Thomas Kieffer\n")

    assert "écrivez l’adresse de son compte" in sentences(page)[0]


def test_whose_fiches_one_changes_is_told_as_it_is(referent):
    said = {person: text_of(browser_of(person).get(admin_url(IMPORT))) for person in (referent, cast.administrator())}

    assert ["Vous ne changez que les fiches que vous suivez" in text for text in said.values()] == [True, False]
    assert "Vous pouvez changer toutes les fiches" in said.popitem()[1]


def test_names_written_oddly_are_questioned_in_the_preview(referent, member):
    member.first_name = "lucie"
    member.save()

    page = upload(referent, "email;prenom;nom\nlucie@example.org;lucie;Astruc\nneuf@example.org;nour;HADDAD\n")

    [question] = [notice for notice in page.context["notices"] if "écrits comme il faut" in notice]
    assert "Nour Haddad" in question
    assert "Lucie Astruc" not in question


def test_an_unknown_referent_is_refused(member):
    page = upload(cast.administrator(), "email;referent\nlucie@example.org;personne@example.org\n")

    assert "n’est aucun référent" in sentences(page)[0]


# --- Between the preview and the confirmation ----------------------------------------------------------------------


def test_a_file_is_confirmed_once(referent, member):
    page = upload(referent, "email;accroche\nlucie@example.org;Neuve\n")
    confirm(referent, page)

    again = confirm(referent, page)

    assert "Ce fichier n’attend plus" in messages_of(again)[0]


def test_a_file_is_confirmed_by_who_sent_it(referent, member):
    page = upload(referent, "email;accroche\nlucie@example.org;Neuve\n")

    response = confirm(cast.administrator(), page)

    member.refresh_from_db()
    assert "Ce fichier n’attend plus" in messages_of(response)[0]
    assert member.headline != "Neuve"


def test_a_forged_confirmation_reads_no_file(referent):
    response = browser_of(referent).post(admin_url(IMPORT), {"confirmation": "../../etc/passwd"}, follow=True)

    assert "Ce fichier n’attend plus" in messages_of(response)[0]


def test_a_fiche_that_changed_hands_meanwhile_stops_the_import(referent, member):
    page = upload(referent, "email;accroche\nlucie@example.org;Neuve\n")
    CoEntrepreneur.objects.update(referent=cast.referent(name="Nadia Belkacem"))

    response = confirm(referent, page)

    member.refresh_from_db()
    assert "Cette fiche est suivie par Nadia Belkacem" in sentences(response)[0]
    assert member.headline != "Neuve"


def test_the_end_of_a_contract_is_written_on_the_form_and_in_the_file(referent, member):
    """A team is told when someone's contract ends before the market does: somebody has to write it."""
    browser, address = browser_of(referent), admin_url("coentrepreneur_change", member.pk)

    browser.post(address, typed_in_admin(browser.get(address), contract_ends_on="31/12/2027"))
    by_form = CoEntrepreneur.objects.get(pk=member.pk).contract_ends_on
    confirm(referent, upload(referent, "email;fin_de_contrat\nlucie@example.org;30/06/2028\n"))

    member.refresh_from_db()
    assert (by_form.isoformat(), member.contract_ends_on.isoformat()) == ("2027-12-31", "2028-06-30")
    assert "30/06/2028" in browser.get(admin_url("coentrepreneur_export", "csv")).content.decode()


def test_the_preview_says_who_enters_who_leaves_and_who_will_be_told(referent):
    entering = CoEntrepreneurFactory(referent=referent, email="a@example.org", first_name="Ana")
    ListingRequestFactory(co_entrepreneur=entering)
    CoEntrepreneurFactory(referent=referent, email="b@example.org", first_name="Bo", listed=True)
    CoEntrepreneurFactory(referent=referent, email="c@example.org", first_name="Cléo", listed=True)
    CoEntrepreneurFactory(referent=referent, email="d@example.org", first_name="Dan", departed_on="2020-01-01")

    page = upload(
        referent,
        "email;client_public;depart\na@example.org;oui;\nb@example.org;non;\n"
        "c@example.org;oui;01/01/2024\nd@example.org;non;01/01/2020\n",
    )

    told = {name.split()[0]: sentence for name, sentence in page.context["effects"]}
    assert set(told) == {"Ana", "Bo", "Cléo"}
    assert "Sa demande de référencement sera close" in told["Ana"]
    assert told["Bo"] == "Quittera le catalogue. Un courriel le dira à b@example.org."
    assert "n’est plus montrée dès maintenant" in told["Cléo"]
    assert "ce que les personnes apprendront" in page.text
    assert not CoEntrepreneur.objects.get(pk=entering.pk).client_public
