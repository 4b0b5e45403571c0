-- What insures the cooperative, or a co-entrepreneur, is on public pages: none is kept past a change of it.
CREATE FUNCTION directory_insurance_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM directory_version_raise();
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER version_follow AFTER INSERT OR UPDATE OR DELETE ON directory_insurance
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION directory_insurance_changed();

-- The skills whose works a ten-year guarantee covers; the cooperative says otherwise, or more, in its back office.
UPDATE directory_skill SET is_building_trade = true WHERE slug IN (
    'architecture', 'menuiserie', 'peinture-et-fresques-murales', 'pierre-seche-bati-ancien', 'ecoconstruction',
    'metallerie', 'petits-travaux');
