-- The rows of the sample. Passwords are hashed while they are written: hash_password() makes an argon2id
-- string with a fresh salt, setting() reads a start-up setting and is NULL when it is not given.

INSERT INTO "DEPARTMENT" (DEPT_ID, NAME, BUDGET, Q1, Q2, Q3, Q4, DEPT_CODE, LOCATION, TENANT_ID) VALUES
  (1, 'Engineering', 1936760, 445455, 522925, 426087, 542293, 'Eng', 'San Francisco', 1),
  (2, 'Marketing', 1129777, 225955, 271146, 327635, 305040, 'Mktg', 'New York', 1),
  (3, 'General and Admin', 1452570, 435771, 290514, 348617, 377668, 'G&A', 'San Francisco', 1),
  (4, 'Sales', 2743744, 493874, 658499, 713373, 877998, 'Sales', 'Austin', 1),
  (5, 'Professional Services', 806984, 201746, 201746, 177536, 225955, 'PS', 'San Francisco', 2);

INSERT INTO "EMPLOYEE" (EMP_ID, FIRSTNAME, LASTNAME, STREET, CITY, STATE, ZIP, BIRTHDATE, PICURL, JOB_TITLE, DEPT_ID, USERNAME, PASSWORD, ROLE, MANAGER_ID, TENANT_ID) VALUES
  (1, 'Erin', 'Lund', '118 Ferry Terrace', 'New York', 'NY', '10106', '1973-10-21', NULL, 'Product Manager', 1, 'erin.lund', hash_password('welcome'), 'admin', NULL, 1),
  (2, 'Boris', 'Tran', '7 Lantern Court', 'Boston', 'MA', '02127', '1991-03-19', NULL, 'Engineer', 1, 'boris.tran', hash_password('welcome'), 'user', 1, 1),
  (3, 'Clara', 'Moreno', '960 Juniper Walk', 'Atlanta', 'GA', '14231', '1975-09-30', NULL, 'Architect', 1, 'clara.moreno', hash_password('welcome'), 'user', 1, 1),
  (4, 'Amara', 'Blake', '33 Signal Road', 'New York', 'NY', '10036', '1990-11-23', NULL, 'Sales Rep', 4, 'amara.blake', hash_password('welcome'), 'admin', NULL, 1),
  (5, 'Jonas', 'Leclair', '2204 Canyon View', 'Los Angeles', 'CA', '94036', '1984-02-25', NULL, 'Marketing Lead', 2, 'jonas.leclair', hash_password('welcome'), 'admin', NULL, 1),
  (6, 'Judith', 'Bauer', '515 Palm Arcade', 'Los Angeles', 'CA', '90028', '1992-09-30', NULL, 'Marketing Executive', 2, 'judith.bauer', hash_password('welcome'), 'user', 5, 1),
  (7, 'Kofi', 'Nakamura', '88 Orchard Bend', 'San Gabriel', 'CA', '91775', '1988-03-04', NULL, 'Admin Assistant', 3, 'kofi.nakamura', hash_password('welcome'), 'admin', NULL, 1),
  (8, 'Wanda', 'Hoffman', '88 Orchard Bend', 'San Gabriel', 'CA', '91775', '1981-10-21', NULL, 'Program Manager', 5, 'wanda.hoffman', hash_password('welcome'), 'admin', NULL, 2),
  (9, 'Samir', 'Joshi', '41 Foundry Lane', 'Philadelphia', 'PA', '19147', '1987-10-04', NULL, 'Business Analyst', 5, 'samir.joshi', hash_password('welcome'), 'user', 8, 2),
  (10, 'Petra', 'Garcia', '1350 Wharf Street', 'Brooklyn', 'NY', '11212', '1986-06-18', NULL, 'Support Lead', 5, 'petra.garcia', hash_password('welcome'), 'user', 8, 2);

INSERT INTO "USER" (USER_ID, USERNAME, PASSWORD, ROLE, TENANT_ID) VALUES
  (1, 'admin', hash_password(coalesce(setting('admin_password'), 'admin')), 'adminrole', 1),
  (2, 'user', hash_password('user'), 'userrole', 1),
  (3, 'admin2', hash_password('admin2'), 'adminrole', 2),
  (4, 'user2', hash_password('user2'), 'userrole', 2),
  (5, 'anon', hash_password('anon'), 'anonymous', 1);

INSERT INTO "VACATION" (ID, START_DATE, END_DATE, EMP_ID, TENANT_ID, STATUS, TYPE) VALUES
  (1, '2014-11-23', '2014-11-27', 1, 1, 'Pending', 'Sick Leave'),
  (2, '2014-12-05', '2014-12-07', 1, 1, 'Rejected', 'Personal Leave'),
  (3, '2014-10-06', '2014-11-12', 2, 1, 'Pending', 'Sick Leave'),
  (4, '2014-01-01', '2014-02-16', 2, 1, 'Approved', 'Sick Leave'),
  (5, '2014-08-14', '2014-11-16', 3, 1, 'Pending', 'Sick Leave'),
  (6, '2014-09-07', '2014-10-09', 2, 1, 'Rejected', 'Personal Leave'),
  (7, '2014-11-03', '2014-11-04', 4, 1, 'Pending', 'Sick Leave'),
  (8, '2014-06-10', '2014-12-25', 4, 1, 'Approved', 'Sick Leave'),
  (9, '2014-07-07', '2014-07-08', 5, 1, 'Pending', 'Sick Leave'),
  (10, '2014-03-13', '2014-04-01', 5, 1, 'Rejected', 'Personal Leave'),
  (11, '2014-11-18', '2014-11-19', 6, 1, 'Approved', 'Sick Leave'),
  (12, '2014-08-08', '2014-08-10', 6, 1, 'Rejected', 'Personal Leave'),
  (13, '2014-11-23', '2014-11-27', 7, 2, 'Pending', 'Sick Leave'),
  (14, '2014-12-23', '2014-12-25', 7, 2, 'Pending', 'Sick Leave'),
  (15, '2014-08-11', '2014-08-15', 8, 2, 'Approved', 'Sick Leave'),
  (16, '2014-01-12', '2014-02-14', 8, 2, 'Approved', 'Sick Leave'),
  (17, '2014-11-05', '2014-11-07', 9, 2, 'Rejected', 'Personal Leave'),
  (18, '2014-04-04', '2014-05-12', 9, 2, 'Pending', 'Sick Leave'),
  (19, '2014-11-11', '2014-11-14', 10, 2, 'Pending', 'Sick Leave'),
  (20, '2014-12-03', '2014-12-05', 10, 2, 'Pending', 'Sick Leave');

-- The identity columns go on where the original's do.
UPDATE sqlite_sequence SET seq = 10 WHERE name = 'DEPARTMENT';
UPDATE sqlite_sequence SET seq = 21 WHERE name = 'VACATION';
UPDATE sqlite_sequence SET seq = 6 WHERE name = 'USER';

-- Hashes of passwords that are public knowledge. As long as one of them is still in use the server says so.
CREATE TABLE _hrdb_demo_password (HASH TEXT PRIMARY KEY) WITHOUT ROWID;
INSERT INTO _hrdb_demo_password SELECT PASSWORD FROM "EMPLOYEE";
INSERT INTO _hrdb_demo_password SELECT PASSWORD FROM "USER"
  WHERE USERNAME <> 'admin' OR setting('admin_password') IS NULL;
