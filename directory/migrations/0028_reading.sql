-- A need and a fiche are read alike, however each is typed: invisible signs, acronyms with dots, C++, hyphens.

-- The parser takes « a/b » for a file, « a.b » for a host, all that follows « <script » for nothing, and drops the signs
-- of « C++ », « C# », « R&D » and « .NET »; both apostrophes must split « l’accueil ».
CREATE OR REPLACE FUNCTION directory_search_text(VARIADIC parts text[]) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN translate(
        regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
            regexp_replace(array_to_string(parts, ' '), '[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]', '', 'g'),
            '(?<=(?<![[:alnum:]])[[:alpha:]])\.(?=[[:alpha:]](?![[:alnum:]]))', '', 'g'),
            '(?<![[:alnum:]])c\+\+', 'cplusplus', 'gi'),
            '(?<![[:alnum:]])([cf])#', '\1sharp', 'gi'),
            '(?<![[:alnum:]])([[:alpha:]])&([[:alpha:]])(?![[:alnum:]])', '\1et\2', 'g'),
            '(?<![[:alnum:]])\.net(?![[:alnum:]])', 'dotnet', 'gi'),
        '’‑‐/._@<>', '''--      ');

-- As above, with each word of two parts also said in one: « éco-conception » is found as « écoconception ».
CREATE FUNCTION directory_document_text(VARIADIC parts text[]) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN regexp_replace(directory_search_text(VARIADIC parts),
        '(?<![[:alnum:]-])([[:alnum:]]+)-([[:alnum:]]+)(?![[:alnum:]-])', '\1-\2 \1\2', 'g');

-- The headline weighs as the name does: it is what its author chose to say first.
CREATE OR REPLACE VIEW directory_searchsource AS
SELECT
    fiche.id AS co_entrepreneur_id,
    title.words || setweight(to_tsvector('directory_french',
        directory_document_text(fiche.public_offer, fiche.presentation)), 'C')
    || setweight(to_tsvector('directory_french',
        directory_document_text(cpv.words, reference.words, label.words, zone.words, fiche.city)), 'D') AS document,
    title.words AS title,
    domain.ids AS domains,
    skill.ids AS skills,
    zone.codes AS departments,
    fiche.nationwide,
    cpv.tree AS cpv_codes,
    reference.types AS client_types,
    reference.number AS references_count,
    lower(unaccent(fiche.last_name || ' ' || fiche.first_name)) AS sort_name,
    fiche.departed_on,
    directory_words(directory_search_text(
        fiche.first_name, fiche.last_name, fiche.trade_name, fiche.headline, skill.words, fiche.public_offer,
        fiche.presentation, cpv.words, reference.words, label.words, zone.words, fiche.city)) AS words
FROM directory_coentrepreneur AS fiche
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(skill.id ORDER BY skill.id), '{}') AS ids,
           string_agg(skill.name || ' ' || array_to_string(skill.synonyms, ' '), ' ' ORDER BY skill.id) AS words
    FROM directory_coentrepreneur_skills AS link
    JOIN directory_skill AS skill ON skill.id = link.skill_id
    WHERE link.coentrepreneur_id = fiche.id
) AS skill
CROSS JOIN LATERAL (
    SELECT setweight(to_tsvector('directory_french',
               directory_document_text(fiche.first_name, fiche.last_name, fiche.trade_name, fiche.headline)), 'A')
           || setweight(to_tsvector('directory_french',
               directory_document_text(skill.words)), 'B') AS words
    OFFSET 0  -- made once, though it is used twice
) AS title
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(DISTINCT domain_id ORDER BY domain_id), '{}') AS ids
    FROM directory_skill WHERE id = ANY (skill.ids)
) AS domain
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(cpv.code ORDER BY cpv.code), '{}') AS codes,
           string_agg(cpv.label, ' ' ORDER BY cpv.code) AS words,
           -- The declared codes and their ancestors, among the known codes: what the facet counts.
           array(SELECT known.code FROM directory_cpvcode AS known
                 WHERE known.code IN (SELECT branch FROM unnest(array_agg(cpv.code)) AS code,
                                                         directory_cpv_branch(code) AS branch)
                 ORDER BY known.code) AS tree
    FROM directory_coentrepreneur_cpv_codes AS link
    JOIN directory_cpvcode AS cpv ON cpv.code = link.cpvcode_id
    WHERE link.coentrepreneur_id = fiche.id
) AS cpv
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(department.code ORDER BY department.code), '{}') AS codes,
           string_agg(department.name || ' ' || region.name, ' ' ORDER BY department.code) AS words
    FROM directory_coentrepreneur_departments AS link
    JOIN directory_department AS department ON department.code = link.department_id
    JOIN directory_region AS region ON region.code = department.region_id
    WHERE link.coentrepreneur_id = fiche.id
) AS zone
CROSS JOIN LATERAL (
    SELECT count(*) AS number,
           coalesce(array_agg(DISTINCT client.type), '{}') AS types,
           string_agg(reference.subject || ' ' || client.name || ' ' || reference.results, ' '
                      ORDER BY reference.id) AS words
    FROM directory_participation AS participation
    JOIN directory_reference AS reference ON reference.id = participation.reference_id
    JOIN directory_publicclient AS client ON client.id = reference.client_id
    WHERE participation.co_entrepreneur_id = fiche.id AND reference.publishable AND reference.state = 'validated'
) AS reference
CROSS JOIN LATERAL (
    SELECT string_agg(label.name, ' ' ORDER BY label.id) AS words
    FROM directory_certification AS certification
    JOIN directory_label AS label ON label.id = certification.label_id
    WHERE certification.co_entrepreneur_id = fiche.id AND certification.proof <> ''
      -- An expiry comes without a write: the daily job refreshes those of the day.
      AND (certification.expires_on IS NULL OR certification.expires_on >= (now() AT TIME ZONE 'Europe/Paris')::date)
) AS label
WHERE fiche.client_public;

-- What was made of the former readings.
UPDATE directory_synonym SET words = words;
SELECT directory_search_refresh(array_agg(id)) FROM directory_coentrepreneur;
