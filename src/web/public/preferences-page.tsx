import type { Context } from "hono";
import type { Child } from "hono/jsx";
import { cadences, type Preferences } from "../../app/reader-preferences.ts";
import { tokenPaths } from "../../domain/token.ts";
import { Notice } from "../../ui/badge.tsx";
import { SubmitButton } from "../../ui/button.tsx";
import { renderPublicPage } from "./public-page.tsx";
import { pageLanguages, pageWords, type PageLanguage, type PageWords } from "./words/words.ts";

export type PreferencesSaying = "saved" | "rejoin" | "address-sent" | "invalid";

type Words = PageWords["preferences"];

/** All that a reader can choose on one page: what she gets above, her address, data and erasure below. */
export function renderPreferences(
  c: Context,
  preferences: Preferences,
  language: PageLanguage,
  saying: PreferencesSaying | null,
) {
  const words = pageWords(language).preferences;
  const said = { saved: words.saved, rejoin: words.rejoin, "address-sent": words.addressSent, invalid: words.invalid };
  return renderPublicPage(c, {
    language,
    title: words.title,
    list: preferences.list,
    children: (
      <>
        <div class="plain">
          <h1>{words.title}</h1>
          <p class="muted">
            <bdi>{words.forWhom(preferences.reader.address)}</bdi>
          </p>
        </div>
        {saying ? (
          <Notice state={saying === "invalid" ? "bad" : "good"} role={saying === "invalid" ? "alert" : "status"}>
            {said[saying]}
          </Notice>
        ) : null}
        <Choices preferences={preferences} words={words} language={language} />
        <Part id="address" title={words.address}>
          <p>{words.addressHelp}</p>
          <form class="fields" method="post">
            <div class="field">
              <label for="email">{words.addressLabel}</label>
              <input
                class="input"
                id="email"
                name="email"
                type="email"
                autocomplete="email"
                required
                maxlength={254}
                dir="ltr"
              />
            </div>
            <SubmitButton name="press" value="address">
              {words.addressPress}
            </SubmitButton>
          </form>
        </Part>
        <Part id="data" title={words.data}>
          <p>{words.dataText}</p>
          <form class="row" method="post">
            <SubmitButton name="press" value="json">
              {words.json}
            </SubmitButton>
            <SubmitButton name="press" value="csv">
              {words.csv}
            </SubmitButton>
          </form>
        </Part>
        <Part id="erase" title={words.erase}>
          <p>{words.eraseText}</p>
          <form method="post">
            <SubmitButton name="press" value="erase" kind="danger">
              {words.erasePress}
            </SubmitButton>
          </form>
        </Part>
        <p>
          <a href={c.req.path.replace(tokenPaths.preferences, tokenPaths.unsubscribe)}>{words.leave}</a>
        </p>
      </>
    ),
  });
}

function Part(props: { readonly id: string; readonly title: string; readonly children?: Child }) {
  return (
    <section class="card" aria-labelledby={props.id}>
      <h2 id={props.id}>{props.title}</h2>
      {props.children}
    </section>
  );
}

function Choices(props: { readonly preferences: Preferences; readonly words: Words; readonly language: PageLanguage }) {
  const { preferences, words } = props;
  const { reader, subscriptions, topics } = preferences;
  return (
    <form class="card fields" method="post">
      <fieldset>
        <legend>{words.lists}</legend>
        {subscriptions.map(({ list, listName, status }) => (
          <Tick name="lists" value={list} label={listName} checked={status !== "unsubscribed"} />
        ))}
      </fieldset>
      {topics.length > 0 ? (
        <fieldset aria-describedby="topics-help">
          <legend>{words.topics}</legend>
          {topics.map((topic) => (
            <Tick name="topics" value={topic} label={topic} checked={reader.topics.includes(topic)} />
          ))}
          <p class="muted" id="topics-help">
            {words.topicsHelp}
          </p>
        </fieldset>
      ) : null}
      <Select
        name="cadence"
        label={words.cadence}
        value={preferences.cadence}
        options={cadences.map((cadence) => [cadence, words.cadences[cadence]])}
      />
      <Select
        name="language"
        label={words.language}
        value={reader.lang ?? ""}
        options={languagesFor(reader.lang, words)}
      />
      <ZoneSelect label={words.zone} value={reader.zone ?? ""} notSaid={words.notSaid} />
      <Select
        name="hour"
        label={words.hour}
        value={preferences.hour === null ? "" : String(preferences.hour)}
        options={[["", words.hourAny], ...hours(props.language)]}
      />
      <div class="field">
        <label for="pause">{words.pause}</label>
        <input
          class="input"
          id="pause"
          name="pause"
          type="date"
          value={preferences.pausedUntil ?? ""}
          aria-describedby="pause-help"
        />
        <p class="muted" id="pause-help">
          {words.pauseHelp}
        </p>
      </div>
      <SubmitButton name="press" value="save" kind="primary">
        {words.save}
      </SubmitButton>
    </form>
  );
}

function Tick(props: {
  readonly name: string;
  readonly value: string;
  readonly label: string;
  readonly checked: boolean;
}) {
  return (
    <label class="choice">
      <input type="checkbox" name={props.name} value={props.value} checked={props.checked} />
      <bdi>{props.label}</bdi>
    </label>
  );
}

type Option = readonly [value: string, label: string];

function Select(props: {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly options: readonly Option[];
}) {
  return (
    <div class="field">
      <label for={props.name}>{props.label}</label>
      <select class="input" id={props.name} name={props.name}>
        {props.options.map(([value, label]) => (
          <option value={value} selected={value === props.value}>
            {label}
          </option>
        ))}
      </select>
    </div>
  );
}

/** Every zone there is, by continent; one is found by typing its city. */
const zonesByRegion = new Map<string, string[]>();
for (const zone of Intl.supportedValuesOf("timeZone")) {
  const region = zone.slice(0, Math.max(zone.indexOf("/"), 0));
  if (region !== "") zonesByRegion.set(region, [...(zonesByRegion.get(region) ?? []), zone]);
}

function ZoneSelect(props: { readonly label: string; readonly value: string; readonly notSaid: string }) {
  const known = Intl.supportedValuesOf("timeZone").includes(props.value) || props.value === "";
  return (
    <div class="field">
      <label for="zone">{props.label}</label>
      <select class="input" id="zone" name="zone">
        <option value="">{props.notSaid}</option>
        {known ? null : (
          <option value={props.value} selected>
            {props.value}
          </option>
        )}
        {[...zonesByRegion].map(([region, zones]) => (
          <optgroup label={region}>
            {zones.map((zone) => (
              <option value={zone} selected={zone === props.value}>
                {zone.slice(region.length + 1).replaceAll("_", " ")}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </div>
  );
}

function languagesFor(current: string | null, words: Words): readonly Option[] {
  const ours: readonly Option[] = pageLanguages.map((language) => [language, pageWords(language).languageName]);
  const isOurs = current === null || ours.some(([language]) => language === current);
  return [["", words.notSaid], ...(isOurs ? [] : [[current, current] as const]), ...ours];
}

function hours(language: PageLanguage): readonly Option[] {
  const format = new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit", timeZone: "UTC" });
  return Array.from({ length: 24 }, (_, hour) => [String(hour), format.format(Date.UTC(2000, 0, 1, hour))]);
}
