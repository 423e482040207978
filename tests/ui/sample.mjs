// A small catalog for tests, as the server describes one.

const property = (name, type, more = {}) => ({ name, type, maxLength: null, nullable: true, hasDefault: false, generated: false, writeOnly: false, readOnly: false, ...more });

export const catalog = {
  service: "library", readOnly: false, maxPageSize: 100, queries: [{ name: "lent", about: "Books that are out.", method: "GET", answer: "page", parameters: [{ name: "since", type: "date", required: true }], columns: ["title"] }],
  entities: [
    {
      name: "Book", verbs: ["read", "create", "update", "delete"], key: ["bookId"], generatedKey: true, uniqueKeys: [["isbn"]],
      properties: [property("bookId", "integer", { nullable: false }), property("title", "text", { nullable: false, maxLength: 80 }), property("isbn", "text", { maxLength: 13 }), property("price", "decimal"), property("isLent", "boolean", { nullable: false, hasDefault: true }),
        property("bought", "date"), property("authorId", "integer"), property("cover", "bytes"), property("pin", "text", { writeOnly: true })],
      relations: [{ name: "author", entity: "Author", from: ["authorId"], to: ["authorId"] }], collections: [],
    },
    {
      name: "Author", verbs: ["read"], key: ["authorId"], generatedKey: true, uniqueKeys: [], properties: [property("authorId", "integer", { nullable: false }), property("firstName", "text"), property("lastName", "text")],
      relations: [], collections: [{ name: "books", entity: "Book", relation: "author" }],
    },
    { name: "Loan", verbs: ["read", "delete"], key: ["bookId", "day"], generatedKey: false, uniqueKeys: [], properties: [property("bookId", "integer", { nullable: false }), property("day", "date", { nullable: false })], relations: [{ name: "book", entity: "Book", from: ["bookId"], to: ["bookId"] }], collections: [] },
  ],
};
export const book = catalog.entities[0];
export const author = catalog.entities[1];
export const loan = catalog.entities[2];
export const rowOfBook = { bookId: 7, title: "Moss & <Lichen>", isbn: null, price: "12.50", isLent: false, bought: "2024-02-29", authorId: 3, cover: "", author: { authorId: 3, firstName: "Ida", lastName: "O'Hara" } };
