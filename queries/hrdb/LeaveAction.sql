-- Sets the status of a vacation. A manager decides on those of his reports and never on his own; adminrole on any.
-- What the caller may not decide is left as it is, and the result is 0.
-- roles: admin of EMPLOYEE
-- param: status text required
-- param: id integer required
-- param: callerId from caller.userId of EMPLOYEE
-- param: callerRole from caller.role
UPDATE VACATION SET STATUS = :status
WHERE ID = :id
  AND (:callerRole = 'adminrole'
    OR EMP_ID IN (SELECT EMP_ID FROM EMPLOYEE WHERE MANAGER_ID = :callerId AND EMP_ID <> :callerId))
