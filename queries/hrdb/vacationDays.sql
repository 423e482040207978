-- Days of vacation by department, whatever their status: from the first day to the last, the last not counted.
-- roles: userrole, admin, user
SELECT D.DEPT_ID, D.NAME,
  coalesce(sum(CAST(julianday(V.END_DATE) - julianday(V.START_DATE) AS INTEGER)), 0) AS VACATION_DAYS
FROM DEPARTMENT D
LEFT JOIN EMPLOYEE E ON E.DEPT_ID = D.DEPT_ID
LEFT JOIN VACATION V ON V.EMP_ID = E.EMP_ID
GROUP BY D.DEPT_ID
ORDER BY D.DEPT_ID
