// Proves that the crash drill can see what it looks for. A copy of this checkout whose claim lacks its condition must mail
// people twice when the queue runs their jobs again, and this checkout must not, under the same conditions: nothing is left to
// chance (src/drill/rerun-jobs.ts). A drill that passes on the copy would prove nothing here.
//   node tools/prove-drill.mjs [redis|postgres]
import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const root = join(import.meta.dirname, "..");
const queue = process.argv[2] ?? "redis";
/** A drill of this kind takes some fifteen seconds on an idle machine. */
const drillMsMax = 300_000;

const copy = mkdtempSync(join(tmpdir(), "broadsheet-broken-"));
try {
  copyCheckout();
  breakClaim();
  const [sound, broken] = await Promise.all([drill(root), drill(copy)]);
  console.log(`${queue}: this checkout doubled ${sound.doubled}, a claim without its condition ${broken.doubled}`);
  if (sound.code !== 0 || sound.doubled !== 0 || sound.lost !== 0)
    throw new Error(`the drill of this checkout ended with ${sound.code}:\n${JSON.stringify(sound)}`);
  if (broken.code !== 1 || broken.doubled === 0)
    throw new Error(`the drill did not see that people were mailed twice:\n${JSON.stringify(broken)}`);
} finally {
  rmSync(copy, { recursive: true, force: true });
}

function copyCheckout() {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  });
  for (const file of listed.split("\0")) {
    if (!/^(src|workers|bin|templates|issues|package\.json|tsconfig\.json)/.test(file)) continue;
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file));
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
}

function breakClaim() {
  const claim = join(copy, "src/adapters/postgres/ledger/claim.ts");
  const source = readFileSync(claim, "utf8");
  const condition = "AND d.number = job.number AND d.turn = job.turn AND d.state IN ('pending', 'deferred')";
  // The first is the claim's own; others of the same words stand in what follows it.
  const broken = source.replace(condition, "AND d.number = job.number");
  if (broken === source) throw new Error(`the claim's condition was not found; this script follows ${claim}`);
  writeFileSync(claim, broken);
}

/** @returns the drill's report, with its exit code */
async function drill(checkout) {
  const flags = ["drill", "--rerun", "--queue", queue, "--json"];
  const child = spawn(process.execPath, [join(checkout, "bin/broadsheet.mjs"), ...flags], {
    cwd: checkout,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: drillMsMax,
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => (stdout += chunk));
  child.stderr.on("data", (chunk) => (stderr += chunk));
  const code = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exit, signal) => resolve(exit ?? signal));
  });
  if (stdout === "") throw new Error(`the drill of ${checkout} gave no report:\n${stderr}`);
  return { ...JSON.parse(stdout), code };
}
