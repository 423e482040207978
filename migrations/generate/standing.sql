-- How many employees there are, and the key of the next. A key is never given out twice, so it is not the number plus one.
SELECT count(*), max(coalesce(max(EMP_ID), 0), coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'EMPLOYEE'), 0)) + 1
FROM "EMPLOYEE";
