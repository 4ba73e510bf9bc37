$a\
\
-- Where there is room is for everybody to know; what is closed may go.\
SELECT access('venue', $$\
	read   anyone\
	create submitter, administrator\
	change submitter, administrator\
	delete submitter, administrator: status = 'closed' $$);
