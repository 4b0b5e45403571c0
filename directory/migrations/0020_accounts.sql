-- No account without an address, and no référent whose account has none, whatever path writes.
--
-- Triggers rather than check constraints: an account that had no address before keeps working (each sign-in updates its
-- row), and can't lose what it hasn't; whatever is new, or changes its address, has one.

-- Who signs in by an address as a username is reached there.
UPDATE auth_user SET email = username
WHERE email !~ '^[^@[:space:]]+@[^@[:space:]]+$' AND username ~ '^[^@[:space:]]+@[^@[:space:]]+\.[^@[:space:]]+$';

CREATE FUNCTION account_has_address() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.email !~ '^[^@[:space:]]+@[^@[:space:]]+$' THEN
        RAISE EXCEPTION 'account_has_address: account "%" has no address', NEW.username
            USING ERRCODE = 'check_violation', CONSTRAINT = 'account_has_address', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER account_made_with_address BEFORE INSERT ON auth_user
FOR EACH ROW EXECUTE FUNCTION account_has_address();

CREATE TRIGGER account_keeps_address BEFORE UPDATE ON auth_user
FOR EACH ROW WHEN (OLD.email IS DISTINCT FROM NEW.email) EXECUTE FUNCTION account_has_address();

CREATE FUNCTION referent_has_address() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM auth_user WHERE id = NEW.user_id AND email !~ '^[^@[:space:]]+@[^@[:space:]]+$') THEN
        RAISE EXCEPTION 'referent_has_address: the account of "%" has no address', NEW.name
            USING ERRCODE = 'check_violation', CONSTRAINT = 'referent_has_address', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER referent_made_with_address BEFORE INSERT OR UPDATE OF user_id ON directory_referent
FOR EACH ROW EXECUTE FUNCTION referent_has_address();
