-- Whose visits of today these were, for the wrong codes that are counted with the account.
CREATE INDEX ticket_of_participant ON store.ticket (participant_id, requested_at) WHERE status = 'found';
