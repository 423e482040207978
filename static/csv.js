// CSV as RFC 4180 has it, read and written. Pure.

/** The rows of a text; the separator is the one that its first line has most of. */
export function parseCsv(given) {
  const text = given.replace(/^\uFEFF/, "");
  const firstLine = text.slice(0, text.search(/\r|\n|$/));
  const separator = [",", ";", "\t"].map((sign) => [sign, firstLine.split(sign).length]).sort((left, right) => right[1] - left[1])[0][0];
  const rows = [];
  let row = [];
  let field = "";
  let isQuoted = false;
  let isStarted = false;
  const endField = () => {
    row.push(field);
    field = "";
    isStarted = false;
  };
  const endRow = () => {
    endField();
    // A line with nothing on it is no row.
    if (row.length > 1 || row[0] !== "") rows.push(row);
    row = [];
  };
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (isQuoted) {
      if (letter !== '"') field += letter;
      else if (text[at + 1] === '"') {
        field += '"';
        at += 1;
      } else isQuoted = false;
    } else if (letter === '"' && !isStarted) {
      isQuoted = true;
      isStarted = true;
    } else if (letter === separator) endField();
    else if (letter === "\n" || letter === "\r") {
      if (letter === "\r" && text[at + 1] === "\n") at += 1;
      endRow();
    } else {
      field += letter;
      isStarted = true;
    }
  }
  if (field !== "" || isStarted || row.length > 0) endRow();
  return rows;
}

export const writeCsv = (rows) => rows.map((row) => row.map((field) => {
  const text = String(field ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}).join(",")).join("\r\n");

const plain = (name) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

/** Which property each column of a file is meant for, by its heading: names, null where there is none. */
export function matchColumns(headings, names) {
  const taken = new Set();
  return headings.map((heading) => {
    const found = names.find((name) => !taken.has(name) && plain(name) === plain(heading));
    if (found) taken.add(found);
    return found ?? null;
  });
}
