-- Employees with departments and vacations, made up: from first_new(), the next key, to last_new(). What a row holds depends on
-- its key alone, so the same number makes the same rows, in one go or in several. draw(row, number, n) is one of 1 to n: always
-- the same one for a row and a number, and otherwise as good as chance.
--
-- As in the seed each employee has two vacations, and each department a head, who has no manager. Departments are of a
-- hundred, in teams of ten; one in five is the second tenant's. Nobody has a password, so nobody can sign in.

CREATE TEMP TABLE first_name (ID INTEGER PRIMARY KEY, WORD TEXT);
INSERT INTO first_name (WORD) VALUES
  ('Ada'), ('Aiko'), ('Alan'), ('Alma'), ('Amir'), ('Anika'), ('Anton'), ('Aron'), ('Asha'), ('Bela'), ('Bruno'),
  ('Carla'), ('Cesar'), ('Chen'), ('Cora'), ('Dalia'), ('Daniel'), ('Diego'), ('Dora'), ('Edith'), ('Elena'),
  ('Elias'), ('Emil'), ('Esra'), ('Eva'), ('Farid'), ('Felix'), ('Fiona'), ('Franz'), ('Gita'), ('Goran'), ('Greta'),
  ('Hana'), ('Harold'), ('Hedda'), ('Hugo'), ('Ida'), ('Igor'), ('Ines'), ('Ivan'), ('Jana'), ('Jasper'), ('Joan'),
  ('Jorge'), ('Julia'), ('Kamal'), ('Karin'), ('Kenji'), ('Klara'), ('Lars'), ('Leila'), ('Leo'), ('Lina'), ('Louis'),
  ('Luisa'), ('Malik'), ('Mara'), ('Marco'), ('Maya'), ('Mei'), ('Milan'), ('Mina'), ('Nadia'), ('Nico'), ('Nora'),
  ('Olga'), ('Omar'), ('Oskar'), ('Paula'), ('Pavel'), ('Priya'), ('Quinn'), ('Rafael'), ('Rania'), ('Rosa'),
  ('Ruben'), ('Sara'), ('Sergei'), ('Silvia'), ('Simon'), ('Sofia'), ('Stefan'), ('Tara'), ('Theo'), ('Tomas'),
  ('Uma'), ('Vera'), ('Victor'), ('Wendy'), ('Xavier'), ('Yara'), ('Yusuf'), ('Zoe');

CREATE TEMP TABLE last_name (ID INTEGER PRIMARY KEY, WORD TEXT);
INSERT INTO last_name (WORD) VALUES
  ('Smith'), ('Garcia'), ('Chen'), ('Patel'), ('Novak'), ('Kim'), ('Silva'), ('Meyer'), ('Johnson'), ('Nguyen'),
  ('Rossi'), ('Khan'), ('Okafor'), ('Larsen'), ('Dubois'), ('Ivanov'), ('Tanaka'), ('Brown'), ('Costa'), ('Weber'),
  ('Ali'), ('Moreau'), ('Andersen'), ('Kowalski'), ('Santos'), ('Murphy'), ('Haddad'), ('Fischer'), ('Lopez'),
  ('Singh'), ('Martin'), ('Popescu'), ('Yilmaz'), ('Jensen'), ('Keller'), ('Torres'), ('Walker'), ('Nilsson'),
  ('Bianchi'), ('Osei'), ('Vargas'), ('Horvat'), ('Sato'), ('Evans'), ('Romero'), ('Lindgren'), ('Mensah'),
  ('Petrov'), ('Clarke'), ('Vidal'), ('Hassan'), ('Becker'), ('Ortiz'), ('Kaplan'), ('Reyes'), ('Virtanen'),
  ('Campbell'), ('Marino'), ('Adeyemi'), ('Schmidt'), ('Flores'), ('Park'), ('Dvorak'), ('Bennett'), ('Castillo'),
  ('Rahman'), ('Wagner'), ('Molina'), ('Eriksen'), ('Abbott'), ('Fontaine'), ('Guerrero'), ('Huang'), ('Iqbal'),
  ('Jovanovic'), ('Karlsson'), ('Lambert'), ('Mbeki'), ('Nakata'), ('Olsen'), ('Pereira'), ('Quintana'), ('Richter'),
  ('Suzuki'), ('Tremblay'), ('Ueda'), ('Vogel'), ('Whitaker'), ('Xu'), ('Yamada'), ('Zhang'), ('Ziegler'),
  ('O''Neill'), ('Stone'), ('Marsh'), ('Doyle');

CREATE TEMP TABLE street (ID INTEGER PRIMARY KEY, WORD TEXT);
INSERT INTO street (WORD) VALUES
  ('Acorn'), ('Alder'), ('Anchor'), ('Bayview'), ('Beacon'), ('Birch'), ('Bridge'), ('Canal'), ('Cedar'), ('Chapel'),
  ('Cherry'), ('Clay'), ('Copper'), ('Cypress'), ('Dover'), ('Elm'), ('Falcon'), ('Fern'), ('Garden'), ('Granite'),
  ('Harbor'), ('Hazel'), ('Heron'), ('Hill'), ('Holly'), ('Iris'), ('Ivy'), ('Juniper'), ('Lake'), ('Laurel'),
  ('Linden'), ('Magnolia'), ('Maple'), ('Market'), ('Meadow'), ('Mill'), ('Oak'), ('Orchard'), ('Pearl'), ('Pine'),
  ('Poplar'), ('Quarry'), ('River'), ('Sage'), ('Spring'), ('Summit'), ('Sycamore'), ('Union'), ('Valley'),
  ('Walnut'), ('Willow'), ('Winter');

CREATE TEMP TABLE street_kind (ID INTEGER PRIMARY KEY, WORD TEXT);
INSERT INTO street_kind (WORD) VALUES
  ('Street'), ('Avenue'), ('Road'), ('Lane'), ('Drive'), ('Court'), ('Place'), ('Way');

CREATE TEMP TABLE job (ID INTEGER PRIMARY KEY, WORD TEXT);
INSERT INTO job (WORD) VALUES
  ('Engineer'), ('Senior Engineer'), ('Architect'), ('Business Analyst'), ('Product Manager'), ('Program Manager'),
  ('Sales Rep'), ('Account Manager'), ('Marketing Executive'), ('Admin Assistant'), ('Accountant'),
  ('Support Engineer'), ('Technical Writer'), ('Designer'), ('Data Analyst'), ('Recruiter');

CREATE TEMP TABLE city (ID INTEGER PRIMARY KEY, NAME TEXT, STATE TEXT, ZIP TEXT);
INSERT INTO city (NAME, STATE, ZIP) VALUES
  ('New York', 'NY', '100'), ('Brooklyn', 'NY', '112'), ('Los Angeles', 'CA', '900'), ('Chicago', 'IL', '606'),
  ('Houston', 'TX', '770'), ('Phoenix', 'AZ', '850'), ('Philadelphia', 'PA', '191'), ('San Antonio', 'TX', '782'),
  ('San Diego', 'CA', '921'), ('Dallas', 'TX', '752'), ('Austin', 'TX', '787'), ('San Jose', 'CA', '951'),
  ('Columbus', 'OH', '432'), ('Charlotte', 'NC', '282'), ('Indianapolis', 'IN', '462'),
  ('San Francisco', 'CA', '941'), ('Seattle', 'WA', '981'), ('Denver', 'CO', '802'), ('Boston', 'MA', '021'),
  ('Nashville', 'TN', '372'), ('Portland', 'OR', '972'), ('Las Vegas', 'NV', '891'), ('Detroit', 'MI', '482'),
  ('Memphis', 'TN', '381'), ('Baltimore', 'MD', '212'), ('Milwaukee', 'WI', '532'), ('Tucson', 'AZ', '857'),
  ('Sacramento', 'CA', '958'), ('Kansas City', 'MO', '641'), ('Atlanta', 'GA', '303'), ('Omaha', 'NE', '681'),
  ('Miami', 'FL', '331'), ('Minneapolis', 'MN', '554'), ('Tampa', 'FL', '336'), ('New Orleans', 'LA', '701'),
  ('Cleveland', 'OH', '441'), ('Honolulu', 'HI', '968'), ('Pittsburgh', 'PA', '152'), ('Boise', 'ID', '837'),
  ('Richmond', 'VA', '232');

CREATE TEMP TABLE field (ID INTEGER PRIMARY KEY, NAME TEXT, CODE TEXT);
INSERT INTO field (NAME, CODE) VALUES
  ('Engineering', 'Eng'), ('Marketing', 'Mktg'), ('Finance', 'Fin'), ('Sales', 'Sales'),
  ('Professional Services', 'PS'), ('Support', 'Sup'), ('Operations', 'Ops'), ('Research', 'R&D'), ('Legal', 'Legal'),
  ('Logistics', 'Log');

-- Managers who were there before: those of a block that is begun, and the heads of the seed's departments.
CREATE TEMP TABLE leader (EMP_ID INTEGER PRIMARY KEY);
INSERT INTO leader SELECT EMP_ID FROM "EMPLOYEE" WHERE EMP_ID >= first_new() - 100 AND EMP_ID < first_new();
CREATE TEMP TABLE head (DEPT_ID INTEGER PRIMARY KEY, EMP_ID INTEGER);
INSERT INTO head SELECT DEPT_ID, min(EMP_ID) FROM "EMPLOYEE" WHERE DEPT_ID <= 5 AND MANAGER_ID IS NULL GROUP BY DEPT_ID;

-- Block 0 is shared by the seed's departments; block n is the department of key 10 + n.
INSERT INTO "DEPARTMENT" (DEPT_ID, NAME, BUDGET, Q1, Q2, Q3, Q4, DEPT_CODE, LOCATION, TENANT_ID)
WITH RECURSIVE block (N) AS (
  SELECT max((first_new() - 1) / 100, 1) UNION ALL SELECT N + 1 FROM block WHERE N < (last_new() - 1) / 100
),
quarter (N, Q1, Q2, Q3, Q4) AS (
  SELECT N, draw(N, 31, 900000), draw(N, 32, 900000), draw(N, 33, 900000), draw(N, 34, 900000)
  FROM block WHERE N <= (last_new() - 1) / 100
)
SELECT 10 + N, field.NAME || ' ' || city.NAME, Q1 + Q2 + Q3 + Q4, Q1, Q2, Q3, Q4, field.CODE || '-' || (10 + N), city.NAME,
  CASE N % 5 WHEN 0 THEN 2 ELSE 1 END
FROM quarter
CROSS JOIN field ON field.ID = draw(N, 35, 10)
CROSS JOIN city ON city.ID = draw(N, 36, 40)
WHERE 10 + N NOT IN (SELECT DEPT_ID FROM "DEPARTMENT");

CREATE TEMP VIEW person AS
WITH RECURSIVE row (N) AS (SELECT first_new() UNION ALL SELECT N + 1 FROM row WHERE N < last_new())
SELECT N, (N - 1) / 100 AS BLOCK, (N - 1) % 10 = 0 AS LEADS, (N - 1) % 5 + 1 AS SHARED,
  CASE
    WHEN (N - 1) % 100 = 0 THEN NULL
    WHEN (N - 1) % 10 = 0 THEN N - (N - 1) % 100
    ELSE N - (N - 1) % 10
  END AS BOSS,
  CASE WHEN iif(N <= 100, N, (N - 1) / 100) % 5 = 0 THEN 2 ELSE 1 END AS TENANT
FROM row;

-- Of two draws the smaller, where some values are to be more frequent than others.
INSERT INTO "EMPLOYEE" (EMP_ID, FIRSTNAME, LASTNAME, STREET, CITY, STATE, ZIP, BIRTHDATE, JOB_TITLE, DEPT_ID, USERNAME, ROLE,
  MANAGER_ID, TENANT_ID)
SELECT N, first_name.WORD, last_name.WORD, draw(N, 4, 2400) || ' ' || street.WORD || ' ' || street_kind.WORD,
  city.NAME, city.STATE, city.ZIP || printf('%02d', draw(N, 8, 100) - 1),
  date('1958-01-01', '+' || (draw(N, 9, 17500) - 1) || ' days'),
  CASE WHEN BLOCK > 0 AND BOSS IS NULL THEN 'Department Head' WHEN BLOCK > 0 AND LEADS THEN 'Team Lead' ELSE job.WORD END,
  CASE BLOCK WHEN 0 THEN SHARED ELSE 10 + BLOCK END,
  lower(replace(first_name.WORD || '.' || last_name.WORD, '''', '')) || '.' || N,
  CASE WHEN BLOCK > 0 AND LEADS THEN 'admin' ELSE 'user' END,
  CASE
    WHEN BLOCK = 0 THEN (SELECT EMP_ID FROM head WHERE DEPT_ID = SHARED)
    WHEN BOSS >= first_new() THEN BOSS
    ELSE (SELECT EMP_ID FROM leader WHERE EMP_ID = BOSS)
  END,
  TENANT
FROM person
CROSS JOIN first_name ON first_name.ID = draw(N, 1, 93)
CROSS JOIN last_name ON last_name.ID = min(draw(N, 2, 96), draw(N, 3, 96))
CROSS JOIN street ON street.ID = draw(N, 5, 52)
CROSS JOIN street_kind ON street_kind.ID = draw(N, 6, 8)
CROSS JOIN city ON city.ID = min(draw(N, 7, 40), draw(N, 10, 40))
CROSS JOIN job ON job.ID = min(draw(N, 11, 16), draw(N, 12, 16));

INSERT INTO "VACATION" (START_DATE, END_DATE, EMP_ID, TENANT_ID, STATUS, TYPE)
SELECT BEGINS, date(BEGINS, '+' || (draw(N, TURN + 3, 14) - 1) || ' days'), N, TENANT,
  CASE draw(N, TURN + 1, 20) WHEN 1 THEN 'Rejected' WHEN 2 THEN 'Rejected' WHEN 3 THEN 'Pending' ELSE 'Approved' END,
  CASE draw(N, TURN + 2, 3) WHEN 1 THEN 'Sick Leave' ELSE 'Personal Leave' END
FROM (
  SELECT N, TENANT, TURN, date('2014-01-01', '+' || (draw(N, TURN, 4000) - 1) || ' days') AS BEGINS
  FROM person CROSS JOIN (SELECT 50 AS TURN UNION ALL SELECT 60)
);

DROP VIEW temp.person;
