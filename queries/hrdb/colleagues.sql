-- The others of a department: everybody in it but one employee.
-- roles: userrole, admin, user
-- param: deptId integer required
-- param: empId integer required
SELECT EMP_ID, FIRSTNAME, LASTNAME, JOB_TITLE, PICURL
FROM EMPLOYEE
WHERE DEPT_ID = :deptId AND EMP_ID <> :empId
ORDER BY LASTNAME, FIRSTNAME, EMP_ID
