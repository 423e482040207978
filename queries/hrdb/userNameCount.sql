-- How many accounts have a user name, in either of the tables where people sign in: 0 is a name that is free.
-- query: single
-- roles: userrole, admin, user
-- param: username text required
SELECT (SELECT count(*) FROM "USER" WHERE USERNAME = :username)
  + (SELECT count(*) FROM EMPLOYEE WHERE USERNAME = :username) AS USERNAME_COUNT
