-- Pending vacations of the caller's reports, with the employee's names. Who is no employee has no reports.
-- roles: admin of EMPLOYEE
-- param: userId from caller.userId of EMPLOYEE
SELECT V.ID, V.START_DATE, V.END_DATE, V.TYPE, V.STATUS, E.EMP_ID, E.FIRSTNAME, E.LASTNAME
FROM VACATION V
JOIN EMPLOYEE E ON E.EMP_ID = V.EMP_ID
WHERE V.STATUS = 'Pending' AND E.MANAGER_ID = :userId AND E.EMP_ID <> :userId
ORDER BY V.START_DATE, V.ID
