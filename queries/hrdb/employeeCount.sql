-- How many employees there are.
-- roles: userrole, admin, user
SELECT count(*) AS EMPLOYEE_COUNT FROM EMPLOYEE
