-- A stamped copy may be an OFD (GB/T 33190), in which offices sign and stamp.

ALTER TABLE document
	DROP CONSTRAINT file__wrong_type_for_kind,
	ADD CONSTRAINT file__wrong_type_for_kind CHECK (CASE kind
		WHEN 'stamped_pdf' THEN media_type IN ('application/pdf', 'application/ofd')
		WHEN 'word_copy' THEN media_type = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
		WHEN 'photo' THEN media_type IN ('image/jpeg', 'image/png')
		ELSE true END);
