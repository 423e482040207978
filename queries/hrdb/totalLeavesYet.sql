-- Approved days of one employee. An employee sees his own, a manager those of his reports as well; of others it is 0.
-- roles: userrole, admin of EMPLOYEE, user of EMPLOYEE
-- param: id integer required
-- param: callerId from caller.userId of EMPLOYEE
-- param: callerRole from caller.role
SELECT coalesce(sum(CAST(julianday(V.END_DATE) - julianday(V.START_DATE) AS INTEGER)), 0) AS TOTAL_LEAVES
FROM VACATION V
JOIN EMPLOYEE E ON E.EMP_ID = V.EMP_ID
WHERE V.EMP_ID = :id AND V.STATUS = 'Approved'
  AND (:callerRole IN ('adminrole', 'userrole')
    OR E.EMP_ID = :callerId
    OR (:callerRole = 'admin' AND E.MANAGER_ID = :callerId))
