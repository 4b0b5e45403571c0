-- What the database itself keeps true, whatever path wrote: admin, import, bulk update, psql.

CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS fuzzystrmatch;

-- French stems over letters without accents: « Formées », « formee » and « former » meet.
CREATE TEXT SEARCH CONFIGURATION directory_french (COPY = french);
ALTER TEXT SEARCH CONFIGURATION directory_french
    ALTER MAPPING FOR hword, hword_part, word WITH unaccent, french_stem;

-- The parser takes « a/b » for a file, « a.b » for a host and all that follows « <script » for nothing; both apostrophes
-- must split « l’accueil ».
CREATE FUNCTION directory_search_text(VARIADIC parts text[]) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN translate(array_to_string(parts, ' '), '’/._@<>', '''      ');

-- The distinct words of a text as one would spell them without accents or capitals.
CREATE FUNCTION directory_words(text) RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE
    RETURN ARRAY(
        SELECT DISTINCT lower(unaccent(token.token)) AS word
        FROM ts_parse('default', $1) AS token
        JOIN ts_token_type('default') AS type ON type.tokid = token.tokid
        WHERE type.alias IN ('asciiword', 'word', 'hword_asciipart', 'hword_part')
          AND length(token.token) BETWEEN 3 AND 40
        ORDER BY word
    );

-- A CPV code and its ancestors: 80511000 gives 80000000, 80500000, 80510000, 80511000.
CREATE FUNCTION directory_cpv_branch(code text) RETURNS SETOF text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT rpad(left(code, length), 8, '0') FROM generate_series(2, greatest(2, length(rtrim(code, '0')))) AS length;
END;

-- The words stand apart from the row: counts and look-ups that don't rank never read them.
ALTER TABLE directory_searchdocument SET (toast_tuple_target = 128);
ALTER TABLE directory_searchdocument ALTER COLUMN document SET STORAGE EXTERNAL;
ALTER TABLE directory_searchdocument ALTER COLUMN title SET STORAGE EXTERNAL;
ALTER TABLE directory_searchdocument
    ALTER COLUMN domains SET STORAGE MAIN, ALTER COLUMN skills SET STORAGE MAIN,
    ALTER COLUMN departments SET STORAGE MAIN, ALTER COLUMN cpv_codes SET STORAGE MAIN,
    ALTER COLUMN client_types SET STORAGE MAIN, ALTER COLUMN sort_name SET STORAGE MAIN;

-- The search document of every ticked fiche; `directory_searchdocument` holds its rows.
CREATE VIEW directory_searchsource AS
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
    FROM directory_reference AS reference
    JOIN directory_publicclient AS client ON client.id = reference.client_id
    WHERE reference.co_entrepreneur_id = fiche.id AND reference.publishable
) AS reference
CROSS JOIN LATERAL (
    SELECT string_agg(label.name, ' ' ORDER BY label.id) AS words
    FROM directory_certification AS certification
    JOIN directory_label AS label ON label.id = certification.label_id
    WHERE certification.co_entrepreneur_id = fiche.id AND certification.proof <> ''
      -- An expiry comes without a write: the daily job refreshes those of the day.
      AND (certification.expires_on IS NULL OR certification.expires_on >= current_date)
) AS label
WHERE fiche.client_public;

-- Write the documents of these fiches anew. Their rows are locked first, so that of two writers
-- the second reads what the first committed.
CREATE FUNCTION directory_search_refresh(fiches bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM directory_coentrepreneur WHERE id = ANY (fiches) ORDER BY id FOR NO KEY UPDATE;
    DELETE FROM directory_searchdocument AS document
    WHERE document.co_entrepreneur_id = ANY (fiches)
      AND NOT EXISTS (SELECT FROM directory_coentrepreneur AS fiche
                      WHERE fiche.id = document.co_entrepreneur_id AND fiche.client_public);
    INSERT INTO directory_searchdocument AS kept (
        co_entrepreneur_id, document, title, domains, skills, departments, nationwide, cpv_codes, client_types,
        references_count, sort_name, departed_on, words)
    SELECT co_entrepreneur_id, document, title, domains, skills, departments, nationwide, cpv_codes, client_types,
        references_count, sort_name, departed_on, words
    FROM directory_searchsource WHERE co_entrepreneur_id = ANY (fiches)
    ON CONFLICT (co_entrepreneur_id) DO UPDATE SET
        document = excluded.document, title = excluded.title, domains = excluded.domains, skills = excluded.skills,
        departments = excluded.departments, nationwide = excluded.nationwide, cpv_codes = excluded.cpv_codes,
        client_types = excluded.client_types, references_count = excluded.references_count,
        sort_name = excluded.sort_name, departed_on = excluded.departed_on, words = excluded.words;
END $$;

-- Planning the view costs more than reading it for one fiche: it is planned once.
ALTER FUNCTION directory_search_refresh SET plan_cache_mode = force_generic_plan;

-- Of a statement on a source, the fiches concerned: the argument finds them from `changed`, the rows before and after.
CREATE FUNCTION directory_fiches_concerned(operation text, finder text) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN format('WITH changed AS (%s) SELECT array_agg(DISTINCT fiche) FROM (%s) AS found(fiche)',
        CASE operation
            WHEN 'INSERT' THEN 'SELECT * FROM new_rows'
            WHEN 'DELETE' THEN 'SELECT * FROM old_rows'
            ELSE 'SELECT * FROM new_rows UNION ALL SELECT * FROM old_rows'
        END, finder);

CREATE FUNCTION directory_search_follow() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    fiches bigint[];
BEGIN
    EXECUTE directory_fiches_concerned(TG_OP, TG_ARGV[0]) INTO fiches;
    IF fiches IS NOT NULL THEN
        PERFORM directory_search_refresh(fiches);
    END IF;
    RETURN NULL;
END $$;

-- « Updated … ago » follows the lists of a fiche too.
CREATE FUNCTION directory_content_follow() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    fiches bigint[];
BEGIN
    EXECUTE directory_fiches_concerned(TG_OP, TG_ARGV[0]) INTO fiches;
    UPDATE directory_coentrepreneur SET content_updated_at = now()
    WHERE id = ANY (fiches) AND content_updated_at < now();
    RETURN NULL;
END $$;

CREATE FUNCTION directory_content_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.content_updated_at := now();
    RETURN NEW;
END $$;

CREATE TRIGGER content_changed BEFORE UPDATE ON directory_coentrepreneur FOR EACH ROW
    WHEN ((OLD.first_name, OLD.last_name, OLD.trade_name, OLD.headline, OLD.public_offer, OLD.presentation,
           OLD.nationwide, OLD.city, OLD.phone, OLD.website, OLD.photo)
          IS DISTINCT FROM
          (NEW.first_name, NEW.last_name, NEW.trade_name, NEW.headline, NEW.public_offer, NEW.presentation,
           NEW.nationwide, NEW.city, NEW.phone, NEW.website, NEW.photo))
    EXECUTE FUNCTION directory_content_changed();

-- An address that a fiche had goes on leading to it.
CREATE FUNCTION directory_slug_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM directory_formerslug WHERE lower(slug) = lower(NEW.slug);
    INSERT INTO directory_formerslug (slug, co_entrepreneur_id) VALUES (OLD.slug, NEW.id)
    ON CONFLICT (lower(slug)) DO UPDATE SET co_entrepreneur_id = excluded.co_entrepreneur_id;
    RETURN NULL;
END $$;

CREATE TRIGGER slug_changed AFTER UPDATE OF slug ON directory_coentrepreneur FOR EACH ROW
    WHEN (lower(OLD.slug) <> lower(NEW.slug)) EXECUTE FUNCTION directory_slug_changed();

-- Who follows a fiche decides on its open request.
CREATE FUNCTION directory_referent_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE directory_referencingrequest SET referent_id = NEW.referent_id
    WHERE co_entrepreneur_id = NEW.id AND state IN ('submitted', 'changes_asked');
    RETURN NULL;
END $$;

CREATE TRIGGER referent_changed AFTER UPDATE OF referent_id ON directory_coentrepreneur FOR EACH ROW
    WHEN (NEW.referent_id IS NOT NULL AND OLD.referent_id IS DISTINCT FROM NEW.referent_id)
    EXECUTE FUNCTION directory_referent_changed();

-- The version rises once per transaction, at its very end: the row is locked for the length of a commit, and
-- nobody reads the new version before what it stands for. Returns the number of this transaction's version.
CREATE FUNCTION directory_version_raise() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    this_transaction text := pg_current_xact_id()::text;
    raised text := current_setting('directory.version_raised', true);
    raised_to bigint;
BEGIN
    IF split_part(raised, ' ', 1) = this_transaction THEN
        RETURN split_part(raised, ' ', 2);
    END IF;
    INSERT INTO directory_catalogueversion AS version (id, number) VALUES (1, 1)
    ON CONFLICT (id) DO UPDATE SET number = version.number + 1
    RETURNING number INTO raised_to;
    DELETE FROM directory_cataloguechange WHERE version <= raised_to - 1000;  -- CatalogueChange.KEPT
    PERFORM set_config('directory.version_raised', this_transaction || ' ' || raised_to, true);
    RETURN raised_to;
END $$;

CREATE FUNCTION directory_document_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO directory_cataloguechange (version, co_entrepreneur_id)
    VALUES (directory_version_raise(), coalesce(NEW.co_entrepreneur_id, OLD.co_entrepreneur_id))
    ON CONFLICT DO NOTHING;
    -- Here writers come one at a time, the version being theirs: none waits for another's new word.
    INSERT INTO directory_searchword (word) SELECT unnest(NEW.words) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER version_follow AFTER INSERT OR UPDATE OR DELETE ON directory_searchdocument
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION directory_document_changed();

CREATE FUNCTION directory_words_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    raised_to bigint := directory_version_raise();
BEGIN
    UPDATE directory_catalogueversion SET words_number = raised_to WHERE words_number <> raised_to;
    RETURN NULL;
END $$;

-- Words of the catalogue that no fiche uses yet show on its pages all the same.
DO $$
DECLARE
    source text;
BEGIN
    FOREACH source IN ARRAY ARRAY['domain', 'skill', 'cpvcode', 'department', 'region', 'label', 'synonym'] LOOP
        EXECUTE format('CREATE CONSTRAINT TRIGGER version_follow AFTER INSERT OR UPDATE OR DELETE ON directory_%s
                        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION directory_words_changed()', source);
    END LOOP;
END $$;

-- Each source of the document, and how its rows lead to fiches.
DO $$
DECLARE
    follower record;
BEGIN
    FOR follower IN
        SELECT 'search_follow' AS name, 'directory_search_follow' AS function, source, finder FROM (VALUES
            ('directory_coentrepreneur', 'SELECT id FROM changed'),
            ('directory_coentrepreneur_skills', 'SELECT coentrepreneur_id FROM changed'),
            ('directory_coentrepreneur_cpv_codes', 'SELECT coentrepreneur_id FROM changed'),
            ('directory_coentrepreneur_departments', 'SELECT coentrepreneur_id FROM changed'),
            ('directory_reference', 'SELECT co_entrepreneur_id FROM changed'),
            ('directory_certification', 'SELECT co_entrepreneur_id FROM changed'),
            ('directory_consent', 'SELECT co_entrepreneur_id FROM changed'),
            ('directory_publicclient', 'SELECT co_entrepreneur_id FROM directory_reference
                WHERE client_id IN (SELECT id FROM changed)'),
            ('directory_label', 'SELECT co_entrepreneur_id FROM directory_certification
                WHERE label_id IN (SELECT id FROM changed)'),
            ('directory_skill', 'SELECT coentrepreneur_id FROM directory_coentrepreneur_skills
                WHERE skill_id IN (SELECT id FROM changed)'),
            ('directory_cpvcode', 'SELECT link.coentrepreneur_id FROM changed
                JOIN directory_coentrepreneur_cpv_codes AS link
                ON link.cpvcode_id LIKE left(changed.code, greatest(2, length(rtrim(changed.code, ''0'')))) || ''%'''),
            ('directory_department', 'SELECT coentrepreneur_id FROM directory_coentrepreneur_departments
                WHERE department_id IN (SELECT code FROM changed)'),
            ('directory_region', 'SELECT coentrepreneur_id FROM directory_coentrepreneur_departments AS link
                JOIN directory_department AS department ON department.code = link.department_id
                WHERE department.region_id IN (SELECT code FROM changed)')
        ) AS sources (source, finder)
        UNION ALL
        SELECT 'content_follow', 'directory_content_follow', source, finder FROM (VALUES
            ('directory_coentrepreneur_skills', 'SELECT coentrepreneur_id FROM changed'),
            ('directory_coentrepreneur_cpv_codes', 'SELECT coentrepreneur_id FROM changed'),
            ('directory_coentrepreneur_departments', 'SELECT coentrepreneur_id FROM changed'),
            ('directory_reference', 'SELECT co_entrepreneur_id FROM changed')
        ) AS sources (source, finder)
    LOOP
        EXECUTE format('CREATE TRIGGER %s_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows
            FOR EACH STATEMENT EXECUTE FUNCTION %s(%L)',
            follower.name, follower.source, follower.function, follower.finder);
        EXECUTE format('CREATE TRIGGER %s_update AFTER UPDATE ON %s REFERENCING OLD TABLE AS old_rows
            NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION %s(%L)',
            follower.name, follower.source, follower.function, follower.finder);
        EXECUTE format('CREATE TRIGGER %s_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows
            FOR EACH STATEMENT EXECUTE FUNCTION %s(%L)',
            follower.name, follower.source, follower.function, follower.finder);
    END LOOP;
END $$;

-- The nearest words are looked for by their trigrams.
CREATE INDEX search_word_trigrams ON directory_searchword USING gin (word gin_trgm_ops);

-- What is typed and what it means, as ts_rewrite reads them: the words, or what they stand for.
ALTER TABLE directory_synonym
    ADD COLUMN typed_query tsquery GENERATED ALWAYS AS (
        plainto_tsquery('directory_french', directory_search_text(words))) STORED,
    ADD COLUMN meant_query tsquery GENERATED ALWAYS AS (
        plainto_tsquery('directory_french', directory_search_text(meaning))) STORED,
    ADD COLUMN typed_phrase tsquery GENERATED ALWAYS AS (
        phraseto_tsquery('directory_french', directory_search_text(words))) STORED,
    ADD COLUMN meant_phrase tsquery GENERATED ALWAYS AS (
        phraseto_tsquery('directory_french', directory_search_text(meaning))) STORED;

CREATE VIEW directory_synonymrewrite AS
SELECT typed, replacement FROM (
    SELECT typed_query, typed_query || meant_phrase FROM directory_synonym
    UNION ALL
    SELECT meant_query, meant_query || typed_phrase FROM directory_synonym WHERE both_ways
) AS pairs (typed, replacement)
WHERE numnode(typed) > 0 AND numnode(replacement) > numnode(typed)
-- The longest first: « eaux de pluie » before « pluie ».
ORDER BY numnode(typed) DESC;
