import type { Command } from "commander";
import type { Finish } from "./main.ts";

/** A file of commands: which ones it adds, and how it is loaded. */
export interface CommandGroup {
  readonly names: readonly string[];
  readonly load: () => Promise<(program: Command, finish: Finish) => void>;
}

/**
 * In the order of a newcomer's first day. All of them together take most of a second to load (database, queue, canvas), so
 * a call loads the one that it names.
 */
export const commandGroups: readonly CommandGroup[] = [
  { names: ["demo"], load: async () => (await import("./commands/demo.ts")).addDemoCommand },
  { names: ["lists"], load: async () => (await import("./commands/lists.ts")).addListCommands },
  { names: ["subscribers"], load: async () => (await import("./commands/subscribers.ts")).addSubscriberCommands },
  { names: ["suppressions"], load: async () => (await import("./commands/suppressions.ts")).addSuppressionCommands },
  { names: ["new"], load: async () => (await import("./commands/new.ts")).addNewCommand },
  { names: ["preview"], load: async () => (await import("./commands/preview.ts")).addPreviewCommand },
  { names: ["check"], load: async () => (await import("./commands/check.ts")).addCheckCommand },
  { names: ["render"], load: async () => (await import("./commands/render.ts")).addRenderCommand },
  { names: ["shots"], load: async () => (await import("./commands/shots.ts")).addShotsCommand },
  { names: ["assets"], load: async () => (await import("./commands/assets.ts")).addAssetCommands },
  { names: ["send"], load: async () => (await import("./commands/send.ts")).addSendCommand },
  { names: ["campaigns"], load: async () => (await import("./commands/campaigns.ts")).addCampaignCommands },
  {
    names: ["deliveries", "explain"],
    load: async () => (await import("./commands/deliveries.ts")).addDeliveriesCommands,
  },
  { names: ["feedback"], load: async () => (await import("./commands/feedback.ts")).addFeedbackCommands },
  { names: ["lanes"], load: async () => (await import("./commands/lanes.ts")).addLaneCommands },
  { names: ["fence"], load: async () => (await import("./commands/fence.ts")).addFenceCommands },
  { names: ["recurrences"], load: async () => (await import("./commands/recurrences.ts")).addRecurrenceCommands },
  { names: ["smtp"], load: async () => (await import("./commands/smtp.ts")).addSmtpCommands },
  { names: ["team"], load: async () => (await import("./commands/team.ts")).addTeamCommands },
  { names: ["audit"], load: async () => (await import("./commands/audit.ts")).addAuditCommands },
  { names: ["up"], load: async () => (await import("./commands/up.ts")).addUpCommand },
  { names: ["serve"], load: async () => (await import("./commands/serve.ts")).addServeCommand },
  { names: ["worker"], load: async () => (await import("./commands/worker.ts")).addWorkerCommand },
  { names: ["catch"], load: async () => (await import("./commands/catch.ts")).addCatchCommand },
  { names: ["dkim"], load: async () => (await import("./commands/dkim.ts")).addDkimCommands },
  { names: ["drill"], load: async () => (await import("./commands/drill.ts")).addDrillCommand },
];

/** The one that an argv begins with; all for help, for options and for what is misspelt. */
export function chooseGroups([name]: readonly string[]): readonly CommandGroup[] {
  const group = commandGroups.find(({ names }) => name !== undefined && names.includes(name));
  return group ? [group] : commandGroups;
}
