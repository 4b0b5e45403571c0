-- References are shared: who keeps one always takes part in it, and it counts for all who took part, once validated.

CREATE FUNCTION directory_keeper_takes_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO directory_participation (reference_id, co_entrepreneur_id) VALUES (NEW.id, NEW.co_entrepreneur_id)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE TRIGGER keeper_takes_part AFTER INSERT OR UPDATE OF co_entrepreneur_id ON directory_reference FOR EACH ROW
    WHEN (NEW.co_entrepreneur_id IS NOT NULL) EXECUTE FUNCTION directory_keeper_takes_part();

-- The search document of every ticked fiche, as in migration 0002 but for its references, and for the day, which is
-- the cooperative's: sessions of the site are in UTC.
CREATE OR REPLACE VIEW directory_searchsource AS
SELECT
    fiche.id AS co_entrepreneur_id,
    title.words || setweight(to_tsvector('directory_french',
        directory_search_text(fiche.public_offer, fiche.presentation)), 'C')
    || setweight(to_tsvector('directory_french',
        directory_search_text(cpv.words, reference.words, label.words, zone.words, fiche.city)), 'D') AS document,
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
               directory_search_text(fiche.first_name, fiche.last_name, fiche.trade_name)), 'A')
           || setweight(to_tsvector('directory_french',
               directory_search_text(fiche.headline, skill.words)), 'B') AS words
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

-- The sources that lead to fiches by another way than in migration 0002, and the new one.
DO $$
DECLARE
    follower record;
    concerned text := 'SELECT co_entrepreneur_id FROM directory_participation WHERE reference_id IN (SELECT id FROM changed)';
BEGIN
    FOR follower IN
        SELECT 'search_follow' AS name, 'directory_search_follow' AS function, source, finder FROM (VALUES
            ('directory_reference', concerned),
            ('directory_participation', 'SELECT co_entrepreneur_id FROM changed'),
            ('directory_publicclient', 'SELECT participation.co_entrepreneur_id FROM directory_participation
                AS participation JOIN directory_reference AS reference ON reference.id = reference_id
                WHERE client_id IN (SELECT id FROM changed)')
        ) AS sources (source, finder)
        UNION ALL
        SELECT 'content_follow', 'directory_content_follow', source, finder FROM (VALUES
            ('directory_reference', concerned),
            ('directory_participation', 'SELECT co_entrepreneur_id FROM changed')
        ) AS sources (source, finder)
    LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER %s_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows
            FOR EACH STATEMENT EXECUTE FUNCTION %s(%L)',
            follower.name, follower.source, follower.function, follower.finder);
        EXECUTE format('CREATE OR REPLACE TRIGGER %s_update AFTER UPDATE ON %s REFERENCING OLD TABLE AS old_rows
            NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION %s(%L)',
            follower.name, follower.source, follower.function, follower.finder);
        EXECUTE format('CREATE OR REPLACE TRIGGER %s_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows
            FOR EACH STATEMENT EXECUTE FUNCTION %s(%L)',
            follower.name, follower.source, follower.function, follower.finder);
    END LOOP;
END $$;

CREATE INDEX public_client_name_trigrams ON directory_publicclient USING gin (name gin_trgm_ops);

-- What was shown until now had been checked by a référent.
UPDATE directory_reference SET state = 'validated', decided_at = now() WHERE publishable;
INSERT INTO directory_participation (reference_id, co_entrepreneur_id)
SELECT id, co_entrepreneur_id FROM directory_reference WHERE co_entrepreneur_id IS NOT NULL;
