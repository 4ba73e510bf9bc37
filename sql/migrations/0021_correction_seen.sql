-- Who has a highlight in a batch sees the batch that corrects it, also where that leaves theirs out: it would be current to
-- them for ever otherwise, and their highlight forwarded.
CREATE POLICY those_with_a_replaced_item_read ON forwarding FOR SELECT
	USING (replaces_id = ANY (ARRAY(SELECT i.forwarding_id FROM forwarding_item i)));
