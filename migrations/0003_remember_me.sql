-- Browsers that stay signed in. A cookie names a series and carries its token; both are kept as hashes only. Each use
-- replaces the token, so a token that comes a second time was copied. STANDING is what the account was like when the series
-- began: when its name, role or password is another, the series is void. Times are milliseconds since 1970.

CREATE TABLE _hrdb_remember_me (
  SERIES TEXT NOT NULL PRIMARY KEY,
  SOURCE TEXT NOT NULL,
  ACCOUNT TEXT NOT NULL,
  STANDING TEXT NOT NULL,
  TOKEN TEXT NOT NULL,
  PREVIOUS TEXT,
  SALT TEXT,
  ROTATED INTEGER NOT NULL,
  EXPIRES INTEGER NOT NULL
);

CREATE INDEX _hrdb_remember_me_account ON _hrdb_remember_me (SOURCE, ACCOUNT);
CREATE INDEX _hrdb_remember_me_expires ON _hrdb_remember_me (EXPIRES);
