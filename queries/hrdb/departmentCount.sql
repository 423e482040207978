-- How many departments there are.
-- roles: userrole, admin, user
SELECT count(*) AS DEPARTMENT_COUNT FROM DEPARTMENT
