-- oddities.sql: every awkward shape a SQLite file may have, for tests. All names and rows are invented.
-- Needs FTS5 and RTREE compiled in. Deterministic. SQLite 3.37 or newer (STRICT).
PRAGMA foreign_keys = ON;
BEGIN;

-- 1. SQL keywords as names
CREATE TABLE "group" ("index" INTEGER PRIMARY KEY, "values" TEXT, "by" TEXT);
CREATE TABLE "order" ("select" INTEGER PRIMARY KEY, "from" TEXT, "where" TEXT, "group" INTEGER REFERENCES "group" ("index"), "limit" INTEGER);
CREATE TABLE "select" ("order" INTEGER NOT NULL, "table" TEXT NOT NULL, "null" TEXT, PRIMARY KEY ("order", "table"));
CREATE TABLE "index" ("key" TEXT PRIMARY KEY NOT NULL, "default" TEXT, "primary" INTEGER UNIQUE);
CREATE TABLE "values" ("id" INTEGER PRIMARY KEY, "like" TEXT, "case" TEXT, "order" INTEGER REFERENCES "order" ("select"));
INSERT INTO "group" VALUES (1, 'first', 'a'), (2, 'it''s second', NULL), (3, '', '');
INSERT INTO "order" VALUES (1, 'here', 'there', 1, 10), (2, 'now', NULL, 2, NULL), (3, '', 'x', NULL, -1);
INSERT INTO "select" VALUES (1, 'a', NULL), (1, 'b', 'null'), (2, 'a', 'NULL');
INSERT INTO "index" VALUES ('k1', 'd', 1), ('k2', NULL, NULL), ('select', '', NULL);
INSERT INTO "values" VALUES (1, '50%', 'UPPER', 1), (2, 'a_b', 'lower', NULL);

-- 2. spaces, dots, quotes, dashes and other signs in names
CREATE TABLE "table with space" ("the id" INTEGER PRIMARY KEY, "first name" TEXT, " lead" TEXT, "trail " TEXT);
CREATE TABLE "dot.ted" (id INTEGER PRIMARY KEY, "a.b" TEXT, "owner.ref" INTEGER REFERENCES "table with space" ("the id"));
CREATE TABLE "say ""hi""" (id INTEGER PRIMARY KEY, "the ""quoted"" one" TEXT, "it's" TEXT);
CREATE TABLE "back`tick" (id INTEGER PRIMARY KEY, "col`umn" TEXT);
CREATE TABLE "dash-ed" ("row-id" INTEGER PRIMARY KEY, "co-lumn" TEXT, "say-hi" INTEGER REFERENCES "say ""hi""" (id));
CREATE TABLE "slash/ed" (id INTEGER PRIMARY KEY, "a/b" TEXT, "back\slash" TEXT);
CREATE TABLE "per%cent" (id INTEGER PRIMARY KEY, "50%" TEXT, "under_" TEXT, "q?&=#" TEXT, "plus+" TEXT, "$dollar" TEXT, "semi;colon" TEXT);
CREATE TABLE "br[ack]et" ("[id]" INTEGER PRIMARY KEY, "x[0]" TEXT, "{curly}" TEXT, "co:lon" TEXT, "com,ma" TEXT);
CREATE TABLE "blank names" (id INTEGER PRIMARY KEY, "" TEXT, " " TEXT, "	" TEXT);
INSERT INTO "table with space" VALUES (1, 'Ann', 'l', 't'), (2, 'O''Bob', NULL, '');
INSERT INTO "dot.ted" VALUES (1, 'a.b', 1), (2, '..', NULL);
INSERT INTO "say ""hi""" VALUES (1, '"hi"', 'it''s'), (2, NULL, '''');
INSERT INTO "back`tick" VALUES (1, '`'), (2, '``');
INSERT INTO "dash-ed" VALUES (1, '-', 1), (2, '--', NULL);
INSERT INTO "slash/ed" VALUES (1, '/', '\'), (2, '//', NULL);
INSERT INTO "per%cent" VALUES (1, '50%', '_', '?', '+', '$', ';'), (2, NULL, NULL, '&', '%2B', '$1', NULL);
INSERT INTO "br[ack]et" VALUES (1, '[', '{', ':', ','), (2, ']', '}', '::', NULL);
INSERT INTO "blank names" VALUES (1, 'empty', 'space', 'tab');

-- 3. names that are not ASCII, or begin with a digit; 120 rows in one of them
CREATE TABLE "Größe" ("größe_id" INTEGER PRIMARY KEY, "Länge" REAL, "straße" TEXT);
CREATE TABLE "名前" ("番号" INTEGER PRIMARY KEY, "姓" TEXT, "größe" INTEGER REFERENCES "Größe" ("größe_id"));
CREATE TABLE "Ωmega" ("α" TEXT PRIMARY KEY NOT NULL, "β" TEXT);
CREATE TABLE "🎷" (id INTEGER PRIMARY KEY, "🎺" TEXT);
CREATE TABLE "1st_table" ("1st" INTEGER PRIMARY KEY, "2nd_col" TEXT, "3" TEXT);
INSERT INTO "Größe" WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 120)
  SELECT i, i / 4.0 - 10, CASE WHEN i % 10 = 0 THEN NULL ELSE 'Straße ' || i END FROM n;
INSERT INTO "名前" VALUES (1, '佐藤', 1), (2, '鈴木', NULL), (3, '', 120);
INSERT INTO "Ωmega" VALUES ('α', 'first'), ('ω', NULL), ('Ω', 'capital');
INSERT INTO "🎷" VALUES (1, '🎺🎺'), (2, NULL);
INSERT INTO "1st_table" VALUES (1, 'one', '3'), (2, NULL, '');

-- 4. names that meet when mapped to camelCase or to one case
CREATE TABLE camel_clash (id INTEGER PRIMARY KEY, a_b TEXT, "a b" TEXT, aB TEXT, "a-b" TEXT);
CREATE TABLE "camel clash" (id INTEGER PRIMARY KEY, v TEXT);
CREATE TABLE CamelClash (id INTEGER PRIMARY KEY, v TEXT, camel_clash_id INTEGER REFERENCES camel_clash (id), camelClash TEXT);
INSERT INTO camel_clash VALUES (1, 'underscore', 'space', 'camel', 'dash'), (2, NULL, NULL, NULL, NULL);
INSERT INTO "camel clash" VALUES (1, 'space');
INSERT INTO CamelClash VALUES (1, 'pascal', 1, 'a column, not the relation'), (2, 'no parent', NULL, NULL);

-- 5. words that are part of a service's paths or of its answers
CREATE TABLE path_words (id INTEGER PRIMARY KEY, "count" INTEGER, search TEXT, filter TEXT, export TEXT, query TEXT, page TEXT, size TEXT, sort TEXT, content TEXT);
CREATE TABLE "count" ("count" TEXT PRIMARY KEY NOT NULL, "search" TEXT);
CREATE TABLE "search" (id INTEGER PRIMARY KEY, "count" TEXT REFERENCES "count" ("count"));
INSERT INTO path_words VALUES (1, 5, 's', 'f', 'e', 'q', '0', '20', 'id,desc', '[]'), (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO "count" VALUES ('count', 's'), ('search', NULL), ('filter', 'f'), ('export', 'e');
INSERT INTO "search" VALUES (1, 'count'), (2, 'export'), (3, NULL);

-- 6. keys: only a key, none, hidden rowids, nullable, odd types
CREATE TABLE key_only (code TEXT PRIMARY KEY NOT NULL);
CREATE TABLE key_only_int (id INTEGER PRIMARY KEY);
CREATE TABLE key_only_child (id INTEGER PRIMARY KEY, code TEXT REFERENCES key_only (code));
CREATE TABLE no_key (a TEXT, b INTEGER);                                     -- 300 rows, each one three times
CREATE TABLE no_key_child (a TEXT REFERENCES key_only (code), n INTEGER);    -- no key, but a relation
CREATE TABLE without_rowid_kv (k TEXT NOT NULL PRIMARY KEY, v BLOB) WITHOUT ROWID;
CREATE TABLE int_not_alias (id INT PRIMARY KEY, v TEXT);                     -- INT is not the rowid: NULL allowed
CREATE TABLE int_desc (id INTEGER PRIMARY KEY DESC, v TEXT);                 -- nor is INTEGER ... DESC
CREATE TABLE rowid_shadow (id INTEGER PRIMARY KEY, rowid TEXT, oid TEXT, _rowid_ TEXT);
CREATE TABLE rowid_hidden (rowid TEXT, oid TEXT, _rowid_ TEXT);              -- no key and no way to the rowid
CREATE TABLE blob_key (k BLOB PRIMARY KEY NOT NULL, note TEXT);
CREATE TABLE blob_key_child (id INTEGER PRIMARY KEY, k BLOB REFERENCES blob_key (k));
CREATE TABLE text_key (k TEXT PRIMARY KEY NOT NULL, v INTEGER);
CREATE TABLE text_key_child (id INTEGER PRIMARY KEY, k TEXT REFERENCES TEXT_KEY (K) ON UPDATE CASCADE);
CREATE TABLE nullable_key (k TEXT PRIMARY KEY, v TEXT);
CREATE TABLE nullable_pair (k1 TEXT, k2 TEXT, v TEXT, PRIMARY KEY (k1, k2));
CREATE TABLE real_key (k REAL PRIMARY KEY NOT NULL, v TEXT);
CREATE TABLE date_key (d DATE PRIMARY KEY NOT NULL, v TEXT);
CREATE TABLE nocase_key (k TEXT COLLATE NOCASE PRIMARY KEY NOT NULL, v TEXT);
CREATE TABLE any_key (k PRIMARY KEY NOT NULL, v TEXT);                       -- 1, '1', 1.5 and X'31' in one key
CREATE TABLE big_key (id INTEGER PRIMARY KEY, v TEXT);
CREATE TABLE pair_key (c TEXT, a INTEGER NOT NULL, b TEXT NOT NULL, PRIMARY KEY (b, a));   -- not in column order
CREATE TABLE pair_key_child (id INTEGER PRIMARY KEY, pa INTEGER, pb TEXT, FOREIGN KEY (pb, pa) REFERENCES pair_key);
CREATE TABLE triple_key (x INTEGER NOT NULL, y TEXT NOT NULL, z REAL NOT NULL, note TEXT, PRIMARY KEY (x, y, z)) WITHOUT ROWID;
CREATE TABLE all_key (p INTEGER NOT NULL, q TEXT NOT NULL, PRIMARY KEY (p, q));
INSERT INTO key_only VALUES ('alpha'), ('beta'), ('gamma delta');
INSERT INTO key_only_int VALUES (1), (2), (-3);
INSERT INTO key_only_child VALUES (1, 'alpha'), (2, 'gamma delta'), (3, NULL);
INSERT INTO no_key WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i < 299)
  SELECT CASE WHEN i % 100 = 50 THEN NULL ELSE 'row ' || (i % 100) END, i % 100 - 50 FROM n;
INSERT INTO no_key_child VALUES ('alpha', 1), ('alpha', 1), (NULL, 2);
INSERT INTO without_rowid_kv VALUES ('a', X'01'), ('b', NULL), ('c', 'text in a blob column');
INSERT INTO int_not_alias VALUES (1, 'one'), (2, 'two'), (NULL, 'null key'), (NULL, 'second null key');
INSERT INTO int_desc VALUES (3, 'c'), (1, 'a'), (2, 'b');
INSERT INTO rowid_shadow VALUES (1, 'r', 'o', '_r_'), (2, NULL, NULL, NULL);
INSERT INTO rowid_hidden VALUES ('r1', 'o1', 'x1'), ('r2', NULL, ''), ('r2', NULL, '');
INSERT INTO blob_key VALUES (X'', 'empty'), (X'00', 'zero byte'), (X'DEADBEEF', 'beef'), (X'C328', 'not UTF-8'), (X'616263', 'abc');
INSERT INTO blob_key_child VALUES (1, X'DEADBEEF'), (2, X''), (3, NULL);
INSERT INTO text_key VALUES ('a/b', 1), ('50%', 2), ('x y', 3), ('ü', 4), ('', 5), ('.', 6), ('..', 7), ('%2F', 8), ('a+b', 9), ('a?b=c&d', 10),
  ('a#b', 11), ('O''Neil', 12), ('007', 13), ('7', 14), ('null', 15), ('count', 16), ('search', 17), ('A', 18), ('a', 19), ('a ', 20), ('名前', 21),
  ('🎷', 22), ('(1,2)', 23), ('a;b', 24), ('a\b', 25), ('u' || char(776), 26), ('"q"', 27), ('a_b', 28), ('a,b', 29), ('a' || char(10) || 'b', 30);
INSERT INTO text_key_child VALUES (1, 'a/b'), (2, '50%'), (3, 'x y'), (4, 'ü'), (5, ''), (6, NULL), (7, 'a/b');
INSERT INTO nullable_key VALUES ('a', 'has a key'), (NULL, 'null one'), (NULL, 'null two'), ('', 'empty');
INSERT INTO nullable_pair VALUES ('a', 'b', 'full'), ('a', NULL, 'half'), ('a', NULL, 'half again'), (NULL, NULL, 'none');
INSERT INTO real_key VALUES (0.1, 'tenth'), (1.0, 'one'), (-2.5e10, 'far below'), (1e300, 'huge');
INSERT INTO date_key VALUES ('2024-02-29', 'leap'), ('1969-12-31', 'before epoch');
INSERT INTO nocase_key VALUES ('Abc', 'mixed'), ('Ärger', 'capital umlaut'), ('ärger', 'NOCASE folds ASCII only');
INSERT INTO any_key VALUES (1, 'integer'), ('1', 'text'), (1.5, 'real'), (X'31', 'blob');
INSERT INTO big_key VALUES (9007199254740993, '2^53 + 1'), (9007199254740992, '2^53'), (9223372036854775807, 'max'), (-9223372036854775808, 'min'), (0, 'zero'), (-1, 'minus one');
INSERT INTO pair_key VALUES ('one', 1, 'x'), ('two', 1, 'y,z'), ('three', 2, 'x/y'), (NULL, -1, '');
INSERT INTO pair_key_child VALUES (1, 1, 'x'), (2, 2, 'x/y'), (3, NULL, 'x'), (4, NULL, NULL), (5, -1, '');
INSERT INTO triple_key VALUES (1, 'a', 0.5, 'n'), (1, 'a', 1.5, NULL), (-9007199254740993, 'b/c', -0.25, '');
INSERT INTO all_key VALUES (1, 'a'), (1, 'b'), (2, 'a');

-- 7. unique keys and what only looks like one
CREATE TABLE index_zoo (id INTEGER PRIMARY KEY, email TEXT, code TEXT, active BOOLEAN, slot INTEGER, name TEXT UNIQUE, serial TEXT);
CREATE UNIQUE INDEX zoo_partial ON index_zoo (code) WHERE active = 1;        -- not a unique key of the table
CREATE UNIQUE INDEX zoo_expression ON index_zoo (lower(email));              -- nor this
CREATE UNIQUE INDEX zoo_mixed ON index_zoo (slot, upper(code));              -- nor this
CREATE UNIQUE INDEX zoo_real_one ON index_zoo (serial DESC);                 -- but this is
CREATE INDEX zoo_plain ON index_zoo (slot);
INSERT INTO index_zoo VALUES (1, 'A@x.example', 'c', 1, 1, 'n1', 's1'), (2, 'b@x.example', 'c', 0, 2, 'n2', 's2'),
  (3, NULL, 'c', 0, 3, NULL, NULL), (4, NULL, NULL, 1, NULL, NULL, NULL);

-- 8. types: STRICT, generated, none, wrong, odd
CREATE TABLE strict_types (id INTEGER PRIMARY KEY, i INT, r REAL, t TEXT NOT NULL, b BLOB, a ANY) STRICT;
CREATE TABLE generated (id INTEGER PRIMARY KEY, net INTEGER NOT NULL, rate REAL NOT NULL DEFAULT 0.2,
  gross REAL GENERATED ALWAYS AS (net * (1 + rate)) VIRTUAL, label TEXT AS ('no ' || id) STORED UNIQUE, half AS (net / 2));
CREATE TABLE untyped (a, b, c);
CREATE TABLE untyped_key (k PRIMARY KEY, v);
CREATE TABLE wrong_types (id INTEGER PRIMARY KEY, n INTEGER, r REAL, t TEXT, b BLOB, d DATE, flag BOOLEAN, num NUMERIC(10,2));
CREATE TABLE type_zoo (id INTEGER PRIMARY KEY, u UNSIGNED BIG INT, dp DOUBLE PRECISION, dec DECIMAL(38,18), uu UUID, cv CHARACTER VARYING(20),
  tz TIMESTAMP WITH TIME ZONE, arr "INTEGER[]", pt POINT, money MONEY, nv "NVARCHAR(MAX)", cl CLOB, bits BIT(1), lb LONGBLOB, f FLOAT, tiny TINYINT(1), odd "what ever, really");
CREATE TABLE numbers (id INTEGER PRIMARY KEY, i BIGINT, r REAL, note TEXT);
CREATE TABLE json_docs (id INTEGER PRIMARY KEY, doc JSON, note TEXT);
CREATE TABLE odd_dates (id INTEGER PRIMARY KEY, d DATE, t TIME, ts TIMESTAMP, dt DATETIME, note TEXT);
CREATE TABLE text_zoo (id INTEGER PRIMARY KEY, t TEXT, note TEXT);
CREATE TABLE bad_utf8 (id INTEGER PRIMARY KEY, t TEXT);                      -- text that is not UTF-8: reading may fail
CREATE TABLE blob_zoo (id INTEGER PRIMARY KEY, "data" BLOB, "data_two" BLOB NOT NULL DEFAULT X'', mime TEXT);
CREATE TABLE empty_table (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT DEFAULT 'it''s "empty"', at TEXT DEFAULT CURRENT_TIMESTAMP, r TEXT DEFAULT (lower(hex(randomblob(4)))));
INSERT INTO strict_types VALUES (1, 1, 1.5, 't', X'01', 'any text'), (2, NULL, 2.0, '', NULL, 9007199254740993), (3, -1, NULL, '3', X'', X'33');
INSERT INTO generated (id, net, rate) VALUES (1, 100, 0.2), (2, 7, 0), (3, -50, 0.5);
INSERT INTO untyped VALUES (1, 'one', 1.0), ('1', NULL, X'31'), (NULL, NULL, NULL), (9007199254740993, '', -0.5);
INSERT INTO untyped_key VALUES ('a', 1), (2, 'b'), (NULL, 'null key');
INSERT INTO wrong_types VALUES (1, 1, 1.5, 'fine', X'01', '2024-01-01', 1, 1.25), (2, 'not a number', 'nor this', X'FF00', 'text in blob', 20240101, 'maybe', 'abc'),
  (3, 1.5, '', 42, 7, 1700000000.5, 2, ''), (4, X'31', X'32', 1.5, 1.5, X'33', 'true', X'34'), (5, NULL, NULL, NULL, NULL, NULL, NULL, NULL), (6, '0012', '1e3', '0012', '', '', 0, '1.10');
INSERT INTO type_zoo VALUES (1, 18446744073709551615, 1.5, '1234567890.123456789012345678', '00000000-0000-4000-8000-000000000001', 'longer than twenty characters, kept',
  '2024-06-01 12:00:00+02:00', '[1,2]', 'POINT(1 2)', '$5.00', 'n', 'c', 1, X'00', 1.0, 300, 'x'),
  (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO numbers VALUES (1, 9007199254740993, 0.1, '2^53 + 1'), (2, 9223372036854775807, 1e308, 'max'), (3, -9223372036854775808, -1e308, 'min'),
  (4, NULL, 9e999, 'plus infinity'), (5, NULL, -9e999, 'minus infinity'), (6, 0, -0.0, 'minus zero'), (7, -1, 5e-324, 'smallest'), (8, NULL, 9e999 - 9e999, 'not a number becomes NULL'),
  (9, 9223372036854775808, 9007199254740993.0, 'too large for an integer: stored as real'), (10, 2147483648, 0.30000000000000004, 'above 32 bit');
INSERT INTO json_docs VALUES (1, '{"a": 1, "b": [true, null, "x"]}', 'object'), (2, '[1, 2, 3]', 'array'), (3, '"text"', 'string'), (4, 'null', 'json null'), (5, NULL, 'sql null'),
  (6, '{"broken": ', 'cut off'), (7, '{a: 1, }', 'JSON5 only'), (8, '', 'empty'), (9, 42, 'a number'), (10, '{"n": 9007199254740993, "u": "\u00fc\ud83c\udfb7"}', 'escapes'), (11, '{"a": 1, "a": 2}', 'a name twice');
INSERT INTO odd_dates VALUES (1, '2024-02-29', '23:59:59', '2024-02-29 23:59:59', '2024-02-29T23:59:59', 'ISO'), (2, '2024-02-30', '24:00:00', '2024-02-29 23:59:59.123456', '2024-02-29T23:59:59Z', 'no such day'),
  (3, '31/12/2024', '11:59 PM', '2024-02-29 23:59:59+05:30', '2024-02-29T23:59:59.999-08:00', 'offsets'), (4, 1709251199, 86399, 1709251199, 1709251199000, 'epoch seconds and milliseconds'),
  (5, 2460370.5, 0.5, 2460370.499988426, -1, 'julian days'), (6, 'yesterday', 'noon', 'now', '', 'words'), (7, NULL, NULL, NULL, NULL, 'nulls'), (8, '0000-00-00', '00:00', '0000-00-00 00:00:00', '0001-01-01 00:00:00', 'zero'),
  (9, '9999-12-31', '23:59:60', '9999-12-31 23:59:59', '-0044-03-15 12:00:00', 'far ends'), (10, '20240229', '235959', '2024-02-29', '2024-060', 'basic, date only, ordinal'), (11, '24-2-9', '7:5', '2024-2-9 7:5', '2024-W09-4', 'short, week');
INSERT INTO text_zoo VALUES (1, 'plain', 'ascii'), (2, '', 'empty'), (3, NULL, 'null'), (4, ' lead and trail ', 'spaces'), (5, 'a' || char(0) || 'b', 'NUL inside'), (6, 'l1' || char(13, 10) || 'l2' || char(9) || 'tab', 'CRLF and tab'),
  (7, 'שלום עולם', 'right to left'), (8, 'e' || char(769) || ' é', 'combining and single'), (9, '👩‍👩‍👧‍👦 🎷', 'joined emoji'), (10, '<script>alert("x")</script>&amp;', 'markup'), (11, '=1+1', 'spreadsheet formula'),
  (12, 'a,"b";''c''', 'csv signs'), (13, '100%', 'percent'), (14, '100_', 'underscore'), (15, '100x', 'matches 100_ as LIKE'), (16, 'C:\new\%d', 'backslashes'), (17, '0042', 'leading zeros'), (18, 'ÄÖÜ STRASSE', 'upper'),
  (19, 'äöü straße', 'lower'), (20, replace(hex(zeroblob(5000)), '00', 'xy'), '10,000 characters'), (21, char(65279) || 'bom', 'byte order mark'), (22, char(8232) || char(127) || char(27), 'line separator, DEL, ESC'), (23, 'null', 'the word'), (24, 'İıſK', 'case folding traps');
INSERT INTO bad_utf8 VALUES (1, 'good'), (2, CAST(X'C328' AS TEXT)), (3, CAST(X'FF' AS TEXT)), (4, CAST(X'EDA080' AS TEXT));
INSERT INTO blob_zoo VALUES (1, NULL, X'', NULL), (2, X'', X'00', 'application/octet-stream'), (3, X'89504E470D0A1A0A0000000D4948445200000001000000010802000000907753DE0000000C4944415478DA63382127070002B601050A5BA6060000000049454E44AE426082', X'0D0A0D0A', 'image/png'),
  (4, X'3C68313E68693C2F68313E', X'7B7D', 'text/html'), (5, zeroblob(100000), X'FF', NULL), (6, 'text', 'text', 'text/plain'), (7, 12, 1.5, 'numbers');

-- 9. relations: deferred, mutual, chain, self, missing parent, cascades, one to one, two parents
CREATE TABLE deferred_child (id INTEGER PRIMARY KEY, parent_id INTEGER NOT NULL REFERENCES deferred_parent (id) DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE deferred_parent (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE mutual_a (id INTEGER PRIMARY KEY, name TEXT, b_id INTEGER REFERENCES mutual_b (id));
CREATE TABLE mutual_b (id INTEGER PRIMARY KEY, name TEXT, a_id INTEGER REFERENCES mutual_a (id));
CREATE TABLE hen (id INTEGER PRIMARY KEY, from_egg INTEGER NOT NULL UNIQUE REFERENCES egg (id) DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE egg (id INTEGER PRIMARY KEY, laid_by INTEGER NOT NULL REFERENCES hen (id) DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE chain_e (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE chain_d (id INTEGER PRIMARY KEY, name TEXT, e_id INTEGER REFERENCES chain_e (id));
CREATE TABLE chain_c (id INTEGER PRIMARY KEY, name TEXT, d_id INTEGER REFERENCES chain_d (id));
CREATE TABLE chain_b (id INTEGER PRIMARY KEY, name TEXT, c_id INTEGER REFERENCES chain_c (id));
CREATE TABLE chain_a (id INTEGER PRIMARY KEY, name TEXT, b_id INTEGER REFERENCES chain_b (id));
CREATE TABLE family (id INTEGER PRIMARY KEY, name TEXT, mother_id INTEGER REFERENCES family (id), father_id INTEGER REFERENCES family);
CREATE TABLE orphan_child (id INTEGER PRIMARY KEY, ghost_id INTEGER REFERENCES ghost_table (id), note TEXT);  -- no such parent; keep empty
CREATE TABLE one_to_one (id INTEGER PRIMARY KEY REFERENCES chain_e (id), extra TEXT);
CREATE TABLE two_parents (id INTEGER PRIMARY KEY, x INTEGER REFERENCES chain_e (id) REFERENCES deferred_parent (id));
CREATE TABLE unique_parent (id INTEGER PRIMARY KEY, u1 TEXT NOT NULL, u2 INTEGER NOT NULL, nick TEXT UNIQUE, UNIQUE (u1, u2));
CREATE TABLE unique_child (id INTEGER PRIMARY KEY, r2 INTEGER, r1 TEXT, nick TEXT REFERENCES unique_parent (nick), FOREIGN KEY (r1, r2) REFERENCES unique_parent (u1, u2));
CREATE TABLE cascade_parent (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE cascade_child (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES cascade_parent (id) ON DELETE CASCADE ON UPDATE CASCADE);
CREATE TABLE cascade_grandchild (id INTEGER PRIMARY KEY, child_id INTEGER REFERENCES cascade_child (id) ON DELETE CASCADE);
CREATE TABLE other_actions (id INTEGER PRIMARY KEY, nulled INTEGER REFERENCES cascade_parent (id) ON DELETE SET NULL,
  defaulted INTEGER DEFAULT 1 REFERENCES cascade_parent (id) ON DELETE SET DEFAULT, restricted INTEGER REFERENCES cascade_parent (id) ON DELETE RESTRICT);
INSERT INTO deferred_child VALUES (1, 10), (2, 20);                          -- before their parents
INSERT INTO deferred_parent VALUES (10, 'ten'), (20, 'twenty'), (1, 'one');
INSERT INTO mutual_a VALUES (1, 'a1', NULL), (2, 'a2', NULL);
INSERT INTO mutual_b VALUES (1, 'b1', 1), (2, 'b2', NULL);
UPDATE mutual_a SET b_id = 1 WHERE id = 1;
INSERT INTO hen VALUES (1, 1), (2, 2);
INSERT INTO egg VALUES (1, 2), (2, 1), (3, 1);
INSERT INTO chain_e VALUES (1, 'e1'), (2, 'e2');
INSERT INTO chain_d VALUES (1, 'd1', 1), (2, 'd2', NULL);
INSERT INTO chain_c VALUES (1, 'c1', 1), (2, 'c2', 2);
INSERT INTO chain_b VALUES (1, 'b1', 1), (2, 'b2', 2), (3, 'b3', NULL);
INSERT INTO chain_a VALUES (1, 'a1', 1), (2, 'a2', 2), (3, 'a3', 3), (4, 'a4', NULL);
INSERT INTO family VALUES (1, 'Grandma', NULL, NULL), (2, 'Grandpa', NULL, NULL), (3, 'Mum', 1, 2), (4, 'Dad', NULL, NULL), (5, 'Kid', 3, 4), (6, 'Own parent', 6, 6);
INSERT INTO one_to_one VALUES (1, 'only e1 has one');
INSERT INTO two_parents VALUES (1, 1), (2, NULL);                            -- 1 is in both parents
INSERT INTO unique_parent VALUES (1, 'k', 1, 'nick'), (2, 'k', 2, NULL), (3, 'l/m', 1, NULL);
INSERT INTO unique_child VALUES (1, 1, 'k', 'nick'), (2, NULL, 'k', NULL), (3, 1, 'l/m', NULL);
INSERT INTO cascade_parent VALUES (1, 'default'), (2, 'has children'), (3, 'restricted'), (4, 'free');
INSERT INTO cascade_child VALUES (1, 2), (2, 2), (3, 4), (4, NULL);
INSERT INTO cascade_grandchild VALUES (1, 1), (2, 1), (3, 3);
INSERT INTO other_actions VALUES (1, 4, 4, 3), (2, 2, 2, NULL), (3, NULL, NULL, NULL);

-- 10. triggers and a high sequence
CREATE TABLE guarded (id INTEGER PRIMARY KEY, qty INTEGER, locked BOOLEAN DEFAULT 0);
CREATE TABLE guarded_log (id INTEGER PRIMARY KEY AUTOINCREMENT, guarded_id INTEGER, what TEXT);
CREATE TRIGGER guarded_insert BEFORE INSERT ON guarded WHEN NEW.qty < 0 BEGIN SELECT RAISE(ABORT, 'quantity must not be negative'); END;
CREATE TRIGGER guarded_update BEFORE UPDATE ON guarded WHEN NEW.qty < 0 OR OLD.locked BEGIN SELECT RAISE(ABORT, 'row can''t be changed: "locked" or negative'); END;
CREATE TRIGGER guarded_delete BEFORE DELETE ON guarded WHEN OLD.locked BEGIN SELECT RAISE(ABORT, 'row is locked'); END;
CREATE TRIGGER guarded_after AFTER INSERT ON guarded BEGIN INSERT INTO guarded_log (guarded_id, what) VALUES (NEW.id, 'insert'); END;
CREATE TRIGGER guarded_clamp AFTER INSERT ON guarded WHEN NEW.qty > 1000 BEGIN UPDATE guarded SET qty = 1000 WHERE id = NEW.id; END;
CREATE TABLE autoinc_high (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT);
INSERT INTO guarded (id, qty, locked) VALUES (1, 5, 0), (2, 0, 1), (3, NULL, 0), (4, 5000, 0);
INSERT INTO autoinc_high VALUES (1, 'low'), (5000000000, 'gone');
DELETE FROM autoinc_high WHERE id = 5000000000;                              -- the next id is 5000000001

-- 11. views
CREATE VIEW view_constants AS SELECT 1 AS id, 'constant' AS word, NULL AS "nothing", 3.5 AS real_one, X'00' AS bytes;
CREATE VIEW view_duplicates AS SELECT a.id, a.name, b.id, b.name FROM chain_a a JOIN chain_b b ON b.id = a.b_id;
CREATE VIEW view_expressions AS SELECT count(*), 1 + 1, max("Länge"), 'x''y' FROM "Größe";
CREATE VIEW view_empty AS SELECT * FROM chain_a WHERE 0;
CREATE VIEW "view with space" AS SELECT "the id", "first name" FROM "table with space";
CREATE VIEW view_of_view (ident, title) AS SELECT id, name FROM view_empty UNION ALL SELECT id, word FROM view_constants;
CREATE VIEW view_writable AS SELECT id, name FROM chain_e;
CREATE TRIGGER view_writable_insert INSTEAD OF INSERT ON view_writable BEGIN INSERT INTO chain_e (id, name) VALUES (NEW.id, NEW.name); END;
CREATE VIEW view_broken AS SELECT id, gone FROM table_that_is_gone;          -- any read of it fails

-- 12. virtual tables
CREATE VIRTUAL TABLE notes_fts USING fts5 (title, body);
INSERT INTO notes_fts (rowid, title, body) VALUES (1, 'Kettle', 'The kettle sings in the harbour'), (2, 'Größe', 'Über große Größen'), (3, 'O''Clock', 'a "quoted" harbour note');
CREATE VIRTUAL TABLE boxes_rtree USING rtree (id, min_x, max_x, min_y, max_y);
INSERT INTO boxes_rtree VALUES (1, 0.0, 1.0, 0.0, 1.0), (2, -5.5, -4.5, 2.0, 8.25), (3, 100.0, 200.0, 100.0, 200.0);

-- 13. a hub of 70 foreign keys: more than the 64 tables SQLite can join
CREATE TABLE spoke_01 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_01 VALUES (1, 'spoke 1 one'), (2, 'spoke 1 two');
CREATE TABLE spoke_02 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_02 VALUES (1, 'spoke 2 one'), (2, 'spoke 2 two');
CREATE TABLE spoke_03 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_03 VALUES (1, 'spoke 3 one'), (2, 'spoke 3 two');
CREATE TABLE spoke_04 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_04 VALUES (1, 'spoke 4 one'), (2, 'spoke 4 two');
CREATE TABLE spoke_05 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_05 VALUES (1, 'spoke 5 one'), (2, 'spoke 5 two');
CREATE TABLE spoke_06 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_06 VALUES (1, 'spoke 6 one'), (2, 'spoke 6 two');
CREATE TABLE spoke_07 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_07 VALUES (1, 'spoke 7 one'), (2, 'spoke 7 two');
CREATE TABLE spoke_08 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_08 VALUES (1, 'spoke 8 one'), (2, 'spoke 8 two');
CREATE TABLE spoke_09 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_09 VALUES (1, 'spoke 9 one'), (2, 'spoke 9 two');
CREATE TABLE spoke_10 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_10 VALUES (1, 'spoke 10 one'), (2, 'spoke 10 two');
CREATE TABLE spoke_11 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_11 VALUES (1, 'spoke 11 one'), (2, 'spoke 11 two');
CREATE TABLE spoke_12 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_12 VALUES (1, 'spoke 12 one'), (2, 'spoke 12 two');
CREATE TABLE spoke_13 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_13 VALUES (1, 'spoke 13 one'), (2, 'spoke 13 two');
CREATE TABLE spoke_14 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_14 VALUES (1, 'spoke 14 one'), (2, 'spoke 14 two');
CREATE TABLE spoke_15 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_15 VALUES (1, 'spoke 15 one'), (2, 'spoke 15 two');
CREATE TABLE spoke_16 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_16 VALUES (1, 'spoke 16 one'), (2, 'spoke 16 two');
CREATE TABLE spoke_17 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_17 VALUES (1, 'spoke 17 one'), (2, 'spoke 17 two');
CREATE TABLE spoke_18 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_18 VALUES (1, 'spoke 18 one'), (2, 'spoke 18 two');
CREATE TABLE spoke_19 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_19 VALUES (1, 'spoke 19 one'), (2, 'spoke 19 two');
CREATE TABLE spoke_20 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_20 VALUES (1, 'spoke 20 one'), (2, 'spoke 20 two');
CREATE TABLE spoke_21 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_21 VALUES (1, 'spoke 21 one'), (2, 'spoke 21 two');
CREATE TABLE spoke_22 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_22 VALUES (1, 'spoke 22 one'), (2, 'spoke 22 two');
CREATE TABLE spoke_23 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_23 VALUES (1, 'spoke 23 one'), (2, 'spoke 23 two');
CREATE TABLE spoke_24 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_24 VALUES (1, 'spoke 24 one'), (2, 'spoke 24 two');
CREATE TABLE spoke_25 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_25 VALUES (1, 'spoke 25 one'), (2, 'spoke 25 two');
CREATE TABLE spoke_26 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_26 VALUES (1, 'spoke 26 one'), (2, 'spoke 26 two');
CREATE TABLE spoke_27 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_27 VALUES (1, 'spoke 27 one'), (2, 'spoke 27 two');
CREATE TABLE spoke_28 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_28 VALUES (1, 'spoke 28 one'), (2, 'spoke 28 two');
CREATE TABLE spoke_29 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_29 VALUES (1, 'spoke 29 one'), (2, 'spoke 29 two');
CREATE TABLE spoke_30 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_30 VALUES (1, 'spoke 30 one'), (2, 'spoke 30 two');
CREATE TABLE spoke_31 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_31 VALUES (1, 'spoke 31 one'), (2, 'spoke 31 two');
CREATE TABLE spoke_32 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_32 VALUES (1, 'spoke 32 one'), (2, 'spoke 32 two');
CREATE TABLE spoke_33 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_33 VALUES (1, 'spoke 33 one'), (2, 'spoke 33 two');
CREATE TABLE spoke_34 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_34 VALUES (1, 'spoke 34 one'), (2, 'spoke 34 two');
CREATE TABLE spoke_35 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_35 VALUES (1, 'spoke 35 one'), (2, 'spoke 35 two');
CREATE TABLE spoke_36 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_36 VALUES (1, 'spoke 36 one'), (2, 'spoke 36 two');
CREATE TABLE spoke_37 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_37 VALUES (1, 'spoke 37 one'), (2, 'spoke 37 two');
CREATE TABLE spoke_38 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_38 VALUES (1, 'spoke 38 one'), (2, 'spoke 38 two');
CREATE TABLE spoke_39 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_39 VALUES (1, 'spoke 39 one'), (2, 'spoke 39 two');
CREATE TABLE spoke_40 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_40 VALUES (1, 'spoke 40 one'), (2, 'spoke 40 two');
CREATE TABLE spoke_41 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_41 VALUES (1, 'spoke 41 one'), (2, 'spoke 41 two');
CREATE TABLE spoke_42 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_42 VALUES (1, 'spoke 42 one'), (2, 'spoke 42 two');
CREATE TABLE spoke_43 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_43 VALUES (1, 'spoke 43 one'), (2, 'spoke 43 two');
CREATE TABLE spoke_44 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_44 VALUES (1, 'spoke 44 one'), (2, 'spoke 44 two');
CREATE TABLE spoke_45 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_45 VALUES (1, 'spoke 45 one'), (2, 'spoke 45 two');
CREATE TABLE spoke_46 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_46 VALUES (1, 'spoke 46 one'), (2, 'spoke 46 two');
CREATE TABLE spoke_47 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_47 VALUES (1, 'spoke 47 one'), (2, 'spoke 47 two');
CREATE TABLE spoke_48 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_48 VALUES (1, 'spoke 48 one'), (2, 'spoke 48 two');
CREATE TABLE spoke_49 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_49 VALUES (1, 'spoke 49 one'), (2, 'spoke 49 two');
CREATE TABLE spoke_50 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_50 VALUES (1, 'spoke 50 one'), (2, 'spoke 50 two');
CREATE TABLE spoke_51 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_51 VALUES (1, 'spoke 51 one'), (2, 'spoke 51 two');
CREATE TABLE spoke_52 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_52 VALUES (1, 'spoke 52 one'), (2, 'spoke 52 two');
CREATE TABLE spoke_53 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_53 VALUES (1, 'spoke 53 one'), (2, 'spoke 53 two');
CREATE TABLE spoke_54 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_54 VALUES (1, 'spoke 54 one'), (2, 'spoke 54 two');
CREATE TABLE spoke_55 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_55 VALUES (1, 'spoke 55 one'), (2, 'spoke 55 two');
CREATE TABLE spoke_56 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_56 VALUES (1, 'spoke 56 one'), (2, 'spoke 56 two');
CREATE TABLE spoke_57 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_57 VALUES (1, 'spoke 57 one'), (2, 'spoke 57 two');
CREATE TABLE spoke_58 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_58 VALUES (1, 'spoke 58 one'), (2, 'spoke 58 two');
CREATE TABLE spoke_59 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_59 VALUES (1, 'spoke 59 one'), (2, 'spoke 59 two');
CREATE TABLE spoke_60 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_60 VALUES (1, 'spoke 60 one'), (2, 'spoke 60 two');
CREATE TABLE spoke_61 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_61 VALUES (1, 'spoke 61 one'), (2, 'spoke 61 two');
CREATE TABLE spoke_62 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_62 VALUES (1, 'spoke 62 one'), (2, 'spoke 62 two');
CREATE TABLE spoke_63 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_63 VALUES (1, 'spoke 63 one'), (2, 'spoke 63 two');
CREATE TABLE spoke_64 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_64 VALUES (1, 'spoke 64 one'), (2, 'spoke 64 two');
CREATE TABLE spoke_65 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_65 VALUES (1, 'spoke 65 one'), (2, 'spoke 65 two');
CREATE TABLE spoke_66 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_66 VALUES (1, 'spoke 66 one'), (2, 'spoke 66 two');
CREATE TABLE spoke_67 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_67 VALUES (1, 'spoke 67 one'), (2, 'spoke 67 two');
CREATE TABLE spoke_68 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_68 VALUES (1, 'spoke 68 one'), (2, 'spoke 68 two');
CREATE TABLE spoke_69 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_69 VALUES (1, 'spoke 69 one'), (2, 'spoke 69 two');
CREATE TABLE spoke_70 (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO spoke_70 VALUES (1, 'spoke 70 one'), (2, 'spoke 70 two');
CREATE TABLE hub (
  id INTEGER PRIMARY KEY, name TEXT,
  s01_id INTEGER REFERENCES spoke_01 (id), s02_id INTEGER REFERENCES spoke_02 (id), s03_id INTEGER REFERENCES spoke_03 (id), s04_id INTEGER REFERENCES spoke_04 (id), s05_id INTEGER REFERENCES spoke_05 (id),
  s06_id INTEGER REFERENCES spoke_06 (id), s07_id INTEGER REFERENCES spoke_07 (id), s08_id INTEGER REFERENCES spoke_08 (id), s09_id INTEGER REFERENCES spoke_09 (id), s10_id INTEGER REFERENCES spoke_10 (id),
  s11_id INTEGER REFERENCES spoke_11 (id), s12_id INTEGER REFERENCES spoke_12 (id), s13_id INTEGER REFERENCES spoke_13 (id), s14_id INTEGER REFERENCES spoke_14 (id), s15_id INTEGER REFERENCES spoke_15 (id),
  s16_id INTEGER REFERENCES spoke_16 (id), s17_id INTEGER REFERENCES spoke_17 (id), s18_id INTEGER REFERENCES spoke_18 (id), s19_id INTEGER REFERENCES spoke_19 (id), s20_id INTEGER REFERENCES spoke_20 (id),
  s21_id INTEGER REFERENCES spoke_21 (id), s22_id INTEGER REFERENCES spoke_22 (id), s23_id INTEGER REFERENCES spoke_23 (id), s24_id INTEGER REFERENCES spoke_24 (id), s25_id INTEGER REFERENCES spoke_25 (id),
  s26_id INTEGER REFERENCES spoke_26 (id), s27_id INTEGER REFERENCES spoke_27 (id), s28_id INTEGER REFERENCES spoke_28 (id), s29_id INTEGER REFERENCES spoke_29 (id), s30_id INTEGER REFERENCES spoke_30 (id),
  s31_id INTEGER REFERENCES spoke_31 (id), s32_id INTEGER REFERENCES spoke_32 (id), s33_id INTEGER REFERENCES spoke_33 (id), s34_id INTEGER REFERENCES spoke_34 (id), s35_id INTEGER REFERENCES spoke_35 (id),
  s36_id INTEGER REFERENCES spoke_36 (id), s37_id INTEGER REFERENCES spoke_37 (id), s38_id INTEGER REFERENCES spoke_38 (id), s39_id INTEGER REFERENCES spoke_39 (id), s40_id INTEGER REFERENCES spoke_40 (id),
  s41_id INTEGER REFERENCES spoke_41 (id), s42_id INTEGER REFERENCES spoke_42 (id), s43_id INTEGER REFERENCES spoke_43 (id), s44_id INTEGER REFERENCES spoke_44 (id), s45_id INTEGER REFERENCES spoke_45 (id),
  s46_id INTEGER REFERENCES spoke_46 (id), s47_id INTEGER REFERENCES spoke_47 (id), s48_id INTEGER REFERENCES spoke_48 (id), s49_id INTEGER REFERENCES spoke_49 (id), s50_id INTEGER REFERENCES spoke_50 (id),
  s51_id INTEGER REFERENCES spoke_51 (id), s52_id INTEGER REFERENCES spoke_52 (id), s53_id INTEGER REFERENCES spoke_53 (id), s54_id INTEGER REFERENCES spoke_54 (id), s55_id INTEGER REFERENCES spoke_55 (id),
  s56_id INTEGER REFERENCES spoke_56 (id), s57_id INTEGER REFERENCES spoke_57 (id), s58_id INTEGER REFERENCES spoke_58 (id), s59_id INTEGER REFERENCES spoke_59 (id), s60_id INTEGER REFERENCES spoke_60 (id),
  s61_id INTEGER REFERENCES spoke_61 (id), s62_id INTEGER REFERENCES spoke_62 (id), s63_id INTEGER REFERENCES spoke_63 (id), s64_id INTEGER REFERENCES spoke_64 (id), s65_id INTEGER REFERENCES spoke_65 (id),
  s66_id INTEGER REFERENCES spoke_66 (id), s67_id INTEGER REFERENCES spoke_67 (id), s68_id INTEGER REFERENCES spoke_68 (id), s69_id INTEGER REFERENCES spoke_69 (id), s70_id INTEGER REFERENCES spoke_70 (id)
);
INSERT INTO hub VALUES
  (1, 'all first', 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1),
  (2, 'odd ones second, even ones null', 2, NULL, 2, NULL, 2, NULL, 2, NULL, 2, NULL, 2, NULL, 2, NULL, 2, NULL, 2, NULL, 2, NULL, 2, NULL, 2, NULL, 2, NULL, 2, NULL, 2, NULL, 2, NULL, 2, NULL, 2, NULL, 2, NULL, 2, NULL, 2, NULL, 2, NULL, 2, NULL, 2, NULL, 2, NULL, 2, NULL, 2, NULL, 2, NULL, 2, NULL, 2, NULL, 2, NULL, 2, NULL, 2, NULL, 2, NULL, 2, NULL),
  (3, 'all null', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);

COMMIT;
