import type { Command } from "commander";
import { readConfig } from "../../app/config.ts";
import { makeDkimKey } from "../../app/new-dkim-key.ts";
import { InputError } from "../../lib/errors.ts";
import type { Finish } from "../main.ts";
import { note, print, printJson } from "../output.ts";

interface DkimFlags {
  readonly domain: string;
  readonly selector: string;
  readonly type: string;
  readonly out?: string;
  readonly json?: boolean;
}

export function addDkimCommands(program: Command, finish: Finish): void {
  const dkim = program.command("dkim").description("The keys that sign mail.");
  dkim
    .command("new")
    .description("Make a key that only its owner reads, and print the DNS record that announces it.")
    .requiredOption("--domain <domain>", "the domain of the From address")
    .requiredOption("--selector <selector>", "the key's name in DNS, such as s2026")
    .option("--type <type>", "rsa (2048 bits), or ed25519 to sign beside it", "rsa")
    .option("--out <file>", "where to write the private key (default: DATA_DIR/dkim/SELECTOR.DOMAIN.pem)")
    .option("--json", "answer with JSON")
    .addHelpText("after", "\nExample:\n  broadsheet dkim new --domain example.com --selector s2026\n")
    .action((flags: DkimFlags) => {
      const key = makeDkimKey(readConfig(), {
        domain: flags.domain,
        selector: flags.selector,
        kind: readKind(flags.type),
        ...(flags.out === undefined ? {} : { file: flags.out }),
      });
      if (flags.json) printJson(key);
      else {
        print(key.zoneLines.trimEnd());
        note(`\nThe private key is in ${key.file}. Publish the record above, then set\n  DKIM_KEYS=${key.setting}`);
        if (flags.type === "ed25519") note("Add it to an RSA key there: Gmail does not verify Ed25519 alone.");
      }
      finish(0);
    });
}

function readKind(text: string): "rsa" | "ed25519" {
  if (text === "rsa" || text === "ed25519") return text;
  throw new InputError({ code: "bad-choice", message: `--type "${text}": rsa or ed25519.` });
}
