-- What we tell other programs of our own accord. Triggers write it where it happens, in the same transaction: nothing is told
-- that did not happen, and nothing is forgotten, whichever process or command did it.

CREATE TABLE webhook_endpoints (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  url         text NOT NULL,
  -- Encrypted with the installation's secret (domain/webhook-secret.ts).
  secret      bytea NOT NULL,
  events      text[] NOT NULL,
  created_by  bigint NOT NULL REFERENCES users (id),
  created_at  timestamptz NOT NULL DEFAULT now(),
  -- Set when it never answered for days, or said that it is gone.
  stopped     text,
  removed_at  timestamptz
);

-- One event for one endpoint. Numbers and words of our own, nothing personal.
CREATE TABLE webhook_messages (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  endpoint_id bigint NOT NULL,
  event       text NOT NULL,
  data        jsonb NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  -- When it is tried next; null once it is over.
  due_at      timestamptz DEFAULT now(),
  attempts    integer NOT NULL DEFAULT 0,
  delivered   boolean NOT NULL DEFAULT false,
  settled_at  timestamptz
);
CREATE INDEX webhook_messages_due ON webhook_messages (endpoint_id, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX webhook_messages_settled ON webhook_messages (settled_at) WHERE settled_at IS NOT NULL;

-- The log of deliveries: one row a try.
CREATE TABLE webhook_attempts (
  message_id bigint NOT NULL REFERENCES webhook_messages (id) ON DELETE CASCADE,
  at         timestamptz NOT NULL DEFAULT now(),
  -- What it answered; null without an answer.
  status     integer,
  error      text,
  took_ms    integer NOT NULL
);
CREATE INDEX webhook_attempts_by_message ON webhook_attempts (message_id);

CREATE FUNCTION tell_webhooks(event text, data jsonb) RETURNS void LANGUAGE sql AS $$
  INSERT INTO webhook_messages (endpoint_id, event, data)
  SELECT w.id, $1, $2 FROM webhook_endpoints w WHERE w.removed_at IS NULL AND w.stopped IS NULL AND $1 = ANY (w.events)
$$;

CREATE FUNCTION tell_of_campaign() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM tell_webhooks('campaign.' || NEW.state::text, jsonb_build_object('campaign', NEW.id, 'issue', NEW.issue_slug,
    'list', (SELECT slug FROM lists WHERE id = NEW.list_id), 'state', NEW.state, 'planned', NEW.planned));
  RETURN NULL;
END $$;
CREATE TRIGGER campaigns_tell AFTER UPDATE OF state ON campaigns
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION tell_of_campaign();

-- Not for new rows: an import of a million would tell of each, and a program that adds somebody knows it.
CREATE FUNCTION tell_of_subscription() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM tell_webhooks('subscription.' || NEW.status::text, jsonb_build_object('subscriber', NEW.subscriber_id,
    'list', (SELECT slug FROM lists WHERE id = NEW.list_id), 'was', OLD.status));
  RETURN NULL;
END $$;
CREATE TRIGGER subscriptions_tell AFTER UPDATE OF status ON subscriptions
  FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status AND NEW.status <> 'pending') EXECUTE FUNCTION tell_of_subscription();

CREATE FUNCTION tell_of_feedback() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM tell_webhooks(CASE WHEN NEW.kind = 'complaint' THEN 'feedback.complaint' ELSE 'feedback.bounce' END,
    jsonb_build_object('feedback', NEW.id, 'kind', NEW.kind, 'subscriber', NEW.subscriber_id, 'status', NEW.status,
      'delivery', NEW.campaign_id || '.' || NEW.number));
  RETURN NULL;
END $$;
CREATE TRIGGER feedback_tell AFTER INSERT ON feedback
  FOR EACH ROW WHEN (NEW.kind IN ('hard', 'soft', 'full', 'policy', 'complaint')) EXECUTE FUNCTION tell_of_feedback();
