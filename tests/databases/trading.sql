-- trading.sql: an invented wholesale house, for tests. PascalCase names, some with spaces.
-- Deterministic: every defaulted time column is given a value in the rows. SQLite 3.37 or newer.
PRAGMA foreign_keys = ON;
BEGIN;

CREATE TABLE Regions (
  RegionID   INTEGER PRIMARY KEY,
  RegionName NCHAR(50) NOT NULL UNIQUE
);

CREATE TABLE Territories (
  TerritoryCode VARCHAR(8) NOT NULL PRIMARY KEY,           -- text key with leading zeros
  TerritoryName TEXT NOT NULL,
  RegionID      INTEGER NOT NULL REFERENCES Regions (RegionID)
);

CREATE TABLE Agents (
  AgentID    INTEGER PRIMARY KEY AUTOINCREMENT,
  BadgeNo    CHAR(4) NOT NULL CONSTRAINT uq_agent_badge UNIQUE,
  FullName   TEXT NOT NULL,
  BornOn     DATE,
  ShiftStart TIME,
  ManagerID  INTEGER REFERENCES Agents (AgentID) ON DELETE SET NULL,
  Commission REAL DEFAULT 0.05 CONSTRAINT ck_agent_commission CHECK (Commission BETWEEN 0 AND 0.5),
  Photo      BLOB
);

-- many to many, nothing but the two keys, no rowid
CREATE TABLE AgentTerritories (
  AgentID       INTEGER NOT NULL REFERENCES Agents (AgentID) ON DELETE CASCADE,
  TerritoryCode VARCHAR(8) NOT NULL REFERENCES Territories (TerritoryCode) ON UPDATE CASCADE,
  PRIMARY KEY (AgentID, TerritoryCode)
) WITHOUT ROWID;

CREATE TABLE Categories (
  CategoryID   INTEGER PRIMARY KEY AUTOINCREMENT,
  CategoryName VARCHAR(30) NOT NULL,
  Description  TEXT,
  Picture      BLOB,
  CONSTRAINT uq_category_name UNIQUE (CategoryName)
);

CREATE TABLE Suppliers (
  SupplierID  INTEGER PRIMARY KEY,
  VatNumber   TEXT UNIQUE,                                 -- unique but may be NULL
  CompanyName TEXT NOT NULL,
  Country     TEXT NOT NULL DEFAULT 'Unknown',
  HomePage    TEXT,
  Rating      INTEGER DEFAULT -1
);

CREATE TABLE Products (
  ProductID    INTEGER PRIMARY KEY,
  Sku          TEXT NOT NULL UNIQUE,                       -- other tables refer to this one
  ProductName  TEXT NOT NULL,
  SupplierID   INTEGER REFERENCES Suppliers (SupplierID),
  CategoryID   INTEGER REFERENCES Categories (CategoryID),
  UnitPrice    NUMERIC(10,2) NOT NULL DEFAULT 0 CONSTRAINT ck_product_price CHECK (UnitPrice >= 0),
  UnitsInStock SMALLINT DEFAULT 0,
  Discontinued BOOLEAN NOT NULL DEFAULT FALSE,
  AddedAt      TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  UNIQUE (SupplierID, ProductName)
);

-- a foreign key to a unique column that is not the primary key, and a second one likewise
CREATE TABLE StockMoves (
  MoveID      INTEGER PRIMARY KEY AUTOINCREMENT,
  ProductSku  TEXT NOT NULL REFERENCES Products (Sku) ON UPDATE CASCADE,
  CountedBy   CHAR(4) REFERENCES Agents (BadgeNo),
  Quantity    INTEGER NOT NULL CONSTRAINT ck_move_not_zero CHECK (Quantity <> 0),
  MovedOn     DATE NOT NULL DEFAULT CURRENT_DATE,
  MovedAt     TIME NOT NULL DEFAULT CURRENT_TIME,
  Note        TEXT DEFAULT ''
);

CREATE TABLE Shippers (
  ShipperID   INTEGER PRIMARY KEY,
  CompanyName TEXT NOT NULL,
  Phone       TEXT DEFAULT NULL
);

CREATE TABLE Customers (
  CustomerCode CHAR(5) NOT NULL PRIMARY KEY CONSTRAINT ck_customer_code CHECK (length(CustomerCode) = 5),
  CompanyName  TEXT NOT NULL,
  ContactName  TEXT,
  City         TEXT,
  PostalCode   TEXT,
  Country      TEXT DEFAULT 'DE',
  CreditLimit  DECIMAL(12,2) DEFAULT 1000,
  Since        DATE
);

CREATE TABLE Addresses (
  AddressID    INTEGER PRIMARY KEY AUTOINCREMENT,
  CustomerCode CHAR(5) NOT NULL REFERENCES Customers (CustomerCode) ON DELETE CASCADE,
  Label        TEXT NOT NULL DEFAULT 'main',
  Street       TEXT,
  City         TEXT,
  CONSTRAINT uq_address_label UNIQUE (CustomerCode, Label)
);

CREATE TABLE Orders (
  OrderID         INTEGER PRIMARY KEY AUTOINCREMENT,
  CustomerCode    CHAR(5) REFERENCES Customers (CustomerCode),
  AgentID         INTEGER REFERENCES Agents (AgentID),
  BillToAddressID INTEGER NOT NULL REFERENCES Addresses (AddressID),   -- two foreign keys
  ShipToAddressID INTEGER REFERENCES Addresses (AddressID),            -- to the same parent
  ShipVia         INTEGER REFERENCES Shippers (ShipperID),
  OrderedAt       TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  RequiredBy      DATE,
  PickupTime      TIME,
  Freight         NUMERIC(10,2) DEFAULT 0,
  Status          VARCHAR(10) NOT NULL DEFAULT 'new',
  Currency        CHAR(3) NOT NULL DEFAULT 'EUR',
  Reference       TEXT DEFAULT ('REF-' || upper(substr('wholesale', 1, 5)) || '-' || (40 + 2)),
  CONSTRAINT ck_order_status CHECK (Status IN ('new', 'packed', 'sent', 'paid', 'void')),
  CONSTRAINT "ck order required" CHECK (RequiredBy IS NULL OR RequiredBy >= substr(OrderedAt, 1, 10))
);

CREATE TABLE "Order Details" (
  OrderID   INTEGER NOT NULL REFERENCES Orders (OrderID) ON DELETE CASCADE,
  ProductID INTEGER NOT NULL REFERENCES Products (ProductID),
  UnitPrice NUMERIC(10,2) NOT NULL DEFAULT 0,
  Quantity  SMALLINT NOT NULL DEFAULT 1 CONSTRAINT ck_detail_quantity CHECK (Quantity > 0),
  Discount  REAL NOT NULL DEFAULT 0,
  CONSTRAINT pk_order_details PRIMARY KEY (OrderID, ProductID),
  CONSTRAINT ck_detail_discount CHECK (Discount >= 0 AND Discount <= 1)
);
CREATE INDEX "Order Details by product" ON "Order Details" (ProductID);

-- child of a composite key; ProductID may be NULL: a parcel for the order as a whole, so no detail line
CREATE TABLE Shipments (
  ShipmentID INTEGER PRIMARY KEY,
  OrderID    INTEGER NOT NULL,
  ProductID  INTEGER,
  ShipperID  INTEGER REFERENCES Shippers (ShipperID),
  Units      INTEGER NOT NULL DEFAULT 1,
  "Sent On"  DATE,
  "Sent At"  TIME,
  CONSTRAINT fk_shipment_detail FOREIGN KEY (OrderID, ProductID)
    REFERENCES "Order Details" (OrderID, ProductID) ON DELETE CASCADE
);

INSERT INTO Regions (RegionID, RegionName) VALUES (1, 'Coast'), (2, 'Inner Hills'), (3, 'Übersee'), (4, 'Nobody''s Land');

INSERT INTO Territories (TerritoryCode, TerritoryName, RegionID) VALUES
  ('00017', 'Gullmouth', 1), ('00170', 'Saltpan', 1), ('01700', 'Breakwater East', 1), ('1700', 'Breakwater West', 1),
  ('02001', 'Kettle Valley', 2), ('02002', 'Mill''s End', 2), ('02003', '100% Hill', 2), ('0x2004', 'Höchberg', 2),
  ('T/301', 'Îles Perdues', 3), ('T 302', '南の島', 3), ('T%303', 'Port_of_Call', 3), ('', 'Uncoded', 3);

INSERT INTO Agents (AgentID, BadgeNo, FullName, BornOn, ShiftStart, ManagerID, Commission, Photo) VALUES
  (1, '0001', 'Wilhelmina Thorn',   '1959-06-30', '08:00:00', NULL, 0.2,   X'89504E470D0A1A0A0000000D4948445200000001000000010802000000907753DE0000000C4944415478DA63382127070002B601050A5BA6060000000049454E44AE426082'),
  (2, '0002', 'Desmond O''Keefe',   '1972-02-29', '06:30:00', 1,    0.1,   NULL),
  (3, '0003', 'Yolanda Ibáñez',     '1980-11-11', '22:15:30', 1,    0.075, NULL),
  (4, '0004', 'Łukasz Żuraw',       NULL,         NULL,       2,    0.05,  X''),
  (5, '0005', '陳 小明',            '1995-01-01', '00:00:00', 2,    0,     NULL),
  (6, '00A6', 'Per_cent % Andersen','2001-09-09', '23:59:59', 3,    NULL,  NULL),
  (7, '0700', 'Own Boss',           '1990-04-04', '12:00:00', 7,    0.5,   NULL);

INSERT INTO AgentTerritories (AgentID, TerritoryCode) VALUES
  (1, '00017'), (1, '02001'), (1, 'T/301'), (2, '00017'), (2, '00170'), (2, '01700'), (2, '1700'),
  (3, '02001'), (3, '02002'), (3, '02003'), (4, '0x2004'), (4, 'T%303'), (5, 'T 302'), (5, 'T/301'), (6, '');

INSERT INTO Categories (CategoryID, CategoryName, Description, Picture) VALUES
  (1, 'Lamp Oils',        'Whale-free; burns for days.', X'89504E470D0A1A0A0000000D4948445200000001000000010802000000907753DE0000000C4944415478DA63382127070002B601050A5BA6060000000049454E44AE426082'),
  (2, 'Rope & Twine',     'Sold by the fathom, "not" by the yard.', X'89504E470D0A1A0A0000000D4948445200000001000000010802000000907753DE0000000C4944415478DA63905B60030001DA00FB62EC71BB0000000049454E44AE426082'),
  (3, 'Pickles',          'It''s sour.', X'89504E470D0A1A0A0000000D4948445200000001000000010802000000907753DE0000000C4944415478DA6390B3390100019E01232FDC0CBB0000000049454E44AE426082'),
  (4, 'Käse/Cheese',      'Hart, weich' || char(10) || 'und löchrig', NULL),
  (5, '50%_Concentrates', '', X''),
  (6, '道具',             NULL, X'DEADBEEF'),
  (7, 'Nothing In Here',  'A category of no products', NULL);

INSERT INTO Suppliers (SupplierID, VatNumber, CompanyName, Country, HomePage, Rating) VALUES
  (1, 'DE000111222', 'Hafenkontor Brüggemann', 'Germany', 'https://hafen.example/?a=1&b=2#top', 5),
  (2, 'FR00999',     'L''Épicerie d''Été',     'France',  NULL,                                 4),
  (3, NULL,          'Rope Walk Co.',          'England', '',                                   -1),
  (4, NULL,          'No Vat & Sons',          'England', NULL,                                 NULL),
  (5, '0000000',     '酢屋',                   'Japan',   'http://su.example/%E9%85%A2',        0),
  (6, 'NO-PRODUCTS', 'Idle Supplier',          'Unknown', NULL,                                 3);

INSERT INTO Products (ProductID, Sku, ProductName, SupplierID, CategoryID, UnitPrice, UnitsInStock, Discontinued, AddedAt) VALUES
  (1, 'LO-0001',  'Storm Oil',              1,    1,    12.50,   40,   FALSE, '2020-01-01 00:00:00'),
  (2, 'LO-0002',  'Storm Oil',              2,    1,    13,      0,    TRUE,  '2020-01-01 00:00:01'),
  (3, 'RT 0003',  'Bo''sun''s Twine',       3,    2,    0.05,    -7,   FALSE, '2020-02-29 12:34:56'),
  (4, 'PI/0004',  'Gherkin "Grande"',       2,    3,    4.99,    120,  FALSE, '2021-06-15 18:00:00'),
  (5, 'KÄ-0005',  'Höhlenkäse',             1,    4,    27.30,   8,    FALSE, '2021-06-15 18:00:00'),
  (6, '0006',     '50% Vinegar_extra',      5,    5,    7.777,   15,   FALSE, '2022-10-30 02:30:00'),
  (7, '6',        'Plain Six',              NULL, NULL, 0,       NULL, FALSE, '2022-12-31 23:59:59'),
  (8, '道-0008',  '金槌',                   5,    6,    1999.99, 3,    FALSE, '2023-03-26 02:30:00');

-- products 9 to 80
INSERT INTO Products (ProductID, Sku, ProductName, SupplierID, CategoryID, UnitPrice, UnitsInStock, Discontinued, AddedAt)
WITH RECURSIVE
  n(i) AS (VALUES (9) UNION ALL SELECT i + 1 FROM n WHERE i < 80),
  a(k, w) AS (VALUES (0,'Coarse'),(1,'Smoked'),(2,'Double'),(3,'Harbour'),(4,'Winter'),(5,'Plain'),(6,'Golden')),
  b(k, w) AS (VALUES (0,'Cordage'),(1,'Relish'),(2,'Wick'),(3,'Curd'),(4,'Syrup'),(5,'Chisel'),(6,'Brine'),(7,'Tallow'),(8,'Netting'),(9,'Rind'),(10,'Mallet'))
SELECT i, printf('SK-%04d', i), a.w || ' ' || b.w, CASE WHEN i % 10 = 0 THEN NULL ELSE i % 5 + 1 END,
       CASE WHEN i % 15 = 0 THEN NULL ELSE i % 6 + 1 END, (i * 173 % 4000) / 100.0, i * 11 % 90, i % 12 = 0,
       datetime('2021-01-01 09:00:00', '+' || (i * 9) || ' days')
FROM n JOIN a ON a.k = i % 7 JOIN b ON b.k = i % 11;

INSERT INTO StockMoves (MoveID, ProductSku, CountedBy, Quantity, MovedOn, MovedAt, Note)
WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 800)
SELECT i, p.Sku, CASE WHEN i % 4 = 0 THEN NULL ELSE printf('%04d', 1 + i % 5) END, CASE WHEN i % 3 = 0 THEN -1 - i % 9 ELSE 1 + i % 20 END,
       date('2023-01-01', '+' || i || ' days'), time('00:00:00', '+' || (i * 3607 % 86400) || ' seconds'),
       CASE i % 5 WHEN 0 THEN NULL WHEN 1 THEN '' WHEN 2 THEN 'it''s ' || (i % 100) || '% counted' ELSE 'a_b' END
FROM n JOIN Products p ON p.ProductID = 1 + i % 77;

INSERT INTO Shippers (ShipperID, CompanyName, Phone) VALUES
  (1, 'Barge & Barrow', '0800 000'), (2, 'O''Swift', NULL), (3, 'Schnell_Schiff', ''), (4, 'Never Used Freight', '-');

INSERT INTO Customers (CustomerCode, CompanyName, ContactName, City, PostalCode, Country, CreditLimit, Since) VALUES
  ('ANVIL', 'Anvil & Daughters',  'Greta O''Neil',  'Gullmouth',  '00420',  'GB', 5000,    '1999-12-31'),
  ('BRÜCK', 'Brückenhandel',      'Änne Voß',       'Köln',       '50667',  'DE', 2500.5,  '2000-02-29'),
  ('C/O 1', 'Slash and Space',    NULL,             'Saltpan',    '',       'GB', 0,       NULL),
  ('D%_''"', 'Every "odd" sign''s', 'Mr. 100%',     NULL,         NULL,     NULL, -50,     '2010-10-10'),
  ('00005', 'Leading Zeros Ltd',  'Nil Naught',     'Zero',       '00000',  'US', NULL,    '2005-05-05'),
  ('東京商会X', 'Tokyo Shokai',   '佐藤',           '東京',       '100-0001','JP', 99999.99,'2015-03-01'),
  ('anvil', 'Lower-case Anvil',   '',               'Gullmouth',  '00421',  'GB', 1,       '2020-01-01'),
  ('NOORD', 'Never Ordered',      'Idle Ida',       'Quietham',   'Q1',     'GB', 10,      '2024-01-01');

-- customers CU009 to CU090
INSERT INTO Customers (CustomerCode, CompanyName, ContactName, City, PostalCode, Country, CreditLimit, Since)
WITH RECURSIVE
  n(i) AS (VALUES (9) UNION ALL SELECT i + 1 FROM n WHERE i < 90),
  a(k, w) AS (VALUES (0,'Fenwick'),(1,'Tolliver'),(2,'Marsh'),(3,'Ostrander'),(4,'Pellew')),
  b(k, w) AS (VALUES (0,'Provisions'),(1,'Chandlery'),(2,'Stores'),(3,'Imports'),(4,'Market'),(5,'Brothers'),(6,'Cooperative'))
SELECT printf('CU%03d', i), a.w || ' ' || b.w, CASE WHEN i % 5 = 0 THEN NULL ELSE 'Contact ' || i END,
       CASE i % 3 WHEN 0 THEN 'Gullmouth' WHEN 1 THEN 'Höchberg' ELSE 'Saltpan' END, printf('%05d', i * 7), CASE i % 4 WHEN 0 THEN 'DE' WHEN 1 THEN 'GB' WHEN 2 THEN 'FR' END,
       i * 100, date('2001-01-01', '+' || (i * 31) || ' days')
FROM n JOIN a ON a.k = i % 5 JOIN b ON b.k = i % 7;

-- each customer has a main address, every second one (in order of code) a depot as well
INSERT INTO Addresses (AddressID, CustomerCode, Label, Street, City)
WITH c AS (SELECT row_number() OVER (ORDER BY CustomerCode) AS r, CustomerCode, City FROM Customers)
SELECT r, CustomerCode, 'main', r || ' Wharf St.', City FROM c
UNION ALL
SELECT 100 + r, CustomerCode, 'depot', NULL, 'Depot ' || r FROM c WHERE r % 2 = 0;

-- 500 orders; NOORD has none; every 50th has no customer
INSERT INTO Orders (OrderID, CustomerCode, AgentID, BillToAddressID, ShipToAddressID, ShipVia, OrderedAt, RequiredBy, PickupTime, Freight, Status, Currency, Reference)
WITH RECURSIVE
  n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 500),
  c AS (SELECT row_number() OVER (ORDER BY CustomerCode) - 1 AS r, CustomerCode FROM Customers WHERE CustomerCode <> 'NOORD')
SELECT 10000 + i, CASE WHEN i % 50 = 0 THEN NULL ELSE c.CustomerCode END, CASE WHEN i % 9 = 0 THEN NULL ELSE i % 7 + 1 END,
       (SELECT AddressID FROM Addresses a WHERE a.CustomerCode = c.CustomerCode AND a.Label = 'main'),
       (SELECT AddressID FROM Addresses a WHERE a.CustomerCode = c.CustomerCode AND a.Label = 'depot'),
       CASE WHEN i % 10 = 3 THEN NULL ELSE i % 3 + 1 END,
       datetime('2022-01-03 07:00:00', '+' || (i * 41) || ' hours', '+' || (i * 17 % 60) || ' minutes'),
       CASE WHEN i % 7 = 0 THEN NULL ELSE date('2022-01-03', '+' || (i * 41 / 24 + 10) || ' days') END,
       CASE WHEN i % 6 = 0 THEN NULL ELSE printf('%02d:%02d:00', 6 + i % 14, i * 5 % 60) END,
       CASE WHEN i % 25 = 0 THEN NULL ELSE (i * 271 % 9000) / 100.0 END,
       CASE i % 5 WHEN 0 THEN 'new' WHEN 1 THEN 'packed' WHEN 2 THEN 'sent' WHEN 3 THEN 'paid' ELSE 'void' END,
       CASE WHEN i % 8 = 0 THEN 'USD' ELSE 'EUR' END, CASE WHEN i % 11 = 0 THEN NULL ELSE printf('R-%05d', i) END
FROM n JOIN c ON c.r = i * 13 % 89;

-- 1 to 4 lines an order; the orders that end in 77 have none
INSERT INTO "Order Details" (OrderID, ProductID, UnitPrice, Quantity, Discount)
WITH RECURSIVE k(j) AS (VALUES (0) UNION ALL SELECT j + 1 FROM k WHERE j < 3)
SELECT o.OrderID, p.ProductID, p.UnitPrice, 1 + (o.OrderID * 3 + j) % 24, CASE (o.OrderID + j) % 6 WHEN 0 THEN 0.05 WHEN 3 THEN 0.25 ELSE 0 END
FROM Orders o JOIN k ON j <= o.OrderID % 4 JOIN Products p ON p.ProductID = 1 + (o.OrderID * 7 + j * 19) % 78
WHERE o.OrderID % 100 <> 77;

INSERT INTO Shipments (ShipmentID, OrderID, ProductID, ShipperID, Units, "Sent On", "Sent At")
SELECT row_number() OVER (ORDER BY d.OrderID, d.ProductID), d.OrderID, CASE WHEN d.OrderID % 20 = 1 THEN NULL ELSE d.ProductID END,
       o.ShipVia, d.Quantity, CASE WHEN d.OrderID % 3 = 0 THEN NULL ELSE date(o.OrderedAt, '+3 days') END, CASE WHEN d.ProductID % 2 = 0 THEN '14:05:09' END
FROM "Order Details" d JOIN Orders o ON o.OrderID = d.OrderID
WHERE o.Status IN ('sent', 'paid') OR d.OrderID % 20 = 1;

CREATE VIEW "Order Subtotals" AS
SELECT d.OrderID, count(*) AS "Line Count", round(sum(d.UnitPrice * d.Quantity * (1 - d.Discount)), 5) AS Subtotal
FROM "Order Details" d GROUP BY d.OrderID;

CREATE VIEW "Products by Category" AS
SELECT c.CategoryName, p.ProductName, p.Sku, p.UnitPrice, p.UnitsInStock
FROM Categories c JOIN Products p ON p.CategoryID = c.CategoryID WHERE p.Discontinued = FALSE;

CREATE VIEW OrderAddresses AS
SELECT o.OrderID, o.CustomerCode, b.City AS BillCity, s.City AS ShipCity
FROM Orders o JOIN Addresses b ON b.AddressID = o.BillToAddressID LEFT JOIN Addresses s ON s.AddressID = o.ShipToAddressID;

COMMIT;
