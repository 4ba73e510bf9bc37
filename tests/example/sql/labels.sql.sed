/^INSERT INTO label .* VALUES$/a\
	('venue_status', 'open', 1, '可用', 'Open'),\
	('venue_status', 'closed', 2, '停用', 'Closed'),\
	('resource', 'venue', 21, '活动场地', 'Venue'),
