-- Approved days of each report of a manager. A manager sees his own reports only.
-- roles: userrole, admin of EMPLOYEE
-- param: manager_id integer required
-- param: callerId from caller.userId of EMPLOYEE
-- param: callerRole from caller.role
SELECT E.EMP_ID, E.FIRSTNAME, E.LASTNAME,
  coalesce(sum(CAST(julianday(V.END_DATE) - julianday(V.START_DATE) AS INTEGER)), 0) AS TOTAL_LEAVES
FROM EMPLOYEE E
LEFT JOIN VACATION V ON V.EMP_ID = E.EMP_ID AND V.STATUS = 'Approved'
WHERE E.MANAGER_ID = :manager_id
  AND (:callerRole IN ('adminrole', 'userrole') OR E.MANAGER_ID = :callerId)
GROUP BY E.EMP_ID
ORDER BY E.EMP_ID
