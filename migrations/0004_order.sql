-- An index for each column by which the long lists, employees and vacations, can be sorted, so that a page of any order is
-- found without sorting the table. Departments and users are few: sorting them takes less than their indexes would cost.
-- SQLite ends every index with the row id, which is the key, and the key is what breaks ties. Each costs about 15 bytes a row
-- and its text, and each write a little; the columns that have had an index since the first step are not in here again.

CREATE INDEX EMPLOYEE_FIRSTNAME ON "EMPLOYEE" (FIRSTNAME);
CREATE INDEX EMPLOYEE_LASTNAME ON "EMPLOYEE" (LASTNAME);
CREATE INDEX EMPLOYEE_STREET ON "EMPLOYEE" (STREET);
CREATE INDEX EMPLOYEE_CITY ON "EMPLOYEE" (CITY);
CREATE INDEX EMPLOYEE_STATE ON "EMPLOYEE" (STATE);
CREATE INDEX EMPLOYEE_ZIP ON "EMPLOYEE" (ZIP);
CREATE INDEX EMPLOYEE_BIRTHDATE ON "EMPLOYEE" (BIRTHDATE);
CREATE INDEX EMPLOYEE_PICURL ON "EMPLOYEE" (PICURL);
CREATE INDEX EMPLOYEE_JOB_TITLE ON "EMPLOYEE" (JOB_TITLE);
CREATE INDEX EMPLOYEE_ROLE ON "EMPLOYEE" (ROLE);
CREATE INDEX EMPLOYEE_TENANT_ID ON "EMPLOYEE" (TENANT_ID);

CREATE INDEX VACATION_START_DATE ON "VACATION" (START_DATE);
CREATE INDEX VACATION_END_DATE ON "VACATION" (END_DATE);
CREATE INDEX VACATION_TENANT_ID ON "VACATION" (TENANT_ID);
CREATE INDEX VACATION_STATUS ON "VACATION" (STATUS);
CREATE INDEX VACATION_TYPE ON "VACATION" (TYPE);

-- Accounts that still have a password which is public knowledge are looked up by it, and most rows have none.
CREATE INDEX EMPLOYEE_PASSWORD ON "EMPLOYEE" (PASSWORD) WHERE PASSWORD IS NOT NULL;
