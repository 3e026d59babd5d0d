/** Mailpit's chaos triggers, told as rules of the catcher: a share of all senders, recipients or log-ins is refused. */
import { z } from "zod";

const triggerSchema = z.object({
  ErrorCode: z.int().min(400).max(599).optional(),
  Probability: z.int().min(0).max(100).default(0),
});
const triggersSchema = z.object({
  Sender: triggerSchema.optional(),
  Recipient: triggerSchema.optional(),
  Authentication: triggerSchema.optional(),
});

const stages = { Sender: "mail", Recipient: "rcpt", Authentication: "auth" } as const;
const codes = { Sender: 451, Recipient: 451, Authentication: 535 } as const;
type TriggerName = keyof typeof stages;
const names = Object.keys(stages) as TriggerName[];

const line = /^(mail|rcpt|auth) \* (\d{3}) share=([\d.]+)$/;

/** The rules after a request: those that are triggers replaced, all others kept. Errors: `ZodError`. */
export function readChaos(request: unknown, lines: readonly string[]): string[] {
  const triggers = triggersSchema.parse(request);
  const added = names.flatMap((name) => {
    const { ErrorCode = codes[name], Probability = 0 } = triggers[name] ?? {};
    return Probability === 0 ? [] : [`${stages[name]} * ${ErrorCode} share=${Probability / 100}`];
  });
  return [...lines.filter((known) => !line.test(known)), ...added];
}

export function writeChaos(lines: readonly string[]): Record<TriggerName, { ErrorCode: number; Probability: number }> {
  const write = (name: TriggerName) => {
    const match = lines.map((known) => line.exec(known)).find((found) => found?.[1] === stages[name]);
    return {
      ErrorCode: Number(match?.[2] ?? codes[name]),
      Probability: Math.round(Number(match?.[3] ?? 0) * 100),
    };
  };
  return { Sender: write("Sender"), Recipient: write("Recipient"), Authentication: write("Authentication") };
}
