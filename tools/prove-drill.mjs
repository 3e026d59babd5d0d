// Proves that the crash drill can see what it looks for: a copy of this checkout whose claim lacks its condition must mail
// somebody twice. A drill that passes there would prove nothing here.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const root = join(import.meta.dirname, "..");
const queue = process.argv[2] ?? "redis";
const seedsMax = 6;
const copy = mkdtempSync(join(tmpdir(), "broadsheet-broken-"));
try {
  const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  })
    .split("\0")
    .filter(Boolean);
  for (const file of files) {
    if (!/^(src|workers|bin|templates|issues|package\.json|tsconfig\.json)/.test(file)) continue;
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file));
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));

  const claim = join(copy, "src/adapters/postgres/ledger/claim.ts");
  const source = readFileSync(claim, "utf8");
  const broken = source.replace(
    "AND d.number = job.number AND d.turn = job.turn AND d.state IN ('pending', 'deferred')",
    "AND d.number = job.number",
  );
  if (broken === source)
    throw new Error("the claim's condition was not found; this script follows src/adapters/postgres/ledger/claim.ts");
  writeFileSync(claim, broken);

  // Which jobs run twice depends on what was killed when, so one seed may miss: the first that shows a second copy is enough.
  let doubled = 0;
  for (let seed = 1; seed <= seedsMax && doubled === 0; seed += 1) {
    const flags = [
      "drill",
      "--seconds",
      "25",
      "--recipients",
      "6000",
      "--seed",
      String(seed),
      "--queue",
      queue,
      "--json",
    ];
    const { stdout, stderr } = spawnSync(process.execPath, [join(copy, "bin/broadsheet.mjs"), ...flags], {
      cwd: copy,
      encoding: "utf8",
      timeout: 400_000,
      maxBuffer: 64 * 1024 * 1024,
    });
    const report = JSON.parse(stdout || "null");
    if (!report) throw new Error(`the drill of the broken copy gave no report:\n${stderr}`);
    doubled = report.doubled;
    console.log(`seed ${seed}: a claim without its condition doubled ${doubled}, after ${report.kills} kills`);
  }
  if (doubled === 0) throw new Error(`in ${seedsMax} seeds the drill did not see that people were mailed twice`);
} finally {
  rmSync(copy, { recursive: true, force: true });
}
