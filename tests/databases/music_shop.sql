-- music_shop.sql: an invented record shop, for tests. snake_case lower-case names.
-- Deterministic: no random(), no 'now'. Loads into an empty SQLite file (3.37 or newer).
PRAGMA foreign_keys = ON;
BEGIN;

CREATE TABLE genre (
  genre_id INTEGER PRIMARY KEY AUTOINCREMENT,
  name     VARCHAR(40) NOT NULL UNIQUE            -- unique key of one column
);

CREATE TABLE media_type (
  media_type_id INTEGER PRIMARY KEY,
  name          VARCHAR(60) NOT NULL,
  lossless      BOOLEAN NOT NULL DEFAULT 0
);

CREATE TABLE artist (
  artist_id    INTEGER PRIMARY KEY,
  name         VARCHAR(120) NOT NULL,
  country      CHAR(2),
  founded_year INTEGER,
  active       BOOLEAN DEFAULT 1,
  biography    TEXT
);

CREATE TABLE album (
  album_id  INTEGER PRIMARY KEY,
  artist_id INTEGER NOT NULL REFERENCES artist (artist_id),
  title     VARCHAR(160) NOT NULL,
  released  DATE,
  cover     BLOB,
  UNIQUE (artist_id, title)                       -- unique key of two columns
);

CREATE TABLE track (
  track_id      INTEGER PRIMARY KEY AUTOINCREMENT,
  title         VARCHAR(200) NOT NULL,
  album_id      INTEGER REFERENCES album (album_id),
  genre_id      INTEGER REFERENCES genre (genre_id),
  media_type_id INTEGER NOT NULL REFERENCES media_type (media_type_id),
  composer      VARCHAR(220),
  millis        INTEGER NOT NULL,
  bytes         BIGINT,
  gain_db       REAL,
  unit_price    NUMERIC(10,2) NOT NULL,
  explicit      BOOLEAN NOT NULL DEFAULT 0
);
CREATE INDEX track_album_ix ON track (album_id);
CREATE INDEX track_genre_ix ON track (genre_id, title);

CREATE TABLE playlist (
  playlist_id INTEGER PRIMARY KEY,
  name        VARCHAR(120),
  is_public   BOOLEAN NOT NULL DEFAULT 0
);

CREATE TABLE playlist_track (
  playlist_id INTEGER NOT NULL REFERENCES playlist (playlist_id) ON DELETE CASCADE,
  track_id    INTEGER NOT NULL REFERENCES track (track_id),
  position    INTEGER,
  CONSTRAINT playlist_track_pk PRIMARY KEY (playlist_id, track_id)
);

CREATE TABLE employee (
  employee_id INTEGER PRIMARY KEY,
  first_name  VARCHAR(40) NOT NULL,
  last_name   VARCHAR(40) NOT NULL,
  job_title   VARCHAR(60),
  reports_to  INTEGER REFERENCES employee (employee_id),
  birth_date  DATE,
  hired_at    DATETIME NOT NULL,
  email       VARCHAR(80) UNIQUE
);

CREATE TABLE customer (
  customer_id    INTEGER PRIMARY KEY AUTOINCREMENT,
  first_name     VARCHAR(40) NOT NULL,
  last_name      VARCHAR(40) NOT NULL,
  company        VARCHAR(80),
  city           VARCHAR(60),
  postal_code    VARCHAR(12),
  country        VARCHAR(40),
  phone          VARCHAR(24),
  email          VARCHAR(80) NOT NULL UNIQUE,
  newsletter     BOOLEAN,
  balance        NUMERIC(10,2) NOT NULL DEFAULT 0,
  support_rep_id INTEGER REFERENCES employee (employee_id)
);

CREATE TABLE invoice (
  invoice_id   INTEGER PRIMARY KEY AUTOINCREMENT,
  invoice_no   CHAR(6) NOT NULL UNIQUE,           -- text with leading zeros
  customer_id  INTEGER NOT NULL REFERENCES customer (customer_id),
  invoice_date DATETIME NOT NULL,
  billing_city VARCHAR(60),
  paid         BOOLEAN NOT NULL DEFAULT 0,
  total        NUMERIC(10,2) NOT NULL DEFAULT 0
);
CREATE INDEX invoice_date_ix ON invoice (invoice_date);

CREATE TABLE invoice_line (
  invoice_line_id INTEGER PRIMARY KEY,
  invoice_id      INTEGER NOT NULL REFERENCES invoice (invoice_id) ON DELETE CASCADE,
  track_id        INTEGER NOT NULL REFERENCES track (track_id),
  unit_price      NUMERIC(10,2) NOT NULL,
  quantity        INTEGER NOT NULL,
  UNIQUE (invoice_id, track_id)
);

INSERT INTO genre (genre_id, name) VALUES
  (1, 'Harbour Jazz'), (2, 'Slow Polka'), (3, 'Drum''n''Moss'), (4, 'Kelp Rock'), (5, 'Électro Valse'),
  (6, 'Rhythm & Rust'), (7, 'Schlagerpunk für Größere'), (8, '100% Noise'), (9, 'lo_fi'), (10, '夜ポップ'),
  (11, 'Opera/Buffet'), (12, 'Unused Genre');

INSERT INTO media_type (media_type_id, name, lossless) VALUES
  (1, 'MP3 file', 0), (2, 'FLAC file', 1), (3, 'Vinyl 7"', 1), (4, 'Cassette', 0), (5, 'Wax cylinder (never sold)', 0);

INSERT INTO artist (artist_id, name, country, founded_year, active, biography) VALUES
  (1,  'The Lantern Eaters',      'GB', 1998, 1,    'Four lighthouse keepers and a tuba.'),
  (2,  'Maeve O''Brannigan',      'IE', 2006, 1,    'She''s never played the same set twice.'),
  (3,  'Zwölf Kästen Öl',         'DE', 1987, 0,    'Bläser, Bässe, Blech.'),
  (4,  '砂時計オーケストラ',      'JP', 2011, 1,    NULL),
  (5,  'Fjærland Støv',           'NO', 2001, NULL, ''),
  (6,  '99% Static',              NULL, NULL, 1,    'Percent sign in the name'),
  (7,  'snake_case_choir',        'US', 2019, 1,    'Underscores in the name'),
  (8,  '007 and a Half',          'US', 1973, 0,    'Name begins with zeros'),
  (9,  'Ñandú & Sons',            'AR', 1964, 0,    NULL),
  (10, 'DJ "Quote" Unquote',      'NL', 2015, 1,    'Double quotes "inside"'),
  (11, '🎷 Sax Machina',          'FR', 2020, 1,    'Emoji' || char(10) || 'and a line break'),
  (12, 'Back\Slash Trio',         'SE', -44,  1,    'A negative year of founding'),
  (13, 'No Albums Yet',           'CH', 2024, 1,    NULL);

-- artists 14 to 60, made of two word lists
INSERT INTO artist (artist_id, name, country, founded_year, active, biography)
WITH RECURSIVE
  n(i) AS (VALUES (14) UNION ALL SELECT i + 1 FROM n WHERE i < 60),
  adj(k, w) AS (VALUES (0,'Copper'),(1,'Velvet'),(2,'Hollow'),(3,'Northern'),(4,'Paper'),(5,'Electric'),(6,'Salted')),
  noun(k, w) AS (VALUES (0,'Herons'),(1,'Typewriters'),(2,'Quarry'),(3,'Umbrellas'),(4,'Pendulum'),(5,'Orchard'),(6,'Tramlines'),(7,'Beehive'),(8,'Postmen'))
SELECT i, a.w || ' ' || b.w,
       CASE i % 6 WHEN 0 THEN NULL WHEN 1 THEN 'GB' WHEN 2 THEN 'US' WHEN 3 THEN 'PL' WHEN 4 THEN 'BR' ELSE 'IN' END,
       CASE WHEN i % 9 = 0 THEN NULL ELSE 1955 + i END,
       CASE WHEN i % 5 = 0 THEN 0 ELSE 1 END,
       NULL
FROM n JOIN adj a ON a.k = i % 7 JOIN noun b ON b.k = (i / 7) % 9;

INSERT INTO album (album_id, artist_id, title, released, cover) VALUES
  (1,  1,  'Wick and Whistle',        '1999-05-17', X'89504E470D0A1A0A0000000D4948445200000001000000010802000000907753DE0000000C4944415478DA63382127070002B601050A5BA6060000000049454E44AE426082'),
  (2,  1,  'It''s Only the Fog',      '2003-11-02', X'89504E470D0A1A0A0000000D4948445200000001000000010802000000907753DE0000000C4944415478DA63905B60030001DA00FB62EC71BB0000000049454E44AE426082'),
  (3,  2,  'Maeve O''Brannigan',      '2008-02-29', X'89504E470D0A1A0A0000000D4948445200000001000000010802000000907753DE0000000C4944415478DA6390B3390100019E01232FDC0CBB0000000049454E44AE426082'),
  (4,  2,  'Untitled',                NULL,         NULL),
  (5,  3,  'Überall Öl',              '1989-10-03', NULL),
  (6,  4,  '砂の音',                  '2012-07-07', X'89504E470D0A1A0A0000000D4948445200000001000000010802000000907753DE0000000C4944415478DA63382127070002B601050A5BA6060000000049454E44AE426082'),
  (7,  5,  'Untitled',                '2004-01-31', X''),
  (8,  6,  '50% Off',                 '2016-12-31', X'00FF00FF'),
  (9,  7,  'under_score',             '2020-06-01', NULL),
  (10, 8,  '000',                     '1974-08-09', NULL),
  (11, 9,  'La Pampa/Side B',         '1966-04-15', X'89504E470D0A1A0A0000000D4948445200000001000000010802000000907753DE0000000C4944415478DA63905B60030001DA00FB62EC71BB0000000049454E44AE426082'),
  (12, 10, 'He Said "Loud"',          '2015-09-23', NULL),
  (13, 11, '',                        '2021-03-14', NULL);

-- albums 14 to 140: artists 1 to 12 and 14 to 60, none for artist 13
INSERT INTO album (album_id, artist_id, title, released, cover)
WITH RECURSIVE
  n(i) AS (VALUES (14) UNION ALL SELECT i + 1 FROM n WHERE i < 140),
  w(k, t) AS (VALUES (0,'Letters from the Kiln'),(1,'A Map of Puddles'),(2,'Seven Spare Keys'),(3,'Weather for Two'),
                     (4,'The Long Corridor'),(5,'Borrowed Ladders'),(6,'Tin Roof Serenade'),(7,'Second Helping'),
                     (8,'Ink & Gravel'),(9,'Half a Moon'),(10,'Tide Tables'))
SELECT i, CASE WHEN i % 60 = 12 THEN 14 ELSE i % 60 + 1 END, w.t || ' ' || printf('%03d', i),
       CASE WHEN i % 10 = 0 THEN NULL ELSE date('1990-01-01', '+' || (i * 83) || ' days') END,
       CASE i % 8 WHEN 0 THEN X'89504E470D0A1A0A0000000D4948445200000001000000010802000000907753DE0000000C4944415478DA63382127070002B601050A5BA6060000000049454E44AE426082'
                  WHEN 4 THEN X'89504E470D0A1A0A0000000D4948445200000001000000010802000000907753DE0000000C4944415478DA6390B3390100019E01232FDC0CBB0000000049454E44AE426082' END
FROM n JOIN w ON w.k = i % 11;

INSERT INTO track (track_id, title, album_id, genre_id, media_type_id, composer, millis, bytes, gain_db, unit_price, explicit) VALUES
  (1,  'Don''t Wake the Tide',      1,    1,    1, 'P. Lamplough',              215000, 3440000,    -1.5,  0.99, 0),
  (2,  '100% Rain',                 8,    8,    1, NULL,                        181000, 2896000,    0.0,   0.99, 0),
  (3,  'under_score blues',         9,    9,    2, 'anon_',                     302000, 30200000,   -3.25, 1.29, 0),
  (4,  'Größenwahn im ¾-Takt',      5,    7,    2, 'Jürgen Käßmöller',          254321, 25432100,   2.75,  1.29, 1),
  (5,  '夜の電車',                  6,    10,   2, '砂時計オーケストラ',        199999, 19999900,   NULL,  1.49, 0),
  (6,  '007',                       10,   4,    3, '',                          7,      NULL,       -12.0, 7.00, 0),
  (7,  'The "Quiet" One',           12,   9,    1, 'DJ "Quote"',                433000, 6928000,    -60.0, 0.79, 0),
  (8,  '🎷 Solo',                   13,   1,    1, 'Sax Machina; Friends, Ltd.', 60000, 960000,     0.5,   0.79, 0),
  (9,  '',                          4,    NULL, 4, NULL,                        1,      0,          NULL,  0.00, 0),
  (10, 'C:\tapes\side_a',           NULL, NULL, 4, NULL,                        900000, NULL,       NULL,  2.50, 0),
  (11, 'Stray Single',              NULL, 3,    3, 'O''Hara / N''Dour',         123456, 9876543210, -0.25, 5.99, 1),
  (12, '<b>Bold</b> & Co.',         11,   11,   1, NULL,                        240000, 3840000,    1.0,   0.99, 0);

-- tracks 13 to 1500
INSERT INTO track (track_id, title, album_id, genre_id, media_type_id, composer, millis, bytes, gain_db, unit_price, explicit)
WITH RECURSIVE
  n(i) AS (VALUES (13) UNION ALL SELECT i + 1 FROM n WHERE i < 1500),
  adj(k, w) AS (VALUES (0,'Amber'),(1,'Broken'),(2,'Crooked'),(3,'Distant'),(4,'Early'),(5,'Foggy'),(6,'Gentle'),(7,'Hidden'),
                       (8,'Idle'),(9,'Jagged'),(10,'Kindly'),(11,'Lonesome'),(12,'Midnight')),
  noun(k, w) AS (VALUES (0,'Anchor'),(1,'Bridge'),(2,'Candle'),(3,'Doorbell'),(4,'Elevator'),(5,'Ferry'),(6,'Garden'),
                        (7,'Hammer'),(8,'Island'),(9,'Jacket'),(10,'Kettle'),(11,'Ladder'),(12,'Mirror'),(13,'Needle'),
                        (14,'Oven'),(15,'Pigeon'),(16,'Quilt'))
SELECT i, a.w || ' ' || b.w || CASE WHEN i > 221 THEN ', Pt. ' || (i / 221 + 1) ELSE '' END,
       CASE WHEN i % 97 = 0 THEN NULL ELSE i % 140 + 1 END,
       CASE WHEN i % 41 = 0 THEN NULL ELSE i % 11 + 1 END,
       i % 4 + 1,
       CASE WHEN i % 3 = 0 THEN NULL ELSE 'Composer ' || (i % 29) END,
       60000 + (i * 7919) % 420000,
       CASE WHEN i % 13 = 0 THEN NULL ELSE 500000 + i * 104729 END,
       ((i * 37) % 97 - 48) / 4.0,
       CASE i % 5 WHEN 0 THEN 0.79 WHEN 1 THEN 0.99 WHEN 2 THEN 1.29 WHEN 3 THEN 1.49 ELSE 2 END,
       CASE WHEN i % 10 = 7 THEN 1 ELSE 0 END
FROM n JOIN adj a ON a.k = i % 13 JOIN noun b ON b.k = i % 17;

INSERT INTO playlist (playlist_id, name, is_public) VALUES
  (1, 'Shop Floor, Mornings', 1), (2, 'Shop Floor, Evenings', 1), (3, 'Staff''s Picks', 1), (4, '100%', 0), (5, 'a_b', 0),
  (6, NULL, 0), (7, '', 0), (8, 'Für später', 0), (9, 'Empty playlist', 1), (10, 'Everything by sevens', 1);

INSERT INTO playlist_track (playlist_id, track_id, position)
WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 1500)
SELECT 1, i, i FROM n WHERE i <= 100
UNION ALL SELECT 2, i, NULL FROM n WHERE i BETWEEN 90 AND 200
UNION ALL SELECT 3, i, i / 50 FROM n WHERE i % 50 = 0
UNION ALL SELECT 4, 2, 1 FROM n WHERE i = 1
UNION ALL SELECT 5, 3, -1 FROM n WHERE i = 1
UNION ALL SELECT 6, i, i FROM n WHERE i IN (5, 10, 15)
UNION ALL SELECT 8, i, 1500 - i FROM n WHERE i % 9 = 4
UNION ALL SELECT 10, i, i / 7 FROM n WHERE i % 7 = 0;

INSERT INTO employee (employee_id, first_name, last_name, job_title, reports_to, birth_date, hired_at, email) VALUES
  (1,  'Agnethe', 'Vollmer',    'Owner',               NULL, '1961-03-30', '1995-04-01 09:00:00', 'agnethe@shop.example'),
  (2,  'Tomas',   'Quill',      'Sales Manager',       1,    '1970-12-01', '1999-01-15 08:30:00', 'tomas@shop.example'),
  (3,  'Rosalba', 'D''Angiò',   'Support Agent',       2,    '1985-02-28', '2010-06-07 10:00:00', 'rosalba@shop.example'),
  (4,  'Piet',    'van ''t Hof', 'Support Agent',      2,    '1990-07-19', '2014-09-01 00:00:00', 'piet@shop.example'),
  (5,  'Ljudmila','Șerban',     'Support Agent',       2,    '1992-02-29', '2017-11-20 23:59:59', 'ljudmila@shop.example'),
  (6,  'Kofi',    'Mensah-Bright', 'Warehouse Manager', 1,   NULL,         '2001-05-05 07:45:00', 'kofi@shop.example'),
  (7,  'Ines',    'Barragán',   'Packer',              6,    '1999-10-10', '2019-03-03 07:45:00', NULL),
  (8,  '健',      '森田',       'Packer',              6,    '2000-01-01', '2021-01-04 07:45:00', NULL),
  (9,  'Olwen',   'Pryce',      'Trainee',             7,    '2004-08-22', '2023-09-01 08:00:00', 'olwen@shop.example'),
  (10, 'Gus',     'Nightingale','Contractor',          NULL, NULL,         '2022-02-22 22:22:22', NULL);

INSERT INTO customer (customer_id, first_name, last_name, company, city, postal_code, country, phone, email, newsletter, balance, support_rep_id) VALUES
  (1,  'Sinéad',   'O''Dowd',       NULL,                'Cork',      'T12',    'Ireland', '+353 000 0001', 'sinead@mail.example',    1,    0,       3),
  (2,  'Jörg',     'Weißhäuptl',    'Klang & Söhne GmbH','Dresden',   '01067',  'Germany', '0049 0351 02',  'joerg@mail.example',     0,    -12.50,  4),
  (3,  '美咲',     '田中',          '',                  '京都',      '600-0001','Japan',  NULL,            'misaki@mail.example',    1,    250.00,  5),
  (4,  'Percy',    '100%er',        'Fifty % Ltd',       'Leeds',     '',       'England', '',              'percy@mail.example',     NULL, -0.01,   3),
  (5,  'under',    'score_d',       'snake_case_inc',    NULL,        NULL,     NULL,      '007',           'under_score@mail.example', 0,  99999999.99, 4),
  (6,  'No',       'Rep',           NULL,                'Nowhere',   '00000',  'Atlantis','0',             'norep@mail.example',     1,    3.1,     NULL),
  (7,  'Zoë "Zip"','Čapek',         'ACME, Inc.; "West"','Brno',      '00200',  'Czechia', NULL,            'zoe@mail.example',       1,    1,       5),
  (8,  'Tab' || char(9) || 'Tabby', 'Line' || char(10) || 'Break', NULL, 'Uusi', '00100', 'Finland', NULL,    'tab@mail.example',       0,    0.10,    NULL);

-- customers 9 to 120
INSERT INTO customer (customer_id, first_name, last_name, company, city, postal_code, country, phone, email, newsletter, balance, support_rep_id)
WITH RECURSIVE
  n(i) AS (VALUES (9) UNION ALL SELECT i + 1 FROM n WHERE i < 120),
  f(k, w) AS (VALUES (0,'Ada'),(1,'Bruno'),(2,'Chidi'),(3,'Dora'),(4,'Emre'),(5,'Freya'),(6,'Goran'),(7,'Hana'),(8,'Ivo'),(9,'Jun'),(10,'Keira')),
  l(k, w) AS (VALUES (0,'Applegarth'),(1,'Bellweather'),(2,'Crane'),(3,'Dusk'),(4,'Ebony'),(5,'Fairlight'),(6,'Gorse')),
  c(k, city, country) AS (VALUES (0,'Porto','Portugal'),(1,'Gdynia','Poland'),(2,'Malmö','Sweden'),(3,'Izmir','Türkiye'),(4,'Boston','USA'))
SELECT i, f.w, l.w, CASE i % 4 WHEN 0 THEN l.w || ' Holdings' WHEN 2 THEN '' END, c.city,
       printf('%05d', i * 131), c.country, CASE WHEN i % 6 = 0 THEN NULL ELSE printf('0%d-%04d', i, i * 17) END,
       printf('c%03d@mail.example', i), CASE WHEN i % 3 = 0 THEN 1 ELSE 0 END, (i * 61 % 401 - 200) / 4.0,
       CASE WHEN i % 11 = 0 THEN NULL ELSE 3 + i % 3 END
FROM n JOIN f ON f.k = i % 11 JOIN l ON l.k = i % 7 JOIN c ON c.k = i % 5;

-- 600 invoices; customers 118, 119 and 120 have none
INSERT INTO invoice (invoice_id, invoice_no, customer_id, invoice_date, billing_city, paid)
WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 600)
SELECT i, printf('%06d', i), 1 + (i * 37) % 117,
       CASE WHEN i % 100 = 0 THEN strftime('%Y-%m-%d 00:00:00', '2021-01-04', '+' || (i * 53) || ' hours')
            ELSE datetime('2021-01-04 08:15:00', '+' || (i * 53) || ' hours', '+' || (i * 7 % 60) || ' minutes') END,
       (SELECT city FROM customer WHERE customer_id = 1 + (i * 37) % 117), CASE WHEN i % 8 = 5 THEN 0 ELSE 1 END
FROM n;

-- 1 to 5 lines an invoice; invoice 300 has none; 591 to 600 are credit notes (negative quantities)
INSERT INTO invoice_line (invoice_line_id, invoice_id, track_id, unit_price, quantity)
WITH RECURSIVE
  n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 600),
  k(j) AS (VALUES (0) UNION ALL SELECT j + 1 FROM k WHERE j < 5)
SELECT row_number() OVER (ORDER BY i, j), i, t.track_id, t.unit_price, CASE WHEN i > 590 THEN -1 ELSE 1 + (i + j) % 3 END
FROM n JOIN k ON j <= (i * i) % 6 JOIN track t ON t.track_id = 1 + (i * 97 + j * 131) % 1500
WHERE i <> 300;

UPDATE invoice SET total =
  (SELECT coalesce(sum(CAST(round(l.unit_price * 100) AS INTEGER) * l.quantity), 0) FROM invoice_line l
   WHERE l.invoice_id = invoice.invoice_id) / 100.0;

-- a join view (inner and outer joins) and two aggregate views
CREATE VIEW track_detail AS
SELECT t.track_id, t.title AS track_title, al.title AS album_title, ar.name AS artist_name,
       g.name AS genre_name, m.name AS media_type_name, t.unit_price, t.millis / 1000.0 AS seconds
FROM track t
JOIN media_type m ON m.media_type_id = t.media_type_id
LEFT JOIN genre g ON g.genre_id = t.genre_id
LEFT JOIN album al ON al.album_id = t.album_id
LEFT JOIN artist ar ON ar.artist_id = al.artist_id;

CREATE VIEW sales_by_genre AS
SELECT g.name AS genre, count(*) AS line_count, sum(l.quantity) AS units, round(sum(l.unit_price * l.quantity), 2) AS revenue
FROM invoice_line l JOIN track t ON t.track_id = l.track_id LEFT JOIN genre g ON g.genre_id = t.genre_id
GROUP BY g.genre_id;

CREATE VIEW customer_totals AS
SELECT c.customer_id, c.first_name || ' ' || c.last_name AS full_name, count(i.invoice_id) AS invoice_count,
       round(sum(i.total), 2) AS spent, max(i.invoice_date) AS last_invoice
FROM customer c LEFT JOIN invoice i ON i.customer_id = c.customer_id
GROUP BY c.customer_id;

COMMIT;
