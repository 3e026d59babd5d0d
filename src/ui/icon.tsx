/** Small drawings on a 24 by 24 grid, in the colour of the text beside them. Always beside words, so never announced. */
const paths = {
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14ZM20 20l-4-4",
  back: "M15 5l-7 7 7 7",
  older: "M9 5l7 7-7 7",
  mail: "M3 6h18v12H3zM3.5 6.5 12 13l8.5-6.5",
  inbox: "M3 13l3-8h12l3 8v6H3zM3 13h5l1.5 3h5L16 13h5",
  trash: "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",
  download: "M12 4v11M7 10.5 12 15l5-4.5M5 20h14",
  file: "M8 12.5 13.5 7a3 3 0 0 1 4.2 4.2l-7 7a5 5 0 0 1-7-7L10 5",
  leave: "M14 4h5v16h-5M4 12h11M8 8l-4 4 4 4",
  check: "M5 12.5l4.5 4.5L19 7.5",
  cross: "M6 6l12 12M18 6 6 18",
  warning: "M12 4 2.5 20h19zM12 10v4M12 17v.01",
  unread: "M14 6H3v12h18v-7M3.5 6.5 12 13l3.5-2.7M19 3.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5Z",
  help: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.3-1 .8-1 1.7M12 17v.01",
  picture: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9v.01",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
