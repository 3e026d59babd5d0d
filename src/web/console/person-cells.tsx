/** How a row about somebody begins: her address, which leads to her page, her language and her zone. */
export function PersonCells({ person }: { readonly person: ListedPerson }) {
  return (
    <>
      <td>
        <a href={`/console/people/${person.id}`}>{person.address}</a>
      </td>
      <td>{person.lang ?? <span class="muted">unknown</span>}</td>
      <td>{person.zone ?? <span class="muted">unknown</span>}</td>
    </>
  );
}

interface ListedPerson {
  readonly id: number;
  readonly address: string;
  readonly lang: string | null;
  readonly zone: string | null;
}
