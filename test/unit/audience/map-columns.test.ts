import { describe, expect, it } from "vitest";
import { attributeNameOf } from "../../../src/audience/column-names.ts";
import { type ColumnOptions, mapColumns } from "../../../src/audience/map-columns.ts";
import { InputError } from "../../../src/lib/errors.ts";

/** "email lang attribute:plan ignored" */
function meaningsOf(header: string[], options: ColumnOptions = {}): string {
  return mapColumns(header, options, "people.csv", 1)
    .map((column) => (column.type === "attribute" ? `attribute:${column.name}` : column.type))
    .join(" ");
}

function problemsOf(header: string[], options: ColumnOptions = {}): string[] {
  try {
    mapColumns(header, options, "people.csv", 4);
  } catch (thrown) {
    if (thrown instanceof InputError) return thrown.message.split("\n");
    throw thrown;
  }
  return [];
}

describe("a column's name says what it means", () => {
  it.each([
    [
      ["email", "firstName", "lastName", "lang", "zone", "topics"],
      "email attribute:firstName attribute:lastName lang zone topics",
    ],
    [["E-Mail Address", "First Name", "Last Name", "Time Zone"], "email attribute:firstName attribute:lastName zone"],
    [
      ["E-Mail-Adresse", "Vorname", "Nachname", "Sprache", "Zeitzone", "Themen"],
      "email attribute:firstName attribute:lastName lang zone topics",
    ],
    [
      ["Adresse électronique", "Prénom", "Nom", "Langue", "Fuseau horaire"],
      "email attribute:firstName attribute:lastName lang zone",
    ],
    [
      ["Correo electrónico", "Nombre", "Apellidos", "Idioma", "Zona horaria"],
      "email attribute:firstName attribute:lastName lang zone",
    ],
    [["البريد الإلكتروني", "الاسم الأول", "اسم العائلة", "اللغة"], "email attribute:firstName attribute:lastName lang"],
    [["メールアドレス", "名", "姓", "言語", "タイムゾーン"], "email attribute:firstName attribute:lastName lang zone"],
    [["EMAIL_ADDRESS", "FIRST_NAME", "status"], "email attribute:firstName status"],
  ])("%j", (header, meanings) => {
    expect(meaningsOf(header)).toBe(meanings);
  });

  it("and every other column is an attribute that slots and segments can name", () => {
    expect(
      meaningsOf(["email", "plan", "Company size", "Größe", "2023 spend", "会社 名", "Crème brûlée", "plan_type"]),
    ).toBe(
      "email attribute:plan attribute:companySize attribute:grosse attribute:_2023Spend attribute:会社名 attribute:cremeBrulee attribute:plan_type",
    );
  });

  it("but no attribute hides the subscriber's own fields or an object's", () => {
    expect(meaningsOf(["email", "Address", "address", "domain", "__proto__", "constructor"])).toBe(
      "email attribute:AddressColumn attribute:addressColumn attribute:domainColumn attribute:__proto__Column attribute:constructorColumn",
    );
  });

  it("leaves out nameless columns, those of a rejects file and what an export says of the past", () => {
    expect(meaningsOf(["rejected_line", "rejected_what", "rejected_reason", "email", "joined", "", ""])).toBe(
      "ignored ignored ignored email ignored ignored ignored",
    );
  });
});

describe("what the caller says goes first", () => {
  it("maps a column of any name", () => {
    expect(meaningsOf(["Kontakt", "Rufname", "email"], { map: { email: "Kontakt", firstName: "Rufname" } })).toBe(
      "email attribute:firstName attribute:emailColumn",
    );
  });

  it("renames an attribute and leaves a column out", () => {
    expect(meaningsOf(["email", "P1", "Notes"], { map: { plan: "P1" }, ignore: ["Notes"] })).toBe(
      "email attribute:plan ignored",
    );
  });

  it("prefers the plain name over other names of the same", () => {
    expect(meaningsOf(["E-Mail", "email", "interests", "topics"])).toBe(
      "attribute:E-Mail email attribute:interests topics",
    );
  });
});

describe("a header that can't be used", () => {
  it.each<[string[], ColumnOptions, string]>([
    [
      ["ada@example.com", "Ada"],
      {},
      'people.csv:4: The header is missing: the first line must name the columns, such as email,firstName, and this one holds "ada@example.com"',
    ],
    [
      ["name", "city"],
      {},
      'No column holds the address. Name it "email", or say which it is (--map email=COLUMN): "name", "city"',
    ],
    [["E-Mail", "Mail"], {}, 'Several columns may hold the address: "E-Mail", "Mail"'],
    [["email", "plan", "plan"], {}, 'Two columns are named "plan"'],
    [
      ["email", "Company size", "companySize"],
      {},
      'The columns "Company size" and "companySize" both give companySize',
    ],
    [["email", "pl\u0000an"], {}, "control character"],
    [["email", "x".repeat(201)], {}, "201 characters"],
    [["email"], { map: { email: "Kontakt" } }, 'There is no column "Kontakt"; there are "email"'],
    [["email"], { ignore: ["Notes"] }, 'There is no column "Notes"'],
    [["email", "P1"], { map: { "1 plan": "P1" } }, "\"1 plan\" can't be an attribute's name"],
    [["email", "P1"], { map: { topics: "P1", zone: "P1" } }, 'The column "P1" is mapped twice'],
  ])("%j %j", (header, options, words) => {
    expect(problemsOf(header, options)).toEqual([expect.stringContaining(words)]);
  });
});

it("gives the same name to a column that an export wrote", () => {
  for (const header of ["plan", "Company size", "会社 名", "2023 spend", "address"]) {
    const name = attributeNameOf(header);
    expect(attributeNameOf(name)).toBe(name);
  }
});
