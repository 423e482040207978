-- The sum of all departments' budgets.
-- roles: userrole, admin, user
SELECT sum(BUDGET) AS TOTAL_BUDGET FROM DEPARTMENT
