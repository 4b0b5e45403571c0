-- « Acheter en pratique » is kept as the catalogue's pages are: what it is made of raises the catalogue's version, as insurances do.

CREATE FUNCTION directory_page_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM directory_version_raise();
    RETURN NULL;
END $$;

DO $$
DECLARE
    source text;
BEGIN
    FOREACH source IN ARRAY ARRAY['page', 'paper', 'threshold'] LOOP
        EXECUTE format('CREATE CONSTRAINT TRIGGER buying_follow AFTER INSERT OR UPDATE OR DELETE ON directory_%s
                        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION directory_page_changed()', source);
    END LOOP;
END $$;
