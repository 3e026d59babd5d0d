-- A foreign key looks up every row of an import on its own: of the 46 s that a million subscriptions took the server, the
-- two of them were 29. What they promised is kept by sets instead. A subscription goes with its person; a list is never
-- deleted; and what adds a subscription locks the person first (FOR KEY SHARE) where another could erase them meanwhile.
ALTER TABLE subscriptions DROP CONSTRAINT subscriptions_list_id_fkey;
ALTER TABLE subscriptions DROP CONSTRAINT subscriptions_subscriber_id_fkey;

CREATE FUNCTION delete_subscriptions_of_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM subscriptions m USING deleted WHERE m.subscriber_id = deleted.id;
  RETURN NULL;
END $$;
CREATE TRIGGER subscribers_delete_subscriptions AFTER DELETE ON subscribers
  REFERENCING OLD TABLE AS deleted FOR EACH STATEMENT EXECUTE FUNCTION delete_subscriptions_of_deleted();

CREATE FUNCTION refuse_list_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a list is never deleted: its subscriptions are the proof of consent, and links in old mails name it';
END $$;
CREATE TRIGGER lists_never_deleted BEFORE DELETE ON lists FOR EACH ROW EXECUTE FUNCTION refuse_list_deletion();
