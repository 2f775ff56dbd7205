-- Changing the password ends links to reset it: a link contains the security stamp of its account. Earlier links to reset it are invalid.

-- Run once: fails if the column exists, as in databases of some days in which file 0007 created it.
ALTER TABLE mail_tokens ADD COLUMN security_stamp TEXT NOT NULL DEFAULT '';
