-- A campaign's report counts who left by one of its mails; a token of the link names the delivery.
CREATE INDEX subscriptions_left_by_campaign ON subscriptions ((split_part(consent -> 'left' ->> 'delivery', '.', 1)))
  WHERE consent -> 'left' ->> 'delivery' IS NOT NULL;

-- The rest of what a form asked for beside the time: window, first share, policy, only those missed. Part of what is approved.
ALTER TABLE approvals ADD COLUMN options jsonb NOT NULL DEFAULT '{}';
-- The flight plan as it was looked at: waves, missing values, the largest message, findings of the checks.
ALTER TABLE approvals ADD COLUMN flight jsonb;
-- The calendar asks for a month.
CREATE INDEX campaigns_by_start ON campaigns (starts_at);
