export interface Tab {
  readonly id: string;
  readonly title: string;
  readonly href: string;
  readonly count?: number;
}

/** Views of one thing, each with its own address. */
export function Tabs(props: { readonly label: string; readonly tabs: readonly Tab[]; readonly current: string }) {
  return (
    <nav class="tabs" aria-label={props.label}>
      {props.tabs.map((tab) => (
        <a href={tab.href} data-tab={tab.id} aria-current={tab.id === props.current ? "page" : undefined}>
          {tab.title}
          {tab.count === undefined ? null : <span class="count">{tab.count}</span>}
        </a>
      ))}
    </nav>
  );
}
