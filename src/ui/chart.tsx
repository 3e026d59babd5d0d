/**
 * Charts as inline SVG, a pure function of their data. They take the width they are given without shrinking their words, print,
 * and are one picture with a title and a description to a screen reader; the table with every number stands beside them.
 */
import type { Child } from "hono/jsx";

interface ChartLook {
  /** Unique on its page: the title and the description are named by it. */
  readonly id: string;
  readonly title: string;
  /** What the picture shows, in a sentence that is heard instead of it. */
  readonly description: string;
}

export interface Bar {
  readonly label: string;
  /** 0 or more, and no more than `whole`. */
  readonly value: number;
  /** What the value is a part of: the ground of the bar. */
  readonly whole: number;
  /** The value as people read it. */
  readonly words: string;
}

const barRowHeight = 44;

/** A bar each below the other, the label above it and the value at its end; the largest whole fills the width. */
export function BarChart({ bars, ...look }: ChartLook & { readonly bars: readonly Bar[] }) {
  const longest = Math.max(...bars.map(({ whole }) => whole), 1);
  return (
    <Picture look={look} height={bars.length * barRowHeight}>
      {bars.map(({ label, value, whole, words }, index) => (
        <g>
          <text x="0" y={index * barRowHeight + 15}>
            {label}
          </text>
          <text class="chart-value" x="100%" y={index * barRowHeight + 15} text-anchor="end">
            {words}
          </text>
          <rect
            class="chart-ground"
            x="0"
            y={index * barRowHeight + 23}
            width={`${share(whole, longest)}%`}
            height="8"
            rx="4"
          />
          {value === 0 ? null : (
            <rect
              class="chart-bar"
              x="0"
              y={index * barRowHeight + 23}
              width={`${share(value, longest)}%`}
              height="8"
              rx="4"
            />
          )}
        </g>
      ))}
    </Picture>
  );
}

export interface LinePoint {
  /** Where it stands from left to right, of any unit. */
  readonly at: number;
  readonly value: number;
}

const plotHeight = 160;
const plotTop = 8;
const lineHeight = plotTop + plotHeight + 28;

/** A line from zero up to the highest value. @param axis words at the ends of the axes */
export function LineChart(
  props: ChartLook & {
    readonly points: readonly LinePoint[];
    readonly axis: { readonly from: string; readonly to: string; readonly highest: string };
  },
) {
  const { points, axis, ...look } = props;
  const highest = Math.max(...points.map(({ value }) => value), 1);
  const first = points[0]?.at ?? 0;
  const width = Math.max((points.at(-1)?.at ?? 0) - first, 1);
  const corners = points.map(
    ({ at, value }) => `${share(at - first, width)},${(100 - share(value, highest)).toFixed(2)}`,
  );
  const start = corners[0]?.split(",")[0] ?? "0";
  const end = corners.at(-1)?.split(",")[0] ?? "100";
  return (
    <Picture look={look} height={lineHeight}>
      {[0, 0.5, 1].map((part) => (
        <line class="chart-grid" x1="0" x2="100%" y1={plotTop + plotHeight * part} y2={plotTop + plotHeight * part} />
      ))}
      <svg x="0" y={plotTop} width="100%" height={plotHeight} viewBox="0 0 100 100" preserveAspectRatio="none">
        <polygon class="chart-area" points={[`${start},100`, ...corners, `${end},100`].join(" ")} />
        <polyline class="chart-line" points={corners.join(" ")} vector-effect="non-scaling-stroke" />
      </svg>
      <text x="0" y={plotTop + 14}>
        {axis.highest}
      </text>
      <text x="0" y={lineHeight - 6}>
        {axis.from}
      </text>
      <text x="100%" y={lineHeight - 6} text-anchor="end">
        {axis.to}
      </text>
    </Picture>
  );
}

function Picture(props: { readonly look: ChartLook; readonly height: number; readonly children?: Child }) {
  const { id, title, description } = props.look;
  return (
    <svg class="chart" role="img" aria-labelledby={`${id}-title ${id}-words`} width="100%" height={props.height}>
      <title id={`${id}-title`}>{title}</title>
      <desc id={`${id}-words`}>{description}</desc>
      {props.children}
    </svg>
  );
}

/** Of a hundred, to a hundredth. */
function share(part: number, whole: number): number {
  return Math.round((part / whole) * 10_000) / 100;
}
