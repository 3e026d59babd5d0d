/**
 * A template as plain data: its Handlebars sources, the partials they share and the theme, read from `templates/` before
 * anything is compiled, so that compiling stays pure.
 */
export interface Template {
  /** The folder's name under `templates/`. */
  readonly name: string;
  /** One sentence for people who choose among templates. */
  readonly description: string;
  /** `layout.mjml.hbs`: becomes MJML, then HTML. */
  readonly layout: TemplateSource;
  /** `text.hbs`: becomes the plain-text part. */
  readonly text: TemplateSource;
  /** By name: the file's name up to its first dot. A template's own partial wins over the shared one. */
  readonly partials: ReadonlyMap<string, TemplateSource>;
  /** Colours, fonts, sizes and spacing: the shared theme with the template's own values laid over it. */
  readonly theme: Theme;
}

export interface TemplateSource {
  /** Path from the templates folder, such as "digest/layout.mjml.hbs"; errors name it. */
  readonly file: string;
  readonly text: string;
}

export interface Theme {
  readonly [name: string]: ThemeValue;
}
export type ThemeValue = string | number | boolean | Theme;
